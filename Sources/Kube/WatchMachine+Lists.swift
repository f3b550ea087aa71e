import GitOps

extension WatchMachine {
  mutating func receive(_ page: ObjectPage, at now: Duration) -> [Change] {
    skipped += page.skipped
    var collected = Page(token: "", objects: [], count: 0)
    if case .paging(let before) = state { collected = before }
    let lastToken = collected.token
    collected.objects += page.objects
    collected.count += 1
    if !page.continueToken.isEmpty {
      guard page.continueToken != lastToken, collected.count < WatchMachine.maximumPages else {
        return restart("the server's list does not end", at: now)
      }
      collected.token = page.continueToken
      state = .paging(collected)
      return []
    }
    guard WatchMachine.isUsable(page.resourceVersion) else {
      return restart("the server's list has no version", at: now)
    }
    return complete(collected.objects, page.resourceVersion, at: now)
  }

  /// All of it is here: it replaces what was (A2).
  private mutating func complete(_ objects: [Object], _ newVersion: String, at now: Duration) -> [Change] {
    version = newVersion
    listVersion = .notOlderThan(newVersion)
    isPaged = true
    malformedInARow = 0
    unknownInARow = 0
    if healthySince == nil { healthySince = now }
    if polls {
      state = .empty
      pause(WatchMachine.pollInterval)
    } else {
      state = .watching(newVersion)
    }
    return [.replaceAll(stream, objects)] + move(to: polls ? .polling : .live)
  }

  /// A list that makes no sense is begun again, later and without a version.
  mutating func restart(_ reason: String, at now: Duration) -> [Change] {
    state = .empty
    listVersion = .latest
    return backOff(reason, retryAfter: nil, at: now)
  }

  // Streaming lists

  /// An event before the end mark: nothing of it counts until all is there (A2).
  mutating func collect(_ event: WatchEvent, at now: Duration) -> [Change] {
    guard case .streaming(var objects) = state else { return [] }
    switch event {
    case .added(let object), .modified(let object):
      // The dictionary must not be shared while it grows.
      state = .empty
      objects[object.ref] = object
      state = .streaming(objects)
    case .deleted(let object):
      state = .empty
      objects[object.ref] = nil
      state = .streaming(objects)
    case .bookmark(let version, endsInitialEvents: true):
      guard WatchMachine.isUsable(version) else { return giveUpStreaming(nil, at: now) }
      return complete(Array(objects.values), version, at: now)
    case .bookmark: break
    case .unknown:
      skipped += 1
      unknownInARow += 1
      if unknownInARow >= 100 { return giveUpStreaming(nil, at: now) }
    case .malformed: return giveUpStreaming(nil, at: now)
    case .error(let error): return giveUpStreaming(error, at: now)
    }
    return []
  }

  /// A list instead, and no streaming list again: the gate came and went between releases.
  /// - Parameter error: what was said; without one, or with a refusal of the parameters, the list follows at once.
  mutating func giveUpStreaming(_ error: APIError?, at now: Duration) -> [Change] {
    let wasStreaming = isStreaming
    state = .empty
    unknownInARow = 0
    guard let error else {
      mayStream = false
      return []
    }
    // 405: whether the kind cannot be watched at all, the watch after the list tells.
    let isRefused = [400, 405, 422].contains(error.status)
    if isRefused || error.kind == .connection(.tooLarge) || wasStreaming { mayStream = false }
    if isRefused { return [] }
    return fail(error, at: now)
  }
}
