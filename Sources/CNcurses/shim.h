#ifndef CNCURSES_SHIM_H
#define CNCURSES_SHIM_H

// Only the terminal description half of ncurses is used: see docs/decisions on terminal output.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

// Loads the description of a terminal; never exits the process. Returns 1, or 0 when there is no such terminal or it is too
// generic to be used, or -1 when the database was not found. With `system_only` neither TERMINFO, TERMINFO_DIRS nor the
// home directory is looked at. Call before other threads read the environment.
static inline int cn_load(const char *term, int fd, bool system_only) {
  char *home = NULL;
  if (system_only) {
    unsetenv("TERMINFO");
    unsetenv("TERMINFO_DIRS");
    const char *value = getenv("HOME");
    if (value) home = strdup(value);
    unsetenv("HOME");
  }
  int problem = 0;
  int result = setupterm((char *)term, fd, &problem);
  if (home) {
    setenv("HOME", home, 1);
    free(home);
  }
  return result == OK ? 1 : problem;
}

static inline void cn_unload(void) {
  if (cur_term) del_curterm(cur_term);
}

// A string capability; NULL when the terminal does not have it.
static inline const char *cn_string(const char *name) {
  const char *value = tigetstr((char *)name);
  return value == (const char *)-1 ? NULL : value;
}

static inline bool cn_flag(const char *name) { return tigetflag((char *)name) > 0; }

// A numeric capability; -1 when the terminal does not have it.
static inline int cn_number(const char *name) {
  int value = tigetnum((char *)name);
  return value < 0 ? -1 : value;
}

// A string capability with one number put in; valid until the next call.
static inline const char *cn_fill(const char *capability, long number) {
  return tparm((char *)capability, number, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
}

#endif
