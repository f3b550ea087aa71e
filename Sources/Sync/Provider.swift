/// The kind of cluster, as far as its version string and host name tell; others say nothing.
public enum Provider {
  /// - Parameter server: the server's address.
  public static func name(version: String?, server: String) -> String? {
    let version = version ?? ""
    let host = server.lowercased()
    if version.contains("-eks-") || host.contains(".eks.amazonaws.com") { return "eks" }
    if version.contains("-gke.") { return "gke" }
    if host.contains(".azmk8s.io") { return "aks" }
    if version.contains("+k3s") { return "k3s" }
    return nil
  }
}
