#if canImport(Glibc)
  import Glibc
#endif

/// Where a token is, never the token itself. It is read again for every fetch, so that a rotated one is used.
public enum TokenReference: Sendable, Hashable {
  case environment(String)
  /// A regular file of at most 64 KiB; surrounding white space does not count.
  case file(String)

  private static let maximumBytes = 64 << 10

  /// - Throws: `GitError` of kind `authentication` that names the variable or file.
  func read(for address: RepositoryAddress) throws(GitError) -> String {
    let text: String?
    let place: String
    switch self {
    case .environment(let name):
      place = "the variable \(name)"
      text = getenv(name).map { String(cString: $0) }
    case .file(let path):
      place = path
      text = Self.contents(of: path, atMost: Self.maximumBytes).flatMap { String(validating: $0, as: UTF8.self) }
    }
    guard let text else {
      throw GitError(
        .authentication, "\(address.url): its token cannot be read from \(place); set it, or change repos:")
    }
    let token = text.drop { $0.isWhitespace }
    let end = token.lastIndex { !$0.isWhitespace }
    guard let end else { throw GitError(.authentication, "\(address.url): its token in \(place) is empty") }
    guard !token[...end].contains(where: \.isNewline) else {
      throw GitError(.authentication, "\(address.url): its token in \(place) has more than one line")
    }
    return String(token[...end])
  }

  /// The bytes of a regular file; nil when it is none, cannot be read, or is larger.
  static func contents(of path: String, atMost maximumBytes: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= maximumBytes else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: maximumBytes)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
      }
      guard got >= 0 else { return nil }
      if got == 0 { break }
      count += got
    }
    return Array(bytes[..<count])
  }
}
