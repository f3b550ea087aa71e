import Cells
import Glibc

/// What the terminal of this process is and can do, found out without taking it over.
public nonisolated struct TerminalReport: Sendable, Hashable {
  /// Standard input and output are a terminal.
  public var isTerminal = false
  /// `TERM`.
  public var name = ""
  /// Why the dashboard cannot use it; nil when it can.
  public var problem: TerminalError?
  public var size = Size(width: 80, height: 24)
  public var depth = ColourDepth.mono
  /// What decided the depth.
  public var depthReason = ""
  public var repertoire = Repertoire.ascii
  /// The locale variable that counts, as `LANG=C.UTF-8`; nil when none is set.
  public var locale: String?
  /// The locale's character set; nil when the locale is not installed.
  public var codeset: String?
  public var hasMouse = false
  /// Its description names a way to set the clipboard (OSC 52).
  public var setsClipboard = false

  public init() {}

  /// Looks at standard input and output. Reads the terminal's description, hence on the main actor.
  @MainActor public init(environment: [String: String]) {
    isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    name = environment["TERM"] ?? ""
    repertoire = Surroundings.repertoire()
    codeset = Surroundings.codeset()
    // The first that is set and not empty counts (POSIX, locale(7)).
    locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variable in
        environment[variable].flatMap { $0.isEmpty ? nil : "\(variable)=\($0)" }
      }.first
    guard isTerminal else { return }
    size = Surroundings.size(of: STDOUT_FILENO)
    do throws(TerminalError) {
      let capabilities = try Capabilities(
        term: environment["TERM"], descriptor: STDOUT_FILENO, mouse: true, systemOnly: false)
      (depth, depthReason) = Surroundings.colours(capabilities, environment: environment)
      hasMouse = capabilities.enter.firstRange(of: Capabilities.mouseOn) != nil
      setsClipboard = capabilities.setsClipboard
    } catch {
      problem = error
    }
  }
}
