import GitOps
import HTTP
import Structured
import TestKit
import Testing

@testable import Kube

@Suite struct APIErrorTests {
  private func error(
    _ status: Int, _ body: String, type: String = "application/json", headers: [(name: String, value: String)] = []
  )
    -> APIError
  {
    APIError(
      Response(status: status, headers: Headers([("Content-Type", type)] + headers), body: Array(body.utf8)),
      host: "prod:6443")
  }

  @Test func takesTheServersWords() {
    let forbidden = error(403, Samples.status(403, "Forbidden", "pods is forbidden: User \\\"v\\\" cannot list"))
    #expect(forbidden.message == "pods is forbidden: User \"v\" cannot list")
    #expect(forbidden.isForbidden)
    #expect(forbidden.reason == "Forbidden")
    #expect(
      error(401, Samples.status(401, "Unauthorized", "Unauthorized")).message
        == "prod:6443: credentials refused (Unauthorized)")
    #expect(error(410, Samples.status(410, "Expired")).isExpired)
    #expect(
      error(404, "404 page not found\n", type: "text/plain").message == "prod:6443: status 404: 404 page not found")
    #expect(error(404, "404 page not found\n", type: "text/plain").isNotFound)
    #expect(error(500, "").message == "prod:6443: status 500")
  }

  @Test func E_P08_knowsWhatIsNoAPIServer() {
    for (status, kept) in [(200, nil), (404, nil), (403, nil), (503, 503), (429, 429)] as [(Int, Int?)] {
      let page = error(status, "<html><title>Log in</title></html>", type: "text/html; charset=utf-8")
      #expect(page.kind == .notAPI)
      #expect(page.status == kept)
      #expect(page.message == "prod:6443: not an API server's answer (HTML, status \(status))")
    }
    #expect(error(200, "<!DOCTYPE html>", type: "").kind == .notAPI)
  }

  @Test func E_P03_E_W03_readsOddStatusesAsFarAsTheyGo() throws {
    func read(_ text: String) throws -> APIError {
      APIError(status: try JSONDocument(parsing: Array(text.utf8)).root, host: "h:1")
    }
    #expect(try read(#"{"kind":"Status","code":"410"}"#).isExpired)
    #expect(try read(#"{"kind":"Status","code":410.5,"reason":"Gone"}"#).isExpired)
    #expect(try read(#"{"kind":"Status"}"#).message == "status unknown")
    #expect(try read(#"{"kind":"Status","message":["x"],"reason":7,"code":1e400,"details":[]}"#).status == nil)
    #expect(try read(#"{"kind":"Status","details":{"retryAfterSeconds":-3,"causes":{"a":1}}}"#).retryAfter == nil)
    #expect(try read(#"{"kind":"Status","details":{"retryAfterSeconds":3}}"#).retryAfter == 3)
    #expect(
      try read(#"{"kind":"Status","code":504,"details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}}"#)
        .isTooLargeVersion)
    let long = try read("{\"message\":\"\(String(repeating: "x", count: 5000))\\u0007\\nnext\"}").message
    #expect(long.count == 501)
    #expect(try read(#"{"message":"a\nb\u001b[31m"}"#).message == "a b [31m")
  }

  @Test(arguments: [
    ("5", 5 as Int?), ("0", nil), ("-1", nil), ("x", nil), ("", nil), ("1e3", nil), ("999999999999", 1_000_000),
    ("99999999999999999999999", nil), ("Mon, 23 Nov 2026 12:00:30 GMT", 30), ("Mon, 23 Nov 2026 11:59:00 GMT", nil),
    ("Mon, 23 Foo 2026 12:00:30 GMT", nil),
  ])
  func A13_E_P14_readsRetryAfter(text: String, seconds: Int?) {
    let headers = Headers([("Retry-After", text), ("Date", "Mon, 23 Nov 2026 12:00:00 GMT")])
    #expect(RetryAfter.seconds(headers) == seconds)
  }

  @Test func A13_E_A01_aDateCountsFromTheServersOwnClock() {
    #expect(RetryAfter.seconds(Headers([("Retry-After", "Mon, 23 Nov 2026 12:00:30 GMT")])) == nil)
  }

  @Test func knowsWhenAWriteWasCertainlyNotDone() {
    #expect(error(403, "").isCertainlyNotDone)
    #expect(error(409, "").isCertainlyNotDone)
    #expect(!error(500, "").isCertainlyNotDone)
    #expect(!error(504, "").isCertainlyNotDone)
    #expect(APIError(HTTPError(.connect, host: "h", cause: "connection refused")).isCertainlyNotDone)
    #expect(!APIError(HTTPError(.cut, host: "h", cause: "lost")).isCertainlyNotDone)
    #expect(!APIError(HTTPError(.timeout, host: "h", cause: "late")).isCertainlyNotDone)
  }
}
