import HTTP

/// Which lines of a pod's log (kubernetes: core v1 PodLogOptions).
public struct PodLogOptions: Sendable, Hashable {
  /// Needed when the pod has several containers.
  public var container: String?
  /// Go on until the container ends.
  public var follow = true
  /// The instance before the last restart.
  public var previous = false
  /// Only the last lines.
  public var tailLines: Int?
  public var sinceSeconds: Int?
  /// Each line begins with an RFC 3339 time and a space.
  public var timestamps = true

  public init() {}
}

extension KubeReader {
  /// A pod's log, line by line. It ends when the container does, or when the answer is let go of.
  public func podLog(
    namespace: String, pod: String, options: PodLogOptions = PodLogOptions()
  ) async throws(APIError) -> StreamingResponse {
    let path = ResourcePath(
      group: "", version: "v1", plural: "pods", namespace: namespace, name: pod, subresource: "log")
    var call = APICall(.get, path.path)
    call.accept = "*/*"
    call.channel = .stream
    call.timeouts = .stream
    call.deliversUnterminatedLine = true
    if let container = options.container { call.query.append(("container", container)) }
    if options.follow { call.query.append(("follow", "true")) }
    if options.previous { call.query.append(("previous", "true")) }
    if let lines = options.tailLines { call.query.append(("tailLines", String(lines))) }
    if let seconds = options.sinceSeconds { call.query.append(("sinceSeconds", String(seconds))) }
    if options.timestamps { call.query.append(("timestamps", "true")) }
    return try await connection.stream(call)
  }
}
