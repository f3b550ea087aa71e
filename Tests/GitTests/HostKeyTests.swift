import Foundation
import Testing

@testable import Git

struct HostKeyTests {
  /// An ssh-ed25519 key of invented bytes in the format of RFC 8709.
  private static func key(_ fill: UInt8) -> [UInt8] {
    [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + [UInt8](repeating: fill, count: 32)
  }

  private static func line(_ host: String, _ key: [UInt8]) -> String {
    "\(host) ssh-ed25519 \(Data(key).base64EncodedString())\n"
  }

  private func standing(_ lists: [String], at address: String) throws -> HostKey.Standing {
    let folder = try TemporaryFolder()
    var files = [folder.file("absent")]
    for (index, list) in lists.enumerated() {
      files.append(folder.file("list\(index)"))
      try Data(list.utf8).write(to: URL(filePath: files[index + 1]))
    }
    let address = try RepositoryAddress(address, namedBy: .cluster)
    return HostKey(bytes: Self.key(1), fingerprint: "SHA256:abc").standing(of: address, in: files)
  }

  @Test func tellsKnownUnknownAndChangedApart() throws {
    let url = "ssh://git@git.example.com/fleet"
    #expect(try standing([], at: url) == .unknown)
    #expect(try standing([Self.line("other.example.com", Self.key(1))], at: url) == .unknown)
    #expect(try standing([Self.line("git.example.com", Self.key(1))], at: url) == .known)
    #expect(try standing([Self.line("git.example.com", Self.key(2))], at: url) == .changed)
    // The system's list counts like the user's.
    #expect(try standing(["", Self.line("git.example.com", Self.key(1))], at: url) == .known)
    #expect(try standing(["not a list \u{1}\n\n#"], at: url) == .unknown)
  }

  @Test func understandsPortsAndHashedNames() throws {
    let url = "ssh://git@git.example.com:2222/fleet"
    #expect(try standing([Self.line("[git.example.com]:2222", Self.key(1))], at: url) == .known)
    #expect(try standing([Self.line("[git.example.com]:2222", Self.key(2))], at: url) == .changed)
    // HMAC-SHA1 of `git.example.com` under a salt of zeros, as HashKnownHosts writes it.
    let hashed = "|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|EduUnGsjnM0IqeWBWEmI5w6voMM="
    #expect(try standing([Self.line(hashed, Self.key(1))], at: "ssh://git@git.example.com/fleet") == .known)
  }

  @Test func namesTheFingerprintAndWhatToDo() throws {
    let address = try RepositoryAddress("ssh://git@git.example.com:2222/fleet", namedBy: .cluster)
    let key = HostKey(bytes: Self.key(1), fingerprint: "SHA256:abc")
    #expect(key.unknown(at: address).kind == .hostKey)
    #expect(key.unknown(at: address).message.contains("SHA256:abc"))
    #expect(key.changed(at: address).message.contains("ssh-keygen -R '[git.example.com]:2222'"))
  }
}
