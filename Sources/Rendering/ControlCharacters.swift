/// Characters that no text of a build may have: kustomize writes each object as JSON and reads that as YAML.
enum ControlCharacters {
  enum Problem {
    case forbidden
    /// A line break to YAML, which folds it.
    case nextLine

    func error(_ place: String?) -> RenderError {
      switch self {
      case .forbidden: .failed(sentence: "control characters are not allowed", place: place)
      case .nextLine: .undetermined(feature: "a text with U+0085", place: place)
      }
    }
  }

  /// The first of them; nil for nearly every text.
  static func problem(in text: String) -> Problem? {
    var text = text
    return text.withUTF8 { bytes in
      for (index, byte) in bytes.enumerated() where byte >= 0x7F {
        switch byte {
        case 0x7F: return .forbidden
        case 0xC2 where index + 1 < bytes.count && bytes[index + 1] < 0xA0:
          return bytes[index + 1] == 0x85 ? .nextLine : .forbidden
        case 0xEF where index + 2 < bytes.count && bytes[index + 1] == 0xBF && bytes[index + 2] >= 0xBE:
          return .forbidden
        default: continue
        }
      }
      return nil
    }
  }
}
