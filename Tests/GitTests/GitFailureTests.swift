import CGit2
import Testing

@testable import Git

struct GitFailureTests {
  @Test(arguments: [
    (
      "cannot extend packfile '/cache/fleet.git/objects/pack/pack_git2_94dc': No space left on device",
      GitError.Kind.io,
      "no space is left for it"
    ),
    ("could not write packfile: Disk quota exceeded", .io, "no space is left for it"),
    ("failed to open: Read-only file system", .io, "its mirror cannot be written"),
    ("early EOF", .unreachable, "cannot be reached"),
  ])
  func E_G13_aFullDiskIsNoMatterOfTheNetwork(_ text: String, _ kind: GitError.Kind, _ words: String) throws {
    let address = try RepositoryAddress("https://git.example.com/fleet.git", namedBy: .cluster)
    let error = GitError(fetching: address, GitFailure(code: -1, area: GIT_ERROR_OS, text: text))
    #expect(error.kind == kind)
    #expect(error.message.contains(words), "\(error.message)")
    #expect(!error.message.contains("pack_git2"))
  }
}
