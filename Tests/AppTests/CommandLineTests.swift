import ArgumentParser
import Testing

@testable import App

struct CommandLineTests {
  @Test func `no subcommand is the dashboard`() throws {
    let command = try ViewCommand.parseAsRoot(["--context", "a", "--context", "b", "--read-only"])
    let dashboard = try #require(command as? DashboardCommand)
    #expect(dashboard.common.context == ["a", "b"])
    #expect(dashboard.common.readOnly)
  }

  @Test func `get takes kind, output and timeout`() throws {
    let command = try ViewCommand.parseAsRoot(["get", "drift", "-o", "json", "--timeout", "1m30s", "-n", "shop"])
    let get = try #require(command as? GetCommand)
    #expect(get.output == .json)
    #expect(get.timeoutSeconds == 90)
    #expect(get.namespace == "shop")
  }

  @Test(arguments: [
    ["get", "pods"], ["get", "drift", "-o", "xml"], ["get", "drift", "--timeout", "soon"], ["--no-such"],
  ])
  func `wrong use is refused`(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try ViewCommand.parseAsRoot(arguments) }
  }
}
