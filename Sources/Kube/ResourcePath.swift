import HTTP

/// Where a collection or an object is served (kubernetes: API concepts, resource URIs).
public struct ResourcePath: Sendable, Hashable {
  /// Begins with a slash, escaped, without a query.
  public let path: String

  /// - Parameters:
  ///   - namespace: nil or empty for cluster scope, and for a collection over all namespaces.
  ///   - name: nil for the collection.
  public init(
    group: String, version: String, plural: String, namespace: String? = nil, name: String? = nil,
    subresource: String? = nil
  ) {
    var path =
      group.isEmpty
      ? "/api/\(ResourcePath.segment(version))"
      : "/apis/\(ResourcePath.segment(group))/\(ResourcePath.segment(version))"
    if let namespace, !namespace.isEmpty { path += "/namespaces/\(ResourcePath.segment(namespace))" }
    path += "/\(ResourcePath.segment(plural))"
    if let name { path += "/\(ResourcePath.segment(name))" }
    if let subresource { path += "/\(ResourcePath.segment(subresource))" }
    self.path = path
  }

  /// A name from outside must never become two segments, or none: dots alone would be taken for a step up.
  static func segment(_ text: String) -> String {
    let escaped = Address.escaped(text, allowing: ":")
    return escaped.isEmpty || escaped == "." || escaped == ".." ? "%00" : escaped
  }
}
