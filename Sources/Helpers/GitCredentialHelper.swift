import FoundationEssentials
import Git
import Subprocess

/// Asks the user's own Git credential helpers through `git credential fill` (git: git-credential(1)). It only asks:
/// nothing is stored or erased, and nobody is prompted.
public struct GitCredentialHelper: Sendable {
  private let process: HelperProcess
  private let slots: HelperSlots

  public init(slots: HelperSlots) { self.init(executable: .name("git"), slots: slots) }

  init(
    executable: Executable, environment: [String: String] = [:], timeout: Duration = .seconds(30),
    slots: HelperSlots = HelperSlots()
  ) {
    self.slots = slots
    var changes: [String: String?] = [:]
    // Nothing that points Git at another repository or configuration, or has it write a trace.
    for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("GIT_") { changes[name] = .some(nil) }
    changes["GIT_TERMINAL_PROMPT"] = "0"
    changes["GIT_ASKPASS"] = ""
    changes["SSH_ASKPASS"] = ""
    changes["GCM_INTERACTIVE"] = "never"
    changes["LC_ALL"] = "C"
    for (name, value) in environment { changes[name] = value }
    process = HelperProcess(
      executable: executable, arguments: ["credential", "fill"], environment: changes, timeout: timeout)
  }

  /// Give this to `MirrorCache`. Nil: no helper has a credential for it.
  /// - Throws: `GitError` of kind `authentication` with what went wrong.
  public func fill(_ request: CredentialRequest) async throws(GitError) -> GitCredential? {
    var fields = [("protocol", request.scheme), ("host", request.host), ("path", request.path)]
    if let user = request.user { fields.append(("username", user)) }
    guard !fields.contains(where: { $0.1.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 } }) else { return nil }
    let input = fields.map { "\($0)=\($1)\n" }.joined() + "\n"
    do throws(HelperProcess.Failure) {
      let bytes = Array(input.utf8)
      let result = await slots.run { [process] () async -> Result<[UInt8], HelperProcess.Failure> in
        do throws(HelperProcess.Failure) { return .success(try await process.run(input: bytes)) } catch {
          return .failure(error)
        }
      }
      return Self.credential(in: try (result ?? .failure(.cancelled)).get())
    } catch {
      switch error {
      case .missing: return nil
      // Git says so when no helper knows the server.
      case .exit(let line) where line.contains("terminal prompts disabled"): return nil
      case .exit(let line): throw failed(request, "failed (\(RepositoryAddress.redacted(line)))")
      case .timeout: throw failed(request, "did not answer in \(process.timeout.components.seconds) s")
      case .tooMuch: throw failed(request, "answered with more than \(process.outputLimit >> 10) KiB")
      case .cancelled: throw failed(request, "was not waited for")
      case .spawn(let reason): throw failed(request, "could not be started (\(reason))")
      }
    }
  }

  private func failed(_ request: CredentialRequest, _ what: String) -> GitError {
    GitError(.authentication, "\(request.scheme)://\(request.host)/\(request.path): git credential fill \(what)")
  }

  private static func credential(in output: [UInt8]) -> GitCredential? {
    var fields: [Substring: String] = [:]
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      fields[line[..<equals]] = String(line[line.index(after: equals)...])
    }
    guard let password = fields["password"], !password.isEmpty else { return nil }
    return GitCredential(user: fields["username"] ?? "git", password: password)
  }
}
