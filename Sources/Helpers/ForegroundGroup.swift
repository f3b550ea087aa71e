import Glibc

/// Who may read the terminal: one process group, the foreground one (termios(3), job control).
enum ForegroundGroup {
  /// Hands the terminal to a child that leads a group. A child that was faster and was stopped for touching the terminal
  /// goes on.
  static func give(_ terminal: Int32, to child: pid_t) {
    set(terminal, child)
    kill(-child, SIGCONT)
  }

  /// Takes the terminal back, also from the background, where asking for it would stop us.
  static func take(_ terminal: Int32) { set(terminal, getpgrp()) }

  private static func set(_ terminal: Int32, _ group: pid_t) {
    var blocked = sigset_t()
    var before = sigset_t()
    sigemptyset(&blocked)
    sigaddset(&blocked, SIGTTOU)
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    tcsetpgrp(terminal, group)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }
}
