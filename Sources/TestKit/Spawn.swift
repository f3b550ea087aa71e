import Foundation

/// Starting programs with posix_spawn. Foundation's Process leaves those signals blocked in the child that the threads of
/// the concurrency pool block (a shell with SIGCHLD blocked waits for ever), and keeps descriptors open.
public enum Spawn {
  /// Where a standard descriptor of the program leads.
  public enum Stream {
    case descriptor(Int32)
    case reading(String)
    case writing(String)
    /// Reading and writing; a terminal opened as such becomes the controlling one of a session's leader.
    case terminal(String)
  }

  /// Starts `words[0]`, an absolute path.
  /// - Throws: `Missed` when it cannot be started.
  /// - Returns: the process number, which the caller must wait for.
  public static func start(
    _ words: [String], environment: [String: String], input: Stream, output: Stream, errors: Stream,
    leadsSession: Bool = false
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [input, output, errors].enumerated() {
      switch stream {
      case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
      case .reading(let path): posix_spawn_file_actions_addopen(&actions, Int32(number), path, O_RDONLY, 0)
      case .writing(let path):
        posix_spawn_file_actions_addopen(&actions, Int32(number), path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      case .terminal(let path): posix_spawn_file_actions_addopen(&actions, Int32(number), path, O_RDWR, 0)
      }
    }
    try closeTheRest(&actions)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    // spawn.h's POSIX_SPAWN_SETSID, which is not defined without _GNU_SOURCE.
    let session: Int32 = leadsSession ? 0x80 : 0
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | session))
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var number: pid_t = 0
    let result = posix_spawn(&number, words[0], &actions, &attributes, &arguments, &variables)
    guard result == 0 else { throw Missed("\(words.joined(separator: " ")): \(String(cString: strerror(result)))") }
    return number
  }

  /// Closes every other descriptor in the program: connections and listening sockets of servers in this process would
  /// stay open as long as it runs. glibc 2.34 has a function for that, which Swift's import of spawn.h leaves out.
  private static func closeTheRest(_ actions: inout posix_spawn_file_actions_t) throws {
    typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
      throw Missed("the C library cannot close descriptors for a program")
    }
    _ = unsafeBitCast(symbol, to: AddCloseFrom.self)(&actions, 3)
  }

  /// Waits for the end of a process that `start` began; blocks.
  /// - Returns: its exit status (of a process that a signal ended 128 and the signal's number), and the most memory that
  ///   it held, in bytes.
  @discardableResult
  public static func wait(for number: pid_t) -> (status: Int32, peakMemory: Int) {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(number, &status, 0, &usage) < 0, errno == EINTR {}
    return (status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), usage.ru_maxrss * 1024)
  }
}
