/// How long and how much one fetch may take (D7).
public struct FetchLimits: Sendable, Hashable {
  /// From the connection to the moved reference.
  public var whole: Duration = .seconds(300)
  /// Without a byte or any other progress.
  public var idle: Duration = .seconds(30)
  public var connect: Duration = .seconds(10)
  /// How long after its end was ordered a fetch may still take before it is left behind with its thread.
  public var grace: Duration = .seconds(2)
  public var receivedBytes = 500 << 20
  public var objects = GitLibrary.objectLimit
  public var advertisedReferences = 100_000
  public var advertisedBytes = 32 << 20
  /// Downloads at once, in all.
  public var fetches = 4
  /// Conversations at once with one host, and in all: those that only ask cost little, and a silent host must not keep
  /// others from being asked.
  public var fetchesPerHost = 2
  public var conversations = 32
  /// Conversations that did not end in time and hold a thread: with so many nothing new is begun over ssh.
  public var abandoned = 2

  public init() {}
}
