import Glibc

/// Where things are, by the XDG rules (`product.md`, Files).
struct Paths: Sendable {
  let home: String
  let configDirectory: String
  let stateDirectory: String
  let cacheDirectory: String

  init(environment: [String: String]) {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.accountHome() ?? "/"
    func base(_ variable: String, _ fallback: String) -> String {
      // XDG base directory specification: relative paths are invalid and ignored.
      if let value = environment[variable], value.hasPrefix("/") { return value }
      return "\(home)/\(fallback)"
    }
    self.home = home
    configDirectory = base("XDG_CONFIG_HOME", ".config") + "/driftglass"
    stateDirectory = base("XDG_STATE_HOME", ".local/state") + "/driftglass"
    cacheDirectory = base("XDG_CACHE_HOME", ".cache") + "/driftglass"
  }

  var configFile: String { configDirectory + "/config.yaml" }

  /// Theme folders, the user's own first: beside the configuration, installed, in the source tree.
  var themeDirectories: [String] {
    var directories = [configDirectory + "/themes"]
    guard let executable = Self.executable() else { return directories }
    var folder = executable[..<(executable.lastIndex(of: "/") ?? executable.startIndex)]
    directories.append(folder + "/../share/driftglass/themes")
    for _ in 0..<4 {
      directories.append(folder + "/themes")
      folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
    }
    return directories
  }

  /// Creates a private folder (0700) with its parents.
  /// - Returns: why it cannot be used, if so.
  static func makePrivate(_ path: String) -> String? {
    var partial = ""
    for part in path.split(separator: "/") {
      partial += "/\(part)"
      if mkdir(partial, 0o700) != 0, errno != EEXIST { return "\(partial): \(String(cString: strerror(errno)))" }
    }
    return nil
  }

  private static func executable() -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return -1 }
      return readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return count > 0 ? String(decoding: buffer[0..<count], as: UTF8.self) : nil
  }

  private static func accountHome() -> String? {
    guard let entry = getpwuid(geteuid()) else { return nil }
    return entry.pointee.pw_dir.map { String(cString: $0) }
  }
}
