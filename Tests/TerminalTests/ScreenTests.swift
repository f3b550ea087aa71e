import Cells
import Glibc
import Testing

@testable import Terminal

/// Both ends of a pseudo-terminal.
@MainActor private final class PseudoTerminal {
  let master: Int32
  let slave: Int32

  init(columns: UInt16 = 60, rows: UInt16 = 10) throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&master, &slave, nil, nil, &window) == 0)
    self.master = master
    self.slave = slave
  }

  func type(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
  }

  var settings: [UInt8] {
    var settings = termios()
    tcgetattr(slave, &settings)
    return withUnsafeBytes(of: settings) { Array($0) }
  }

  /// Everything written until `end` appears; what came so far when nothing comes for 10 s.
  func output(until end: String) -> String {
    var bytes: [UInt8] = []
    while !String(decoding: bytes, as: UTF8.self).contains(end) {
      var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 10_000) > 0 else { break }
      var part = [UInt8](repeating: 0, count: 65536)
      let count = read(master, &part, part.count)
      guard count > 0 else { break }
      bytes += part[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func screen(_ environment: [String: String] = ["TERM": "xterm-256color"]) throws -> Screen {
    try Screen(theme: .plain, options: .init(), environment: environment, input: slave, output: slave)
  }

  deinit {
    close(master)
    close(slave)
  }
}

@Suite(.serialized, .timeLimit(.minutes(1))) @MainActor struct ScreenTests {
  private func next(_ events: inout AsyncStream<InputEvent>.Iterator) async -> InputEvent? {
    await events.next(isolation: #isolation)
  }

  @Test func takesTheTerminalAndGivesItBackB9() async throws {
    let terminal = try PseudoTerminal()
    let before = terminal.settings
    let screen = try terminal.screen()
    #expect(terminal.settings != before)
    #expect(screen.size == Size(width: 60, height: 10))
    var surface = Surface(screen.size)
    surface.text("hello there", x: 2, y: 1)
    screen.draw(surface)
    var shown = ""
    await Task.yield()
    shown += terminal.output(until: "hello there")
    #expect(shown.contains("\u{1B}[?1049h"))
    #expect(shown.contains("\u{1B}[?2004h"))
    screen.leave()
    let end = terminal.output(until: "\u{1B}[?1049l")
    for restored in ["\u{1B}[?1000l", "\u{1B}[?2004l", "\u{1B}[?7h", "\u{1B}[?12l\u{1B}[?25h", "\u{1B}[?1049l"] {
      #expect(end.contains(restored))
    }
    #expect(terminal.settings == before)
    screen.leave()
  }

  @Test func handsOnKeysInOrder() async throws {
    let terminal = try PseudoTerminal()
    let screen = try terminal.screen()
    var events = screen.events.makeAsyncIterator()
    terminal.type("R\u{3}\u{1B}[A\u{1B}[?62c\u{1B}[<0;2;3M")
    #expect(await next(&events) == .key("R"))
    #expect(await next(&events) == .key("Ctrl-c"))
    #expect(await next(&events) == .key("Up"))
    #expect(await next(&events) == .mouse(.init(.press(.left), at: Point(x: 1, y: 2))))
    terminal.type("\u{1B}")
    #expect(await next(&events) == .key("Esc"))
    screen.leave()
    #expect(await next(&events) == nil)
  }

  @Test func lendsTheTerminalWithItsKeysAndTakesItBackA17() async throws {
    let terminal = try PseudoTerminal()
    let before = terminal.settings
    let screen = try terminal.screen()
    var events = screen.events.makeAsyncIterator()
    var surface = Surface(screen.size)
    surface.text("the dashboard", x: 2, y: 1)
    screen.draw(surface)
    await Task.yield()
    _ = terminal.output(until: "the dashboard")
    let answer = await screen.lend("helper has the terminal") { input, output in
      // Settings of a line, as a helper expects them, but nothing that would stop it for good.
      var settings = termios()
      tcgetattr(input, &settings)
      #expect(settings.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == tcflag_t(ICANON | ECHO | ISIG))
      #expect(withUnsafeBytes(of: &settings.c_cc) { $0[Int(VSUSP)] } == 0)
      // Nothing is painted meanwhile.
      screen.draw(Surface(screen.size))
      terminal.type("secret\n")
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = read(input, &bytes, bytes.count)
      return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
    #expect(answer == "secret\n")
    await Task.yield()
    let shown = terminal.output(until: "the dashboard")
    let words = try #require(shown.firstRange(of: "helper has the terminal"))
    #expect(shown[..<words.lowerBound].contains("\u{1B}[?1049l"))
    #expect(shown[words.upperBound...].contains("\u{1B}[?1049h"))
    // Keys are ours again.
    #expect(await next(&events) == .resize(screen.size))
    terminal.type("R")
    #expect(await next(&events) == .key("R"))
    screen.leave()
    #expect(terminal.settings == before)
  }

  @Test func signalsBecomeEvents() async throws {
    let terminal = try PseudoTerminal()
    let screen = try terminal.screen()
    var events = screen.events.makeAsyncIterator()
    for signal in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] {
      kill(getpid(), signal)
      #expect(await next(&events) == .quit)
    }
    var window = winsize(ws_row: 50, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal.master, UInt(TIOCSWINSZ), &window)
    kill(getpid(), SIGWINCH)
    #expect(await next(&events) == .resize(Size(width: 200, height: 50)))
    kill(getpid(), SIGCONT)
    #expect(await next(&events) == .resize(Size(width: 200, height: 50)))
    screen.leave()
  }

  @Test func aTerminalThatGoesAwayIsAHangupB14() async throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    try #require(openpty(&master, &slave, nil, nil, nil) == 0)
    let screen = try Screen(
      theme: .plain, options: .init(), environment: ["TERM": "xterm"], input: slave, output: slave)
    var events = screen.events.makeAsyncIterator()
    close(master)
    #expect(await next(&events) == .hangup)
    screen.leave()
    close(slave)
  }

  @Test(arguments: [nil, "", "dumb", "no-such-terminal", "../../x", String(repeating: "x", count: 4096), "unknown"])
  func refusesWhatIsNoTerminalB16(term: String?) throws {
    let terminal = try PseudoTerminal()
    let before = terminal.settings
    var environment: [String: String] = [:]
    environment["TERM"] = term
    let error = #expect(throws: TerminalError.self) { _ = try terminal.screen(environment) }
    #expect(error?.description.contains("driftglass get") == true)
    #expect(error?.description.contains("\n") == false)
    #expect(terminal.settings == before)
  }

  @Test func refusesWhatIsNoTTY() throws {
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    #expect(throws: TerminalError.self) {
      _ = try Screen(theme: .plain, options: .init(), environment: ["TERM": "xterm"], input: null, output: null)
    }
  }

  @Test(arguments: [
    "xterm", "xterm-256color", "screen", "screen-256color", "tmux-256color", "linux", "vt100", "alacritty",
    "xterm-direct",
  ])
  func knowsTheUsualTerminalsB16(term: String) throws {
    let capabilities: Capabilities
    do {
      capabilities = try Capabilities(term: term, descriptor: 1, mouse: true, systemOnly: false)
    } catch {
      // Debian keeps the less usual descriptions in a package of their own (ncurses-term).
      try #require(term == "alacritty" || term == "xterm-direct", "\(error)")
      return
    }
    #expect(capabilities.address.before == Array("\u{1B}[".utf8))
    #expect(!capabilities.clear.isEmpty)
    #expect(!capabilities.enter.contains(UInt8(ascii: "$")))
    #expect(capabilities.leave.count <= 1024)
    #expect(
      (term == "vt100") == !String(decoding: capabilities.enter, as: UTF8.self).contains("1006"))
  }

  @Test(arguments: [
    (256, false, [:], ColourDepth.indexed), (256, false, ["COLORTERM": "truecolor"], .trueColour),
    (8, false, [:], .sixteen),
    (0, false, [:], .mono), (0, true, [:], .trueColour), (256, true, ["NO_COLOR": "1"], .mono),
    (256, false, ["NO_COLOR": "", "COLORTERM": "24bit"], .trueColour),
    (256, false, ["TERM": "screen-256color", "COLORTERM": "truecolor"], .indexed),
    (256, false, ["TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "/s,1,0"], .trueColour),
    (0, false, ["TERM": "vt100", "COLORTERM": "truecolor"], .mono),
  ])
  func findsTheColoursThereAre(colours: Int, rgb: Bool, environment: [String: String], expected: ColourDepth) {
    let capabilities = PainterTests.capabilities(colours: colours, trueColour: rgb)
    #expect(Surroundings.depth(capabilities, environment: environment) == expected)
  }

  @Test(arguments: [(0, 0, 80, 24), (1, 1, 1, 1), (65535, 65535, 1000, 500), (200, 0, 80, 24), (120, 36, 120, 36)])
  func sizesStayWithinReasonB13(columns: Int, rows: Int, width: Int, height: Int) {
    #expect(Surroundings.size(columns: columns, rows: rows) == Size(width: width, height: height))
  }
}
