import Glibc

/// The process's environment, read once, with what could run foreign code in our name removed (C7).
enum Surroundings {
  /// Loader and tool hooks: taken out before any library looks.
  static let removed = [
    "GIT_SSH", "GIT_SSH_COMMAND", "GIT_CONFIG", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_DIR", "GIT_WORK_TREE",
    "GIT_ASKPASS", "GIT_EXTERNAL_DIFF", "GIT_PROXY_COMMAND", "EDITOR", "PAGER", "OPENSSL_CONF", "SSLKEYLOGFILE",
    "SWIFT_BACKTRACE", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT",
  ]

  static func take() -> [String: String] {
    for name in removed { unsetenv(name) }
    var variables: [String: String] = [:]
    var entry = environ
    while let pair = entry.pointee {
      let text = String(cString: pair)
      if let equals = text.firstIndex(of: "=") {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry += 1
    }
    return variables
  }
}
