import FlyingSocks

/// Makes a response body while it is sent: a watch, a log that is followed, a fault.
protocol PieceSource {
  /// The next piece, never empty; nil at the end. Throwing cuts the connection without ending the body.
  mutating func next() async throws -> [UInt8]?
}

/// A response body of pieces. FlyingFox writes each as one chunk, at once.
struct ByteStream: AsyncBufferedSequence {
  typealias Element = UInt8

  let source: @Sendable () -> any PieceSource

  func makeAsyncIterator() -> Iterator { Iterator(source: source()) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var source: any PieceSource

    mutating func next() async throws -> UInt8? {
      preconditionFailure("the body is read in pieces")
    }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? { try await source.next() }
  }
}

/// Pieces that are known beforehand.
struct PieceList: PieceSource {
  var pieces: [[UInt8]]

  mutating func next() -> [UInt8]? { pieces.isEmpty ? nil : pieces.removeFirst() }
}
