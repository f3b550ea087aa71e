#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Shared with the guardian process, so that it knows what to restore after a SIGKILL.
struct guard {
  int armed;
  int fd;
  size_t count;
  struct termios saved;
  uint8_t restore[DG_GUARD_LIMIT];
};

static struct guard *guard;
static int crashing;
static uint8_t alternate_stack[64 * 1024];

static void write_all(int fd, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t written = write(fd, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    next += written;
    count -= (size_t)written;
  }
}

// Async-signal-safe. A process in the background leaves the terminal to the shell.
static void restore_terminal(void) {
  if (!guard || !__atomic_exchange_n(&guard->armed, 0, __ATOMIC_ACQ_REL)) return;
  pid_t owner = tcgetpgrp(guard->fd);
  if (owner > 0 && owner != getpgrp()) return;
  write_all(guard->fd, guard->restore, guard->count);
  tcsetattr(guard->fd, TCSANOW, &guard->saved);
}

static void crashed(int number) {
  if (__atomic_exchange_n(&crashing, 1, __ATOMIC_ACQ_REL)) {
    // Another thread is already ending the process; or the handler itself crashed, and the signal must kill.
    static const struct timespec moment = {1, 0};
    nanosleep(&moment, NULL);
  } else {
    restore_terminal();
    char line[] = "driftglass crashed (signal NN)\n";
    size_t end = sizeof line - 5;
    if (number >= 10) line[end++] = (char)('0' + number / 10 % 10);
    line[end++] = (char)('0' + number % 10);
    line[end++] = ')';
    line[end++] = '\n';
    write_all(STDERR_FILENO, line, end);
  }
  signal(number, SIG_DFL);
  raise(number);
}

void dg_guard_install(void) {
  if (!guard) {
    void *page = mmap(NULL, sizeof *guard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) guard = page;
  }
  stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
  sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) sigaction(fatal[i], &action, NULL);
}

bool dg_guard_arm(int fd, const uint8_t *restore, size_t count, const struct termios *saved) {
  if (!guard || count > DG_GUARD_LIMIT) return false;
  __atomic_store_n(&guard->armed, 0, __ATOMIC_RELEASE);
  guard->fd = fd;
  guard->count = count;
  guard->saved = *saved;
  memcpy(guard->restore, restore, count);
  __atomic_store_n(&guard->armed, 1, __ATOMIC_RELEASE);
  return true;
}

void dg_guard_disarm(void) {
  if (guard) __atomic_store_n(&guard->armed, 0, __ATOMIC_RELEASE);
}

static volatile pid_t child;

static void pass_on(int number) {
  int saved = errno;
  if (child > 0) kill(child, number);
  errno = saved;
}

int dg_guardian_start(void) {
  if (!guard) return -1;
  pid_t parent = getpid();
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  child = fork();
  if (child <= 0) {
    int failed = child < 0;
    if (!failed) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (getppid() != parent) raise(SIGTERM);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return failed ? -1 : 0;
  }
  struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  static const int passed[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) sigaction(passed[i], &action, NULL);
  signal(SIGTTOU, SIG_IGN);
  sigprocmask(SIG_SETMASK, &before, NULL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  restore_terminal();
  if (WIFSIGNALED(status)) {
    int number = WTERMSIG(status);
    signal(number, SIG_DFL);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    raise(number);
    _exit(128 + number);
  }
  _exit(WEXITSTATUS(status));
}
