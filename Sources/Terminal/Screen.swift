import CProcess
import Cells
import FoundationEssentials
import Glibc

/// The terminal in its full-screen state: draws surfaces, hands on input, and always puts everything back.
public final class Screen {
  public struct Options: Sendable {
    public var mouse: Bool
    /// Read terminal descriptions from the system's folders only (requirement C9).
    public var systemDescriptionsOnly: Bool
    /// Ctrl-Z and SIGTSTP may stop the process (requirement B15).
    public var canSuspend: Bool

    public init(mouse: Bool = true, systemDescriptionsOnly: Bool = false, canSuspend: Bool = true) {
      self.mouse = mouse
      self.systemDescriptionsOnly = systemDescriptionsOnly
      self.canSuspend = canSuspend
    }
  }

  /// Keys, mouse, pastes, new sizes, and the requests to end. Ends after `leave`. For one reader.
  public let events: AsyncStream<InputEvent>
  /// What the terminal shows: surfaces are to be made with it.
  public let repertoire: Repertoire
  public let depth: ColourDepth

  private let continuation: AsyncStream<InputEvent>.Continuation
  private let input: Int32
  private let output: Output
  private let outputDescriptor: Int32
  private let canSuspend: Bool
  private let capabilities: Capabilities
  private let savedSettings: termios
  private let reader: InputReader
  private var painter: Painter
  private var isEntered = false
  private var isWriting = false
  /// The newest surface that came while another was being written.
  private var waiting: Surface?
  private var latest: Surface?

  /// Takes over the terminal on standard input and output.
  ///
  /// - Throws: when there is no terminal, or none that can be used; nothing has been changed then.
  public convenience init(
    theme: Theme, options: Options = Options(), environment: [String: String]
  ) throws(TerminalError) {
    try self.init(theme: theme, options: options, environment: environment, input: 0, output: 1)
  }

  init(
    theme: Theme, options: Options, environment: [String: String], input: Int32, output: Int32
  ) throws(TerminalError) {
    guard isatty(input) == 1, isatty(output) == 1 else {
      throw TerminalError("standard input and output are not a terminal", advice: TerminalError.plainMode)
    }
    let capabilities = try Capabilities(
      term: environment["TERM"], descriptor: output, mouse: options.mouse,
      systemOnly: options.systemDescriptionsOnly)
    var settings = termios()
    let signals = dg_signals_open()
    guard tcgetattr(input, &settings) == 0, signals >= 0 else {
      throw TerminalError(
        "the terminal cannot be set up: \(String(cString: strerror(errno)))", advice: TerminalError.plainMode)
    }
    self.input = input
    outputDescriptor = output
    self.output = Output(descriptor: output)
    self.capabilities = capabilities
    canSuspend = options.canSuspend
    savedSettings = settings
    repertoire = Surroundings.repertoire()
    depth = Surroundings.depth(capabilities, environment: environment)
    painter = Painter(capabilities: capabilities, theme: theme, depth: depth, repertoire: repertoire)
    reader = InputReader(descriptor: input, signals: signals)
    (events, continuation) = AsyncStream.makeStream()
    enter()
    reader.start()
    let arriving = reader.events
    Task { [weak self] in
      for await event in arriving { self?.receive(event) }
      self?.continuation.finish()
    }
  }

  /// The terminal's size now.
  public var size: Size { Surroundings.size(of: outputDescriptor) }

  /// Shows a surface. Only what differs from the last one is sent; when the terminal is slow, surfaces in between are skipped.
  public func draw(_ surface: Surface) {
    guard isEntered else { return }
    latest = surface
    if isWriting {
      waiting = surface
      return
    }
    let bytes = painter.bytes(for: surface)
    guard !bytes.isEmpty else { return }
    isWriting = true
    Task { [weak self, output] in
      let isThere = await output.write(bytes)
      self?.wrote(isThere)
    }
  }

  private func wrote(_ isThere: Bool) {
    isWriting = false
    guard isThere else {
      continuation.yield(.hangup)
      return
    }
    if let surface = waiting {
      waiting = nil
      draw(surface)
    }
  }

  /// Changes the colours and paints everything again.
  public func use(_ theme: Theme) {
    painter.theme = theme
    redraw()
  }

  /// Puts text on the terminal's clipboard (xterm: Control Sequences, OSC 52); a terminal that has none ignores it. Nothing but
  /// what the sanitiser leaves, and not more than 64 KiB of it.
  public func copy(_ text: String) {
    guard isEntered else { return }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let safe = lines.map { SafeText(untrusted: String($0), limit: Self.clipboard).string }.joined(separator: "\n")
    let data = Data(safe.utf8.prefix(Self.clipboard)).base64EncodedString()
    let sequence = Array("\u{1B}]52;c;\(data)\u{07}".utf8)
    Task { [output] in _ = await output.write(sequence) }
  }

  private static let clipboard = 65_536

  /// Paints everything again, whatever the terminal shows.
  public func redraw() {
    painter.invalidate()
    if let latest { draw(latest) }
  }

  /// Restores the terminal, stops the process as Ctrl-Z does, and takes the terminal over again when it is continued. Does nothing
  /// where `canSuspend` is off.
  public func suspend() {
    guard isEntered, canSuspend else { return }
    restore()
    dg_stop()
    enter()
    resume()
  }

  /// Lends the terminal to somebody else until `body` ends: restores it, leaves its keys alone, says `words` on it, and
  /// takes it over again.
  /// - Parameter body: gets the descriptors of the terminal's input and output.
  public func lend<Value: Sendable>(
    _ words: SafeText, to body: (_ input: Int32, _ output: Int32) async -> Value
  ) async -> Value {
    restore()
    reader.pause()
    // Nobody would continue a child that Ctrl-z stopped.
    var settings = savedSettings
    withUnsafeMutableBytes(of: &settings.c_cc) { $0[Int(VSUSP)] = 0 }
    tcsetattr(input, TCSANOW, &settings)
    output.writeNow(Array((words.string + "\r\n").utf8))
    let value = await body(input, outputDescriptor)
    tcflush(input, TCIFLUSH)
    enter()
    reader.resume()
    resume()
    return value
  }

  /// Restores the terminal; drawing does nothing from now on. Safe to call again.
  public func leave() {
    restore()
    reader.stop()
    dg_signals_close()
  }

  private func receive(_ event: InputReader.Event) {
    switch event {
    case .input(let event): continuation.yield(event)
    case .stop: suspend()
    case .resumed:
      guard isEntered else { return }
      setRaw()
      output.writeNow(capabilities.enter)
      resume()
    }
  }

  /// The size may have changed while others had the terminal, and nothing is known about what it shows.
  private func resume() {
    continuation.yield(.resize(size))
    redraw()
  }

  private func enter() {
    CrashGuard.arm(outputDescriptor, restore: capabilities.leave, settings: savedSettings)
    setRaw()
    output.writeNow(capabilities.enter)
    isEntered = true
    painter.invalidate()
  }

  private func restore() {
    guard isEntered else { return }
    isEntered = false
    waiting = nil
    // A process in the background leaves the terminal to the shell: writing settings would stop it.
    let owner = tcgetpgrp(outputDescriptor)
    if owner <= 0 || owner == getpgrp() {
      output.writeNow(capabilities.leave)
      var settings = savedSettings
      tcsetattr(input, TCSANOW, &settings)
    }
    CrashGuard.disarm()
  }

  /// Every byte as it comes: no line editing, no signals from keys, no flow control, no translation.
  private func setRaw() {
    var settings = savedSettings
    cfmakeraw(&settings)
    tcsetattr(input, TCSANOW, &settings)
  }
}
