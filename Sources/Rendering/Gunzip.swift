import CZlib

/// Gzip with a limit on what comes out.
enum Gunzip {
  enum Problem: Error { case malformed, tooLarge }

  static func isCompressed(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B, 0x08]) }

  /// - Throws: `.malformed` for damaged or truncated input, `.tooLarge` as soon as more than `limit` bytes come out.
  static func decompress(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
    var stream = z_stream()
    guard czlib_gunzip_init(&stream) == Z_OK else { throw .malformed }
    defer { inflateEnd(&stream) }
    var out: [UInt8] = []
    var status = Z_OK
    var input = bytes
    input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = uInt(clamping: input.count)
      while status == Z_OK && out.count <= limit {
        let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { space, count in
          stream.next_out = space.baseAddress
          stream.avail_out = uInt(space.count)
          status = inflate(&stream, Z_NO_FLUSH)
          count = space.count - Int(stream.avail_out)
        }
        out += chunk
        // No progress: the input ended before the stream did.
        if status == Z_OK && chunk.isEmpty { status = Z_BUF_ERROR }
      }
    }
    guard out.count <= limit else { throw .tooLarge }
    guard status == Z_STREAM_END else { throw .malformed }
    return out
  }
}
