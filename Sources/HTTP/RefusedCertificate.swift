import CCurl

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The server's certificate that did not pass the check. libcurl says only why; people also need to know which.
struct RefusedCertificate {
  let reason: String
  let subject: String
  let issuer: String
  let validity: CertificateValidity?

  var sentence: String {
    // X509_verify_cert_error_string(3) of X509_V_ERR_CERT_HAS_EXPIRED.
    let end = reason.contains("expired") ? validity.flatMap { RefusedCertificate.day($0.until) } : nil
    return "\(reason) (subject \(subject), issued by \(issuer)\(end.map { ", valid until \($0)" } ?? ""))"
  }

  /// `2026-08-01`, in UTC.
  private static func day(_ seconds: Int) -> String? {
    var time = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil else { return nil }
    let (year, month, day) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  /// Notes when the handshake begins, and asks OpenSSL for the server's certificate when it judges it. The verdict stays
  /// OpenSSL's: the callback returns what it was given. Another TLS library than OpenSSL is not asked.
  static func observe(_ transfer: Transfer) {
    _ = ccurl_set_pointer(transfer.easy, CURLOPT_SSL_CTX_DATA, Unmanaged.passUnretained(transfer).toOpaque())
    _ = ccurl_set_tls_context(transfer.easy) { _, context, transfer in
      guard let context, let transfer else { return CURLE_OK }
      let owner = Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue()
      owner.hasBegunHandshake()
      guard let library = OpenSSL.shared, owner.request.tls.verifies else { return CURLE_OK }
      _ = library.setContextData(context, 0, transfer)
      library.setVerify(context, OpenSSL.verifyPeer) { verdict, store in
        if let store, let library = OpenSSL.shared { library.note(store, isRefused: verdict == 0) }
        return verdict
      }
      return CURLE_OK
    }
  }
}

/// The few functions of OpenSSL that are needed, found at run time: libcurl has loaded the library, and its headers are
/// no dependency of ours.
private struct OpenSSL: Sendable {
  typealias Pointer = UnsafeMutableRawPointer
  typealias Verify = @convention(c) (Int32, Pointer?) -> Int32
  typealias SetContextData = @convention(c) (Pointer, Int32, Pointer) -> Int32
  typealias SetVerify = @convention(c) (Pointer, Int32, Verify) -> Void
  typealias DataAt = @convention(c) (Pointer, Int32) -> Pointer?
  typealias Part = @convention(c) (Pointer) -> Pointer?
  typealias Index = @convention(c) () -> Int32
  typealias ErrorNumber = @convention(c) (Pointer) -> Int32
  typealias Encode = @convention(c) (Pointer, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
  typealias ErrorText = @convention(c) (Int) -> UnsafePointer<CChar>?
  typealias OneLine = @convention(c) (Pointer, UnsafeMutablePointer<CChar>, Int32) -> UnsafeMutablePointer<CChar>?

  static let verifyPeer: Int32 = 1
  static let shared = OpenSSL()

  let setContextData: SetContextData
  let setVerify: SetVerify
  private let contextData: DataAt
  private let contextOf: Part
  private let connectionIndex: Index
  private let storeData: DataAt
  private let storeError: ErrorNumber
  private let storeDepth: ErrorNumber
  private let errorText: ErrorText
  private let currentCertificate: Part
  private let subject: Part
  private let issuer: Part
  private let encode: Encode
  private let oneLine: OneLine

  private init?() {
    guard let library = ccurl_tls_library(), String(cString: library).hasPrefix("OpenSSL/") else { return nil }
    func find<Function>(_ name: String, _ type: Function.Type) -> Function? {
      dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
    guard let setContextData = find("SSL_CTX_set_ex_data", SetContextData.self),
      let setVerify = find("SSL_CTX_set_verify", SetVerify.self),
      let contextData = find("SSL_CTX_get_ex_data", DataAt.self),
      let contextOf = find("SSL_get_SSL_CTX", Part.self),
      let connectionIndex = find("SSL_get_ex_data_X509_STORE_CTX_idx", Index.self),
      let storeData = find("X509_STORE_CTX_get_ex_data", DataAt.self),
      let storeError = find("X509_STORE_CTX_get_error", ErrorNumber.self),
      let storeDepth = find("X509_STORE_CTX_get_error_depth", ErrorNumber.self),
      let errorText = find("X509_verify_cert_error_string", ErrorText.self),
      let currentCertificate = find("X509_STORE_CTX_get_current_cert", Part.self),
      let subject = find("X509_get_subject_name", Part.self), let issuer = find("X509_get_issuer_name", Part.self),
      let encode = find("i2d_X509", Encode.self),
      let oneLine = find("X509_NAME_oneline", OneLine.self)
    else { return nil }
    self.setContextData = setContextData
    self.setVerify = setVerify
    self.contextData = contextData
    self.contextOf = contextOf
    self.connectionIndex = connectionIndex
    self.storeData = storeData
    self.storeError = storeError
    self.storeDepth = storeDepth
    self.errorText = errorText
    self.currentCertificate = currentCertificate
    self.subject = subject
    self.issuer = issuer
    self.encode = encode
    self.oneLine = oneLine
  }

  /// Called on the loop's thread while OpenSSL checks a chain, once a certificate: tells the transfer which one was
  /// refused, or how long the server's own one is valid.
  func note(_ store: Pointer, isRefused: Bool) {
    guard isRefused || storeDepth(store) == 0 else { return }
    guard let connection = storeData(store, connectionIndex()), let context = contextOf(connection),
      let owner = contextData(context, 0), let certificate = currentCertificate(store)
    else { return }
    let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
    guard isRefused else {
      transfer.certificate = validity(certificate)
      return
    }
    let reason = errorText(Int(storeError(store))).map { String(cString: $0) } ?? "not accepted"
    transfer.refusedCertificate = RefusedCertificate(
      reason: TransferFailure.oneLine(reason), subject: text(subject(certificate)), issuer: text(issuer(certificate)),
      validity: validity(certificate))
  }

  /// i2d_X509(3): the length first, then the bytes into a buffer of ours.
  private func validity(_ certificate: Pointer) -> CertificateValidity? {
    let length = Int(encode(certificate, nil))
    guard length > 0, length <= 1 << 20 else { return nil }
    var der = [UInt8](repeating: 0, count: length)
    let written = der.withUnsafeMutableBufferPointer { buffer in
      var end = buffer.baseAddress
      return Int(encode(certificate, &end))
    }
    return written == length ? CertificateValidity(der: der) : nil
  }

  private func text(_ name: Pointer?) -> String {
    guard let name else { return "unknown" }
    var bytes = [CChar](repeating: 0, count: 256)
    guard oneLine(name, &bytes, Int32(bytes.count)) != nil else { return "unknown" }
    return TransferFailure.oneLine(
      String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}
