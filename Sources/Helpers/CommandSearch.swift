import Glibc

/// Finds commands in the folders that PATH named when the program started; relative ones do not count (Go: os/exec,
/// ErrDot).
struct CommandSearch: Sendable {
  private let folders: [String]

  init(path: String) { folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") } }

  /// The file to start; nil when there is none that may be executed.
  func file(of command: String) -> String? {
    let candidates = command.contains("/") ? [command] : folders.map { "\($0)/\(command)" }
    return candidates.first { candidate in
      var status = stat()
      return stat(candidate, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(candidate, X_OK) == 0
    }
  }
}
