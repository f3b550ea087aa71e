import FoundationEssentials
import GitOps
import Kube
import Subprocess

/// The credential of one helper: asked for when it is needed, kept until a minute before its end, asked for anew once
/// when a server refuses it (A15, A17). Whoever needs it while the helper runs gets the result of that run.
actor ExecCredential: CredentialSource {
  /// How long a helper may take.
  struct Limits: Sendable {
    var timeout: Duration = .seconds(30)
    /// With a person at the terminal.
    var interactiveTimeout: Duration = .seconds(600)
    var patience: Duration = .seconds(5)
    var seed: UInt64?
  }

  private struct Kept {
    let credential: Credential
    /// When another one is asked for, and when this one is no good any more.
    let renews: Duration
    let ends: Duration
  }

  private let helper: ExecHelper
  private let search: CommandSearch
  private let slots: HelperSlots
  private let time: ExecCredentials.Time
  private let limits: Limits

  /// Found once, at the first use that finds it.
  private var file: String?
  private var kept: Kept?
  private var problem: APIError?
  private var run: Task<Void, Never>?
  private var waiters: [Int: CheckedContinuation<Result<Credential, APIError>, Never>] = [:]
  private var nextWaiter = 0
  private var backoff = Backoff()
  private var random: SeededRandom
  private var lastRun: Duration?
  /// No run before: whatever goes wrong, helpers are not started faster than A12 says.
  private var notBefore: Duration = .zero

  /// Before the end that a helper names (A18).
  static let margin: Duration = .seconds(60)
  /// What names a later end, or none, is kept for this long.
  private static let longest: Duration = .seconds(10 * 365 * 86_400)

  init(
    _ helper: ExecHelper, search: CommandSearch, slots: HelperSlots, time: ExecCredentials.Time, limits: Limits
  ) {
    self.helper = helper
    self.search = search
    self.slots = slots
    self.time = time
    self.limits = limits
    file = search.file(of: helper.command)
    random = SeededRandom(seed: limits.seed ?? .random(in: 0 ... .max))
  }

  func credential() async throws(APIError) -> Credential {
    let now = time.elapsed()
    guard let kept, now < kept.ends else { return try await fresh() }
    if now < kept.renews || now < notBefore { return kept.credential }
    do { return try await fresh() } catch {
      // In its last minute the old one is still good.
      if error.isCancelled { throw error }
      return kept.credential
    }
  }

  func renewed(after refused: Credential) async throws(APIError) -> Credential? {
    let now = time.elapsed()
    if let kept, kept.credential != refused, now < kept.ends { return kept.credential }
    // Just asked, and refused: asking again at once would say the same.
    if run == nil, now < notBefore { return nil }
    if kept?.credential == refused { kept = nil }
    let fresh = try await fresh()
    return fresh == refused ? nil : fresh
  }

  nonisolated var login: Login? {
    Login(command: helper.command) { console throws(APIError) in try await self.logIn(on: console) }
  }

  /// The user asked for it: a silent run gives way, and waiting times do not count.
  private func logIn(on console: Login.Console) async throws(APIError) {
    while let run {
      run.cancel()
      await run.value
    }
    start(on: console)
    _ = try await join()
  }

  // Runs

  private func fresh() async throws(APIError) -> Credential {
    if run == nil {
      if helper.interaction == .always {
        throw failure("asks questions: it needs the terminal")
      }
      guard time.elapsed() >= notBefore else { throw problem ?? failure("was asked a moment ago") }
      start(on: nil)
    }
    return try await join()
  }

  private func start(on console: Login.Console?) {
    let now = time.elapsed()
    // 120 s without trouble: the next failure is a first one again (A12).
    if let lastRun, problem == nil, now - lastRun >= .seconds(120) { backoff.reset() }
    run = Task {
      let result = await self.ask(on: console)
      self.finish(result)
    }
  }

  private func finish(_ result: Result<Credential, APIError>) {
    run = nil
    let now = time.elapsed()
    lastRun = now
    notBefore = now + backoff.next(using: &random)
    if case .failure(let error) = result { problem = error } else { problem = nil }
    let due = waiters.values
    waiters = [:]
    for waiter in due { waiter.resume(returning: result) }
  }

  private func ask(on console: Login.Console?) async -> Result<Credential, APIError> {
    if file == nil { file = search.file(of: helper.command) }
    guard let file else { return .failure(failure("is not installed", hint: helper.installHint)) }
    let isInteractive = console != nil && helper.interaction != .never
    var process = HelperProcess(executable: .path(.init(file)), arguments: helper.arguments)
    process.environment = helper.environment.mapValues { .some($0) }
    process.environment["KUBERNETES_EXEC_INFO"] = helper.information(isInteractive: isInteractive)
    process.timeout = console == nil ? limits.timeout : limits.interactiveTimeout
    process.patience = limits.patience
    let answer = await slots.run(user: helper.user, isUrgent: console != nil) { [process] in
      do throws(HelperProcess.Failure) {
        guard let console else {
          return Result<[UInt8], HelperProcess.Failure>.success(try await process.run(input: []))
        }
        return .success(try await process.run(on: console, reads: isInteractive))
      } catch {
        return .failure(error)
      }
    }
    switch answer ?? .failure(.cancelled) {
    case .success(let output): return keep(output)
    case .failure(let reason): return .failure(failure(reason, process))
    }
  }

  private func keep(_ output: [UInt8]) -> Result<Credential, APIError> {
    do throws(ExecAnswer.Problem) {
      let answer = try ExecAnswer(output, apiVersion: helper.apiVersion)
      let now = time.elapsed()
      var rest = Self.longest
      if let expires = answer.expires {
        let seconds = expires.timeIntervalSince(time.now())
        guard seconds > 0 else { return .failure(failure("gave a credential that has ended already")) }
        rest = min(.seconds(seconds), Self.longest)
      }
      kept = Kept(credential: answer.credential, renews: now + rest - Self.margin, ends: now + rest)
      return .success(answer.credential)
    } catch {
      return .failure(failure(error.sentence))
    }
  }

  private func failure(_ reason: HelperProcess.Failure, _ process: HelperProcess) -> APIError {
    switch reason {
    case .missing: failure("is not installed", hint: helper.installHint)
    case .timeout: failure("did not answer in \(process.timeout.components.seconds) s")
    case .tooMuch: failure("printed more than \(process.outputLimit >> 10) KiB")
    case .exit(let line): failure("failed: \(line)")
    case .spawn(let line): failure("could not be started: \(HelperProcess.oneLine(line))")
    case .cancelled: failure("was not waited for")
    }
  }

  private func failure(_ what: String, hint: String = "") -> APIError {
    let name = helper.command.split(separator: "/").last.map(String.init) ?? helper.command
    let advice = hint.isEmpty ? "" : ": \(HelperProcess.oneLine(hint))"
    return APIError(.credential, message: "the credential helper \(HelperProcess.oneLine(name)) \(what)\(advice)")
  }

  // Waiting

  private func join() async throws(APIError) -> Credential {
    nextWaiter += 1
    let id = nextWaiter
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Credential, APIError>, Never>) in
        if Task.isCancelled { return continuation.resume(returning: .failure(.cancelled)) }
        waiters[id] = continuation
      }
    } onCancel: {
      Task { await self.leave(id) }
    }
    return try result.get()
  }

  /// The run goes on: what it brings is kept for the next.
  private func leave(_ id: Int) { waiters.removeValue(forKey: id)?.resume(returning: .failure(.cancelled)) }
}
