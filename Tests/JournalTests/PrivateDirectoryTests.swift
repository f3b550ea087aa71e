import Foundation
import Testing

@testable import Journal

@Suite struct PrivateDirectoryTests {
  /// A table of mounts longer than a page lost its end, and with it the file system in question.
  @Test func aFileOfTheKernelIsReadToItsEnd() throws {
    let maps = try #require(PrivateDirectory.whole("/proc/self/smaps"))
    #expect(maps.count > 8192)
    #expect(String(decoding: maps, as: UTF8.self).contains("VmFlags:"))
    #expect(maps.last == UInt8(ascii: "\n"))
  }
}
