import Testing

@testable import App

@Suite struct CheckConfigurationTests {
  private func findings(_ change: (inout CheckConfiguration) -> Void) -> [CheckFinding] {
    var configuration = CheckConfiguration(file: "/home/ada/config.yaml", isPresent: true)
    configuration.theme = "glass"
    configuration.themes = ["glass", "mono"]
    configuration.kubeconfig = ["/home/ada/.kube/config"]
    configuration.clusters = ["prod-eu"]
    change(&configuration)
    return configuration.subject.findings
  }

  @Test func aGoodConfigurationIsFine() {
    let findings = findings { _ in }
    #expect(findings.map(\.what) == ["file", "theme", "mode", "kubeconfig"])
    #expect(findings.allSatisfy { $0.state == .ok })
    #expect(findings[3].detail == "1 cluster from /home/ada/.kube/config")
  }

  @Test func noFileIsFine() {
    #expect(findings { $0.isPresent = false }[0].detail.hasPrefix("none: everything is discovered"))
  }

  @Test func E_C01_eachProblemKeepsItsLine() {
    let findings = findings {
      $0.problems = [
        "/home/ada/config.yaml:2: unknown key 'colour'", "/home/ada/config.yaml:9: readOnly: allowed are true, false",
      ]
    }
    #expect(findings.prefix(2).allSatisfy { $0.state == .warning && $0.what == "file" })
    #expect(findings[1].detail == "/home/ada/config.yaml:9: readOnly: allowed are true, false")
  }

  @Test func aFileThatCannotBeReadIsAFailure() {
    #expect(findings { $0.problems = ["/home/ada/config.yaml: is not a regular file"] }[0].state == .failed)
  }

  @Test func E_C04_themesAndKeysAreNamed() {
    let missing = findings { $0.theme = "neon" }[1]
    #expect(missing.state == .warning)
    #expect(missing.remedy == "choose one of: glass, mono")
    let keys = findings { $0.keyProblems = ["keys: there is no command fly"] }.first { $0.what == "keys" }
    #expect(keys?.state == .warning)
  }

  @Test func E_K01_noKubeconfigSaysWhereItWasLookedFor() throws {
    let findings = findings {
      $0.clusters = []
      $0.kubeconfigProblem = "no kubeconfig found (searched /home/ada/.kube/config)"
    }
    let finding = try #require(findings.last)
    #expect(finding.state == .failed)
    #expect(finding.remedy?.contains("--kubeconfig") == true)
  }

  @Test func E_K04_warningsHaveTheirRemedy() {
    let findings = findings { $0.warnings = ["the kubeconfig /home/ada/.kube/config is writable by everybody"] }
    #expect(findings.last?.state == .warning)
    #expect(findings.last?.remedy?.contains("chmod") == true)
  }
}
