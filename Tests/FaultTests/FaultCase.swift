import Demo
import Kube
import Synchronization
import TestKit

/// One fault of the matrix: what is done to a healthy world, for how long, and what may be expected afterwards.
struct FaultCase: Sendable {
  let name: String
  /// Seconds.
  var lasts = 40...80
  /// How long after its end the store may differ from the server (A24). Longer only where a requirement says that a state is
  /// left alone for longer.
  var limit = Duration.seconds(90)
  /// Requests a second while it lasts, beyond the first 20.
  var rate = 1.0
  /// It begins on an open stream that has seen a bookmark.
  var needsBookmark = false
  /// The server may say that there is nothing of the kind.
  var mayEmpty = false
  let begin: @Sendable (FaultScene) async throws -> Void
  /// Before each of the writes that happen meanwhile.
  var pulse: @Sendable (FaultScene) async throws -> Void = { _ in }
  /// When the fault stops. Scripted faults and toxics are taken away in any case.
  var end: @Sendable (FaultScene) async throws -> Void = { _ in }

  init(named name: String, begin: @escaping @Sendable (FaultScene) async throws -> Void) {
    self.name = name
    self.begin = begin
  }

  /// A fault of the server's answers, for as long as it lasts. Streams that are open when it begins, and sometimes later,
  /// end, so that it is met: with a version that is too old when it is a fault of lists.
  init(
    _ name: String, isWatch: Bool? = nil, isContinue: Bool? = nil, isStreamingList: Bool? = nil, times: Int = .max,
    _ action: @escaping @Sendable (FaultScene) -> Fault.Action
  ) {
    let isOfLists = isWatch == false || isContinue != nil || isStreamingList != nil
    let end: @Sendable (FaultScene) throws -> Void = { scene in
      if isOfLists || (isWatch == nil && scene.chance(0.5)) {
        try scene.server.expireWatches()
      } else {
        scene.server.endWatches()
      }
    }
    self.init(named: name) { scene in
      var fault = Fault(path: scene.plural, isWatch: isWatch, times: times, action: action(scene))
      fault.isContinue = isContinue
      fault.isStreamingList = isStreamingList
      scene.server.add(fault)
      try end(scene)
    }
    pulse = { scene in if scene.chance(0.2) { try end(scene) } }
  }

  /// Toxics of the network.
  init(_ name: String, up: [Toxic] = [], down: [Toxic] = []) {
    self.init(named: name) { scene in
      scene.proxy.set(up, .up)
      scene.proxy.set(down, .down)
    }
  }

  func with(_ change: (inout FaultCase) -> Void) -> FaultCase {
    var copy = self
    change(&copy)
    return copy
  }
}

/// Where a fault happens.
final class FaultScene: Sendable {
  let server: APIServer
  let proxy: FaultProxy
  let plural: String
  let clock: AcceleratedClock
  let seed: UInt64
  let serverPort: UInt16
  private let random: Mutex<SeededRandom>

  init(
    server: APIServer, proxy: FaultProxy, plural: String, clock: AcceleratedClock, seed: UInt64, serverPort: UInt16
  ) {
    self.serverPort = serverPort
    self.server = server
    self.proxy = proxy
    self.plural = plural
    self.clock = clock
    self.seed = seed
    random = Mutex(SeededRandom(seed: seed &* 31 &+ 7))
  }

  func number(_ range: ClosedRange<Int>) -> Int { random.withLock { Int.random(in: range, using: &$0) } }
  func chance(_ probability: Double) -> Bool { random.withLock { Double.random(in: 0..<1, using: &$0) < probability } }
  func one<Element>(of elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }
}
