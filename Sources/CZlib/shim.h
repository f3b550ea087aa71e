#pragma once

#include <string.h>
#include <zlib.h>

/// `inflateInit2` is a macro; 15 + 16 asks for a gzip header and its checksum.
static inline int czlib_gunzip_init(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

/// The same for writing: gzip at the best compression.
static inline int czlib_gzip_init(z_stream *stream) {
  return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
