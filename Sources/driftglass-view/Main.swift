import App
import ArgumentParser

/// Driftglass without the code that writes and without helpers.
@main enum Main {
  static func main() {
    Program.start(ViewCommand.self, parts: Parts())
  }
}
