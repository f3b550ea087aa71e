/// Why there is no desired state. Either way nothing is guessed: no object of the reconciler gets a verdict.
public enum RenderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The tools would build it, we cannot yet (or cannot know): which feature, and where it is used.
  case undetermined(feature: String, place: String?)
  /// The tools would fail too: a sentence, and where (`apps/web.yaml:14`).
  case failed(sentence: String, place: String?)

  /// One line: `apps/kustomization.yaml:3: patches: not rendered yet`.
  public var description: String {
    switch self {
    case .undetermined(let text, let place?), .failed(let text, let place?): "\(place): \(text)"
    case .undetermined(let text, nil), .failed(let text, nil): text
    }
  }
}
