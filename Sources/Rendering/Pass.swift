import Structured

/// One step of a kustomization: it changes the objects that are there, and reads nothing else. A build is a row of passes
/// over one list (kustomize: api/internal/target/kusttarget.go).
protocol Pass {
  /// - Throws: `.failed` where kustomize fails too, `.undetermined` naming what is not rendered.
  func apply(to list: inout ResourceList, place: @escaping Place) throws(RenderError)
}
