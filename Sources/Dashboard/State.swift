import Cells
import FoundationEssentials
import GitOps

/// Everything the screens are a function of. A value: tests build one, feed it messages and compare.
public struct State: Sendable {
  // What this run is.
  public let mode: Mode
  /// The header says DEMO.
  public let isDemo: Bool
  public let repertoire: Repertoire
  /// The theme to paint with; `:theme` changes it.
  public internal(set) var theme: String
  let themes: [String]
  /// Who suspends: `user@host`.
  let user: String
  /// Seconds east of Greenwich, for times of day.
  let zone: Int
  let keymap: Keymap
  /// Where configuration was looked for, to say so when there is no cluster.
  let searched: [String]

  // Facts.
  public internal(set) var snapshot = Snapshot()
  public internal(set) var now: Date
  /// Raised with every snapshot shown; what was derived from an older one is made again.
  var generation: UInt64 = 0
  /// While paused: the newest snapshot, not shown.
  var held: Snapshot?
  var pausedSince: Date?
  /// The clipboard may be written to.
  public var mayCopy = false

  // Reading.
  public internal(set) var size: Size
  var focus: Pane = .reconcilers
  /// A key was pressed or a button: from then on the selection stays on its row.
  var isTouched = false
  /// Which of Drift and Log the shared pane shows on a small screen.
  var bottom: Pane = .drift
  var isZoomed = false
  var positions: [Pane: ListState] = [:]
  var filters: [Pane: Filter] = [:]
  var orders: [Pane: SortOrder] = [:]
  var troubleOnly = false
  var wide = false
  var follows = true
  /// Sideways scroll of the log pane.
  var logColumn = 0
  /// Reconcilers whose waiting dependants are shown one by one.
  var unfolded: Set<ObjectRef> = []
  /// Screens above home, the last one on top.
  var screens: [Screen] = []
  /// For `-`.
  var previousScreens: [Screen] = []
  var overlay: Overlay?
  var notices: [Notice] = []
  /// Notices that were shown, oldest first.
  var history: [Notice] = []

  // Writing.
  /// Confirmed and not yet answered.
  var sent: [UInt64: Mutation] = [:]
  var nextMutation: UInt64
  var loaded: [ObjectRef: LoadedText] = [:]
  /// What nothing answers for in the namespaces that are looked at; nil while it is being looked for.
  var unmanaged: [NamespacePlace: Unmanaged?] = [:]
  /// What was found out about objects that were looked at, and of which rows.
  var explained: [ObjectRef: Explained] = [:]
  /// How many answers came.
  var answers = 0
  /// The object that is being asked about.
  var explaining: ObjectRef?

  // Derived after each message, never in `view`.
  var lists = Lists()
  var document = Document()

  /// - Parameters:
  ///   - firstMutation: where mutation ids begin; unique within the process.
  ///   - searched: paths of kubeconfig files that were looked for.
  public init(
    mode: Mode = .normal, isDemo: Bool = false, repertoire: Repertoire = .unicode, size: Size, now: Date,
    theme: String = "glass", themes: [String] = [], user: String = "", zone: Int = 0, keymap: Keymap = .standard,
    searched: [String] = [], firstMutation: UInt64 = 1
  ) {
    self.mode = mode
    self.isDemo = isDemo
    self.repertoire = repertoire
    self.size = State.clamped(size)
    self.now = now
    self.theme = theme
    self.themes = themes
    self.user = user
    self.zone = zone
    self.keymap = keymap
    self.searched = searched
    nextMutation = firstMutation
    settle()
  }

  /// The dialog that was just painted may be answered from 300 ms on. Call it after each painted frame.
  public mutating func painted(at now: Date) {
    if case .confirmation(var confirmation) = overlay, confirmation.drawn == nil, Layout(self).shape != .tooSmall {
      confirmation.drawn = now
      overlay = .confirmation(confirmation)
    }
  }

  /// 0 is a terminal that does not tell (requirement B13).
  static func clamped(_ size: Size) -> Size {
    Size(
      width: size.width <= 0 ? 80 : min(size.width, 1000), height: size.height <= 0 ? 24 : min(size.height, 500))
  }

  subscript(pane: Pane) -> ListState {
    get { positions[pane] ?? ListState() }
    set { positions[pane] = newValue }
  }

  func filter(_ pane: Pane) -> Filter { filters[pane] ?? .none }
  func order(_ pane: Pane) -> SortOrder { orders[pane] ?? SortOrder() }
  var screen: Screen? { screens.last }
}
