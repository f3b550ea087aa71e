#ifndef CPROCESS_H
#define CPROCESS_H

// What Swift cannot do safely: signal handlers, fork before threads, process attributes.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

// Terminal restoration on a crash ----------------------------------------------------------------------------------------------

// Installs handlers for SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP, which also replaces Swift's own backtracer. Call
// first thing in main. Each handler restores an armed terminal, writes one line to standard error, and raises the signal again
// with its default action, so that the exit status tells the signal.
void dg_guard_install(void);

// The most bytes that `dg_guard_arm` takes.
#define DG_GUARD_LIMIT 1024

// Says how to restore the terminal: one write of `restore` to `fd`, then tcsetattr of `saved`. False when nothing is installed or
// there are more than DG_GUARD_LIMIT bytes.
bool dg_guard_arm(int fd, const uint8_t *restore, size_t count, const struct termios *saved);

// The terminal has been restored by the program itself.
void dg_guard_disarm(void);

// Forks before any thread exists. Returns 0 in the child, which goes on as the program, and -1 when there was no fork. The parent
// never returns: it passes signals on, and when the child dies in any way (SIGKILL included) restores an armed terminal and ends
// as the child did. Needs dg_guard_install first.
int dg_guardian_start(void);

// Signals as bytes --------------------------------------------------------------------------------------------------------------

// Catches SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGINT, SIGHUP and SIGQUIT, each as one byte (its number) in a pipe, and ignores
// SIGPIPE. Returns the pipe's reading end, the same at every call; -1 with errno when there is no pipe.
int dg_signals_open(void);

// Gives SIGTERM, SIGINT, SIGHUP and SIGQUIT their default action again; the pipe stays.
void dg_signals_close(void);

// Stops the foreground process group as Ctrl-Z would by default; returns when continued, or at once where the system refuses (no
// shell is there to continue it).
void dg_stop(void);

// Process attributes ------------------------------------------------------------------------------------------------------------

// Has the allocator give memory back that is not in use any more. Before any thread exists.
void dg_tune_allocator(void);

// Core dumps off and no tracing or reading of memory by the same user. False with errno on failure.
bool dg_set_undumpable(void);

// Opens /dev/null on each of the descriptors 0, 1 and 2 that is closed. False with errno on failure.
bool dg_open_standard_descriptors(void);

#endif
