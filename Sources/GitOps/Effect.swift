/// Intent on its way from the dashboard to the drivers. Each ends in exactly one `Outcome`, except `.quit` and `.copy`.
public enum Effect: Sendable, Hashable {
  case mutate(Mutation)
  /// Fetch one object for the YAML tab and the describe view.
  case loadObject(ObjectRef)
  /// Find out who wrote what Git says of an object, and show it beside what lives.
  case explain(ObjectRef)
  /// Look for objects that nothing answers for.
  case listUnmanaged(NamespacePlace)
  /// Put text on the terminal's clipboard.
  case copy(String)
  /// Dial and list again: one cluster, or all.
  case refresh(ClusterID?)
  /// Hand the terminal to the cluster's credential helper, then dial again.
  case login(ClusterID)
  /// Stop the process as Ctrl-Z does, and repaint when it continues.
  case stop
  case quit
}

/// The end of an effect, delivered to the dashboard as a message.
public enum Outcome: Sendable, Hashable {
  case mutation(Mutation, accepted: Bool, message: String)
  /// The object as YAML text, or why not. Managed fields are the last lines, from `managedFields` on.
  case object(ObjectRef, LoadedObject)
  case explained(ObjectRef, Explanation)
  case unmanaged(NamespacePlace, Unmanaged)
  case refreshed
  /// `problem` says why it failed; nil: the helper gave a credential.
  case login(ClusterID, problem: String?)
}

public enum LoadedObject: Sendable, Hashable {
  case text(lines: [String], managedFieldsFrom: Int?)
  case failed(String)
}
