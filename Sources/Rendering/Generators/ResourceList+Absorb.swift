import Structured

extension ResourceList {
  /// Puts a generated object into the list: new ones are added, `merge` and `replace` change the one of the same id
  /// (kustomize: resmap.AbsorbAll).
  mutating func absorb(_ generated: Resource, place: Place) throws(RenderError) {
    let id = generated.id
    let matches = indices.filter { index in
      let other = self[index]
      return Self.isSame(other.original, id) || Self.isSame(other.id, id)
        || other.previous.contains { Self.isSame($0, id) }
    }
    func failure(_ sentence: String) -> RenderError {
      .failed(sentence: sentence, place: place(generated.root.origin))
    }
    switch matches.count {
    case 0:
      guard generated.behavior == .create || generated.behavior == nil else {
        throw failure("id \(id) does not exist; cannot merge or replace")
      }
      try append(generated, place: place)
    case 1:
      let index = matches[0]
      let old = self[index]
      var new = generated
      switch generated.behavior {
      case .replace: new.takeMetadata(of: old)
      case .merge:
        new.takeMetadata(of: old)
        new.takeData(of: old)
        new.history = old.history
      default: throw failure("id \(id) exists; behavior must be merge or replace")
      }
      new.behavior = old.behavior
      self[index] = new
    default: throw failure("found multiple objects that could accept merge of \(id)")
    }
  }

  private static func isSame(_ a: ResourceID, _ b: ResourceID) -> Bool { a.key == b.key }
}

extension Resource {
  /// Former ids, affixes, and labels and annotations that it has not itself (kustomize: Resource.CopyMergeMetaDataFieldsFrom).
  fileprivate mutating func takeMetadata(of old: Resource) {
    inherit(old.previous)
    prefixes = old.prefixes
    suffixes = old.suffixes
    needsHash = old.needsHash
    variables = old.variables
    for field in ["labels", "annotations"] {
      guard var merged = old.root["metadata"]?[field], merged.map != nil else { continue }
      for (key, value) in root["metadata"]?[field]?.map ?? YAMLMap() { merged[key] = value }
      root["metadata"]?[field] = merged
    }
    root["metadata"]?["name"] = old.root["metadata"]?["name"]
    if let namespace = old.root["metadata"]?["namespace"] { root["metadata"]?["namespace"] = namespace }
  }

  /// Data that it has not itself.
  fileprivate mutating func takeData(of old: Resource) {
    for field in ["data", "binaryData"] {
      guard var merged = old.root[field], merged.map != nil else { continue }
      for (key, value) in root[field]?.map ?? YAMLMap() { merged[key] = value }
      root[field] = merged
    }
  }
}
