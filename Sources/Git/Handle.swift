import CGit2

/// One object of libgit2, freed with the value that owns it.
struct Handle: ~Copyable {
  let pointer: OpaquePointer
  private let free: (OpaquePointer?) -> Void

  /// - Parameter make: a libgit2 function that stores a new object and returns a code.
  /// - Throws: `GitFailure` when it returns an error.
  init(
    freedBy free: @escaping (OpaquePointer?) -> Void, _ make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
  ) throws(GitFailure) {
    var pointer: OpaquePointer?
    let code = make(&pointer)
    guard code >= 0, let pointer else { throw GitFailure(code: code) }
    self.pointer = pointer
    self.free = free
  }

  deinit { free(pointer) }
}
