import CYAML

/// What a repeated mapping key means. YAML forbids it; sigs.k8s.io/yaml's lenient mode lets the last one count.
public enum RepeatedKeys: Sendable, Hashable { case refused, lastCounts }

/// What a plain mapping key means that would not be text as a value: `5`, `true`, a date. JSON has no such keys.
public enum TypedKeys: Sendable, Hashable { case asWritten, refused }

/// Reads YAML 1.1/1.2 streams (libyaml's grammar) into nodes that know their file and line.
public enum YAMLReader {
  /// The documents of a stream; empty and null ones are left out. Aliases and merge keys (`<<`) are expanded.
  /// - Parameter file: becomes the `file` of every origin.
  /// - Throws: `ParseError` with a line: malformed, a repeated key, a tag outside the core schema, a value without JSON
  ///   form, or beyond the limits.
  public static func documents(
    in bytes: [UInt8], file: UInt32 = 0, rules: ScalarRules, repeatedKeys: RepeatedKeys = .refused,
    typedKeys: TypedKeys = .asWritten, limits: YAMLLimits = .file
  ) throws(ParseError) -> [YAMLNode] {
    guard bytes.count <= limits.bytes else {
      throw ParseError(reason: .limit("YAML of \(bytes.count) bytes is over the limit of \(limits.bytes) bytes"))
    }
    // libyaml keeps a pointer to the bytes while it reads: they live in this closure.
    let result: Result<[YAMLNode], ParseError> = bytes.withUnsafeBufferPointer { buffer in
      do throws(ParseError) {
        var composer = try YAMLComposer(
          buffer, file: file, rules: rules, repeatedKeys: repeatedKeys, typedKeys: typedKeys, limits: limits)
        return .success(try composer.documents())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
