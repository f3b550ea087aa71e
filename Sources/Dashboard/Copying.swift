import Cells
import GitOps

/// What the copy menu can copy of a row.
enum Copied: Sendable, Hashable, CaseIterable {
  case name, path, gitValue, liveValue, patch, kubectl, ignoreRule

  var title: StaticString {
    switch self {
    case .name: "name"
    case .path: "path of the field"
    case .gitValue: "value in Git"
    case .liveValue: "value that lives"
    case .patch: "kubectl patch to Git's value"
    case .kubectl: "kubectl command"
    case .ignoreRule: "ignore rule for Git"
    }
  }
}

extension Commands {
  /// The copy menu and its choices.
  static let copyCommands: [Command] =
    [
      Command(
        .copy, keys: ["c"], words: ["copy"], title: "copy…",
        help: "Copies name, path, value, a command or a rule that takes the field out of Flux's hands.",
        when: { $0.copySubject == nil ? .denied("nothing is selected") : .ready }
      ) { state, _ in
        state.overlay = .menu(Menu(topic: .copy, items: Self.choices.map(\.id)))
        return []
      }
    ]
    + choices.map { choice in
      Command(
        choice.id, words: [choice.word], title: choice.what.title, help: choice.help,
        when: { $0.text(choice.what) == nil ? .denied("the row has none") : .ready }
      ) { state, _ in state.copy(choice.what) }
    }

  private struct Choice {
    let id: Command.ID
    let what: Copied
    let word: String
    let help: StaticString
  }

  private static let choices = [
    Choice(id: .copyName, what: .name, word: "copy-name", help: "Copies the object's name."),
    Choice(id: .copyPath, what: .path, word: "copy-path", help: "Copies the JSON pointer of the field."),
    Choice(id: .copyGitValue, what: .gitValue, word: "copy-git", help: "Copies the value that Git has."),
    Choice(id: .copyLiveValue, what: .liveValue, word: "copy-live", help: "Copies the value that lives."),
    Choice(
      id: .copyPatch, what: .patch, word: "copy-patch",
      help: "Copies a kubectl command that makes the field what Git says, if it is still as shown."),
    Choice(
      id: .copyKubectl, what: .kubectl, word: "copy-command", help: "Copies a kubectl command that shows the object."),
    Choice(
      id: .copyIgnoreRule, what: .ignoreRule, word: "copy-rule",
      help: "Copies the rule that tells Flux or Argo CD to leave the field alone, to paste into Git."),
  ]
}

extension State {
  /// The object that is copied from, and its row where it is one of drift.
  var copySubject: (object: ObjectRef, row: DriftRow?)? {
    switch subject {
    case .reconciler(let ref): return (ref, nil)
    case .object(let ref):
      if screens.isEmpty, case .drift(let id) = self[focus].selected { return driftRow(id).map { ($0.object, $0) } }
      let row = snapshot.drift.first { $0.object == ref && !$0.pointer.isEmpty && $0.driftClass.isCounted }
      return (ref, row ?? snapshot.drift.first { $0.object == ref })
    default: return nil
    }
  }

  /// What would be copied; nil when the row has no such thing.
  func text(_ what: Copied) -> String? {
    guard let (object, row) = copySubject else { return nil }
    switch what {
    case .name: return object.name
    case .path: return row.flatMap { $0.pointer.isEmpty ? nil : $0.pointer }
    case .gitValue: return row?.desired
    case .liveValue: return row?.live
    case .patch:
      return row?.patch.map { patch in
        Self.kubectl("patch", object) + " --type=json -p \(Shell.quoted(patch))"
      }
    case .kubectl: return Self.kubectl("get", object) + " -o yaml"
    case .ignoreRule: return row.flatMap(Self.ignoreRule)
    }
  }

  private static func kubectl(_ verb: String, _ object: ObjectRef) -> String {
    let kind = (object.group.isEmpty ? object.kind : "\(object.kind).\(object.group)").lowercased()
    let place = object.namespace.isEmpty ? "" : " -n \(Shell.quoted(object.namespace))"
    return
      "kubectl --context \(Shell.quoted(object.cluster.name))\(place) \(verb) \(Shell.quoted(kind)) \(Shell.quoted(object.name))"
  }

  /// The entry that makes Flux or Argo CD leave a field alone (wire-facts 1.4, 1.5, 4.1).
  static func ignoreRule(_ row: DriftRow) -> String? {
    guard !row.pointer.isEmpty, row.driftClass != .pending else { return nil }
    var object = ["kind: \(row.object.kind)", "name: \(row.object.name)"]
    if !row.object.namespace.isEmpty { object.append("namespace: \(row.object.namespace)") }
    let rule: [String]
    switch row.reconciler.kind {
    case "Application":
      rule =
        ["  ignoreDifferences:", "    - group: \"\(row.object.group)\""] + object.map { "      " + $0 }
        + ["      jsonPointers:", "        - \(row.pointer)"]
    case "Kustomization", "HelmRelease":
      let flux =
        ["  ignore:", "    - paths:", "        - \(row.pointer)", "      target:"] + object.map { "        " + $0 }
      rule = row.reconciler.kind == "HelmRelease" ? ["  driftDetection:"] + flux.map { "  " + $0 } : flux
    default: return nil
    }
    return (["# \(row.reconciler.kind) \(row.reconciler.path)", "spec:"] + rule).joined(separator: "\n")
  }

  mutating func copy(_ what: Copied) -> [Effect] {
    guard let text = text(what) else { return [] }
    guard mayCopy, mode == .normal else { return push(Screen(.text(what, text))) }
    say("copied: \(untrusted: what.title.description)")
    return [.copy(text)]
  }
}

extension Page {
  /// What would be copied, to be taken with the mouse.
  mutating func writeText(_ text: String) {
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) { line([Span(untrusted: String(part))]) }
    blank()
    let reason: SafeText =
      state.mode == .normal
      ? "Select it with the mouse. With clipboard: true in the configuration it goes to the clipboard at once."
      : "Select it with the mouse: a read-only program writes to no clipboard."
    line([Span(reason, .dim)])
  }
}
