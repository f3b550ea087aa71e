import FoundationEssentials
import GitOps
import Kube
import Synchronization

/// The credential helpers that kubeconfigs name (kubernetes: client.authentication.k8s.io). Contexts that would run the
/// same helper in the same way share it, and so its credential.
public final class ExecCredentials: Sendable {
  /// Time as helpers need it.
  struct Time: Sendable {
    /// Counts also while the machine sleeps, as credentials do.
    var elapsed: @Sendable () -> Duration
    /// The wall clock: only to turn an answer's end into a span.
    var now: @Sendable () -> Date

    static var system: Time {
      let start = ContinuousClock.now
      return Time(elapsed: { start.duration(to: .now) }, now: { Date() })
    }
  }

  private let made = Mutex<[ExecHelper: ExecCredential]>([:])
  private let search: CommandSearch
  private let slots: HelperSlots
  private let time: Time
  private let limits: ExecCredential.Limits

  /// - Parameter environment: its `PATH` is where commands are looked for, from now on.
  public convenience init(environment: [String: String], slots: HelperSlots) {
    self.init(environment: environment, slots: slots, time: .system, limits: ExecCredential.Limits())
  }

  init(environment: [String: String], slots: HelperSlots, time: Time, limits: ExecCredential.Limits) {
    search = CommandSearch(path: environment["PATH"] ?? "")
    self.slots = slots
    self.time = time
    self.limits = limits
  }

  /// Give this to `Kubeconfig.load`.
  public func source(for helper: ExecHelper) -> Result<any CredentialSource, ContextProblem> {
    made.withLock { made in
      if let known = made[helper] { return .success(known) }
      let credential = ExecCredential(helper, search: search, slots: slots, time: time, limits: limits)
      made[helper] = credential
      return .success(credential)
    }
  }
}
