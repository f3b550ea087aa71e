import Testing

@testable import HTTP

@Suite struct AddressTests {
  @Test(arguments: [
    ("https://prod.example.com", "https", "prod.example.com", 443, "", nil as String?),
    ("HTTPS://Prod.Example.com:6443/k8s/c-1?x=1", "https", "prod.example.com", 6443, "/k8s/c-1", "x=1"),
    ("http://127.0.0.1:8080/", "http", "127.0.0.1", 8080, "/", nil),
    ("https://[fd00::1]:6443", "https", "fd00::1", 6443, "", nil), ("https://[::1]", "https", "::1", 443, "", nil),
  ])
  func takesAddressesApart(
    text: String, scheme: String, host: String, port: Int, path: String, query: String?
  ) throws {
    let address = try Address(parsing: text)
    #expect(address.scheme == scheme)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.path == path)
    #expect(address.query == query)
  }

  @Test(arguments: [
    "", "example.com", "ftp://example.com", "file:///etc/passwd", "https://", "https://:443",
    "https://user:secret@example.com", "https://secret@example.com/x", "https://example.com:0",
    "https://example.com:65536",
    "https://example.com:1x", "https://example.com:", "https://exa mple.com", "https://example.com/\r\nX: y",
    "https://example.com/a\\b", "https://example.com/#x", "https://[fe80::1%25eth0]", "https://[::1", "https://[]",
    "https://bücher.example", "https://a%2eexample.com", "https://[::1]x",
  ])
  func refusesWhatIsNoAddress(text: String) {
    let error = #expect(throws: AddressError.self) { try Address(parsing: text) }
    #expect(error?.description.contains("secret") == false)
  }

  @Test func writesIPv6WithBrackets() throws {
    #expect(try Address(parsing: "https://[fd00::1]").origin == "https://[fd00::1]:443")
  }

  @Test func escapesAllButUnreservedCharacters() {
    #expect(Address.escaped("a/b ü%~._-") == "a%2Fb%20%C3%BC%25~._-")
    #expect(Address.escaped("system:admin", allowing: ":") == "system:admin")
    #expect(Address.escaped("a=b,c!=d") == "a%3Db%2Cc%21%3Dd")
  }
}
