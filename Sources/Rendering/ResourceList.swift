import Structured

/// The objects of a build in order, no two with the same id where they are put together.
struct ResourceList: Sendable {
  private(set) var resources: [Resource] = []
  /// The ids in the list, made when they are asked for: passes change ids.
  private var keys: Set<ResourceID.Key>?

  init() {}

  init(_ resources: [Resource]) { self.resources = resources }

  var count: Int { resources.count }
  var isEmpty: Bool { resources.isEmpty }
  var indices: Range<Int> { resources.indices }

  /// An object in place. Setting it may change its id.
  subscript(index: Int) -> Resource {
    get { resources[index] }
    set {
      keys = nil
      resources[index] = newValue
    }
  }

  /// - Throws: `.failed` when an object with the same id is there.
  mutating func append(_ resource: Resource, place: Place) throws(RenderError) {
    let id = resource.id
    // Taken out while it changes, so that it is not copied.
    var known = keys ?? Set(resources.map(\.id.key))
    keys = nil
    guard known.insert(id.key).inserted else {
      let other = resources.first { $0.id.key == id.key }.flatMap { place($0.root.origin) }
      throw .failed(
        sentence: "may not add resource with an already registered id: \(id)\(other.map { ", also in \($0)" } ?? "")",
        place: place(resource.root.origin))
    }
    keys = known
    resources.append(resource)
  }

  /// - Throws: `.failed` when one of them has the id of an object that is there.
  mutating func append(contentsOf list: ResourceList, place: Place) throws(RenderError) {
    if resources.isEmpty {
      self = list
    } else {
      for resource in list.resources { try append(resource, place: place) }
    }
  }

  /// Runs `body` over every object in place.
  mutating func transform(_ body: (inout Resource) throws(RenderError) -> Void) throws(RenderError) {
    keys = nil
    for index in resources.indices { try body(&resources[index]) }
  }

  /// - Throws: `.failed` when two objects have one id.
  func checkIDs(after step: String, place: Place) throws(RenderError) {
    var known: Set<ResourceID.Key> = []
    for resource in resources {
      guard known.insert(resource.id.key).inserted else {
        throw .failed(
          sentence: "\(step) gives two objects the id \(resource.id)", place: place(resource.root.origin))
      }
    }
  }

  mutating func removeAll(where condition: (Resource) -> Bool) {
    keys = nil
    resources.removeAll(where: condition)
  }

  mutating func sort(by isBefore: (Resource, Resource) -> Bool) {
    // Swift's sort is stable on every platform that we build for, but does not promise it.
    let order = resources.indices.sorted {
      isBefore(resources[$0], resources[$1]) || !isBefore(resources[$1], resources[$0]) && $0 < $1
    }
    resources = order.map { resources[$0] }
  }
}

/// Names the place of an origin: `apps/web.yaml:14`.
typealias Place = (Origin) -> String?
