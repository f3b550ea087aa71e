#ifndef DRIFTGLASS_CGIT2_SHIM_H
#define DRIFTGLASS_CGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/stream.h>
#include <git2/sys/transport.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

// git_libgit2_opts is variadic: one wrapper for each option that is set.

static inline int cgit2_set_search_path(int level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

static inline int cgit2_set_mapped_limit(size_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, bytes);
}

static inline int cgit2_set_cache_limit(ssize_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, bytes);
}

static inline int cgit2_set_pack_limit(size_t objects) {
  return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, objects);
}

static inline int cgit2_set_owner_validation(int enabled) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

// A macro in libssh2.
static inline LIBSSH2_SESSION *cgit2_ssh_session(void) {
  return libssh2_session_init_ex(NULL, NULL, NULL, NULL);
}

// libgit2's side of our transport for http and https, each with its Swift owner behind it.
typedef struct {
  git_smart_subtransport parent;
  void *operation;
} cgit2_subtransport;

typedef struct {
  git_smart_subtransport_stream parent;
  void *exchange;
} cgit2_exchange;

// A TCP connection under libgit2's ssh transport. That transport does not go through the functions of `git_stream` but
// takes the descriptor out of the structure (libgit2 1.5: streams/socket.h, transports/ssh.c), so the fields after
// `parent` are exactly the ones it expects there.
typedef struct {
  git_stream parent;
  char *host;
  char *port;
  int descriptor;
} cgit2_socket;

// Whether the library that runs is one whose structure is the one above.
static inline int cgit2_knows_socket_layout(void) {
#if LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR == 5
  int major = 0, minor = 0, revision = 0;
  git_libgit2_version(&major, &minor, &revision);
  return major == 1 && minor == 5;
#else
  return 0;
#endif
}

// Milliseconds since the peer last sent a byte; -1 when the socket cannot say.
static inline int cgit2_idle_milliseconds(int descriptor) {
  struct tcp_info info;
  socklen_t length = sizeof info;
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
  return info.tcpi_last_data_recv > 0x7fffffff ? 0x7fffffff : (int)info.tcpi_last_data_recv;
}

#endif
