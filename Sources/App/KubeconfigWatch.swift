import Dispatch
import Glibc

/// Tells when a kubeconfig file changes. What is watched are the folders of the files and of every link on the way to
/// them, so that a file that is replaced, is mounted from a ConfigMap (a link to a link that is swapped), or does not exist
/// yet counts as well (inotify(7)).
///
/// `@unchecked Sendable`: every stored property that changes is touched on `queue` only.
final class KubeconfigWatch: @unchecked Sendable {
  /// One element for one or more changes. For one reader.
  let changes: AsyncStream<Void>

  private let signal: AsyncStream<Void>.Continuation
  private let paths: [String]
  private let quiet: DispatchTimeInterval
  private let queue = DispatchQueue(label: "driftglass.kubeconfig")
  private let descriptor: Int32
  private var source: (any DispatchSourceRead)?
  private var watches: Set<Int32> = []
  private var prints: [FilePrint?]
  private var isPlanned = false
  private var isStopped = false

  /// Links that lead on, after which a path counts as a loop (Linux: MAXSYMLINKS).
  private static let maximumLinks = 40

  /// - Parameter quiet: from the first sign of a change to the look: a file is seldom written at once.
  init(paths: [String], quiet: DispatchTimeInterval = .milliseconds(300)) {
    self.paths = paths
    self.quiet = quiet
    (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    prints = paths.map(FilePrint.init)
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    queue.sync { start() }
  }

  func stop() {
    signal.finish()
    queue.sync {
      guard !isStopped else { return }
      isStopped = true
      if let source { source.cancel() } else if descriptor >= 0 { close(descriptor) }
      source = nil
    }
  }

  private func start() {
    guard descriptor >= 0, arm() else { return lookFromTimeToTime() }
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setEventHandler { [weak self] in self?.wake() }
    source.setCancelHandler { [descriptor] in close(descriptor) }
    source.activate()
    self.source = source
    // Between the first look and the watch something may have happened.
    look()
  }

  /// Something happened in one of the folders; what, the files themselves say.
  private func wake() {
    var events = [UInt8](repeating: 0, count: 4096)
    while read(descriptor, &events, events.count) > 0 {}
    guard !isPlanned else { return }
    isPlanned = true
    queue.asyncAfter(deadline: .now() + quiet) { [weak self] in
      guard let self, !isStopped else { return }
      isPlanned = false
      // Folders come and go, and links lead elsewhere.
      _ = arm()
      look()
    }
  }

  private func look() {
    let now = paths.map(FilePrint.init)
    guard now != prints else { return }
    prints = now
    signal.yield()
  }

  /// The system has no watches left: two seconds are soon enough, and cost nearly nothing.
  private func lookFromTimeToTime() {
    queue.asyncAfter(deadline: .now() + .seconds(2)) { [weak self] in
      guard let self, !isStopped else { return }
      look()
      lookFromTimeToTime()
    }
  }

  /// Watches the folders that count now, and no others. False when the system refuses.
  private func arm() -> Bool {
    let mask =
      IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
      | IN_ONLYDIR
    var wanted: Set<Int32> = []
    var isComplete = true
    for folder in paths.reduce(into: Set<String>(), { $0.formUnion(Self.folders(of: $1)) }) {
      let watch = inotify_add_watch(descriptor, folder, UInt32(mask))
      if watch >= 0 { wanted.insert(watch) } else if errno == ENOSPC || errno == ENOMEM { isComplete = false }
    }
    for old in watches.subtracting(wanted) { inotify_rm_watch(descriptor, old) }
    watches = wanted
    return isComplete
  }

  /// The folders in which something must happen before the path leads to another file: those of its links, and the one
  /// that holds it or will.
  static func folders(of path: String) -> Set<String> {
    var folders: Set<String> = []
    var folder = path.hasPrefix("/") ? "/" : "."
    var rest = path.split(separator: "/").map(String.init)[...]
    var links = 0
    while let name = rest.popFirst() {
      let here = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      var status = stat()
      guard lstat(here, &status) == 0 else { return folders.union([folder]) }
      switch status.st_mode & S_IFMT {
      case S_IFLNK:
        folders.insert(folder)
        links += 1
        guard links <= maximumLinks, let target = target(of: here) else { return folders }
        if target.hasPrefix("/") { folder = "/" }
        rest = target.split(separator: "/").map(String.init) + rest
      case S_IFDIR: folder = here
      default: return folders.union([folder])
      }
    }
    return folders.union([folder])
  }

  private static func target(of link: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = bytes.withUnsafeMutableBytes { raw in
      raw.baseAddress.map { readlink(link, $0.assumingMemoryBound(to: CChar.self), raw.count) } ?? -1
    }
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}

/// What tells one state of a file from another without reading it.
private struct FilePrint: Equatable {
  private let device: dev_t
  private let inode: ino_t
  private let size: off_t
  private let mode: mode_t
  private let owner: uid_t
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil when there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
    size = status.st_size
    mode = status.st_mode
    owner = status.st_uid
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
