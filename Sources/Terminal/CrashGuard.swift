import CProcess
import Glibc

/// Restores the terminal when the process crashes, in a signal handler written in C (requirements B9, B11).
public nonisolated enum CrashGuard {
  /// Installs the handlers, which also replaces Swift's own backtracer. Call first thing in `main`.
  public static func install() {
    dg_guard_install()
  }

  /// Splits off a small parent process that restores the terminal even after SIGKILL (requirement B10) and ends as the program
  /// ends. Call after `install`, before any thread exists; returns in the child, or in the only process when there was no fork.
  public static func startGuardian() {
    _ = dg_guardian_start()
  }

  static func arm(_ descriptor: Int32, restore: [UInt8], settings: termios) {
    var settings = settings
    _ = restore.withUnsafeBufferPointer { dg_guard_arm(descriptor, $0.baseAddress, $0.count, &settings) }
  }

  static func disarm() {
    dg_guard_disarm()
  }
}
