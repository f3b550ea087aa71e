import GitOps
import HTTP
import Structured

/// A watch that the server took: its events in the order they come.
public final class WatchStream: Sendable {
  private let stream: StreamID
  private let reader: KubeReader
  private let response: StreamingResponse

  init(stream: StreamID, reader: KubeReader, response: StreamingResponse) {
    self.stream = stream
    self.reader = reader
    self.response = response
  }

  /// The next event; nil when the server ended the stream. A line that was cut is no event.
  public func next() async throws(APIError) -> WatchEvent? {
    while true {
      let line: [UInt8]?
      do { line = try await response.nextLine() } catch { throw APIError(error) }
      guard let line else { return nil }
      reader.connection.noteLife()
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      return decode(line)
    }
  }

  /// Ends it, from any task.
  public func close() { response.close() }

  /// Bytes that arrived so far.
  public var received: UInt64 { response.received }

  func decode(_ bytes: [UInt8]) -> WatchEvent {
    let line: JSONWatchLine
    do { line = try JSONWatchLine(parsing: bytes) } catch {
      return .malformed(reader.unreadable(error).message)
    }
    switch line.type {
    case "ADDED", "MODIFIED", "DELETED":
      let object: Object
      do {
        guard let found = try reader.object(line.object, of: stream) else { return .unknown(line.type) }
        object = found
      } catch {
        return .malformed(reader.unreadable(error).message)
      }
      switch line.type {
      case "ADDED": return .added(object)
      case "MODIFIED": return .modified(object)
      default: return .deleted(object)
      }
    case "BOOKMARK":
      let metadata = (try? JSONDocument(parsing: line.object))?.root["metadata"]
      // kubernetes: metav1.InitialEventsAnnotationKey
      let mark = metadata?["annotations"]?["k8s.io/initial-events-end"]?.string
      return .bookmark(version: metadata?["resourceVersion"]?.string ?? "", endsInitialEvents: mark == "true")
    case "ERROR":
      let host = reader.connection.host
      guard let document = try? JSONDocument(parsing: line.object), document.root["kind"]?.string == "Status" else {
        return .error(APIError(.unreadable, message: "\(host): the watch ended with an error that cannot be read"))
      }
      return .error(APIError(status: document.root, host: host))
    default:
      return .unknown(String(line.type.prefix(40)))
    }
  }
}
