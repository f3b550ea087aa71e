// A small C interface over the system's simdjson. It uses simdjson's first stage (UTF-8 check, string boundaries and
// the index of every token, all SIMD) and a second stage of its own, because the library's own trees turn numbers into
// doubles and we keep their exact text.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CSJ_NULL = 0,
  CSJ_BOOL = 1,
  CSJ_NUMBER = 2,
  CSJ_STRING = 3,
  CSJ_ARRAY = 4,
  CSJ_OBJECT = 5,
  CSJ_KIND = 7,
  /// A boolean that is true.
  CSJ_TRUE = 8,
  /// A string that had escapes: its text is in `strings`, not in the parsed bytes.
  CSJ_DECODED = 16,
  /// A key that a later member of the same object repeats: this member does not count.
  CSJ_OVERRIDDEN = 32,
};

/// One node of a document in document order. An object's members are a key node followed by its value's nodes.
typedef struct {
  uint32_t head;
  /// Strings (without quotes) and numbers: where the text starts.
  uint32_t offset;
  /// Strings and numbers: bytes of text. Arrays: elements. Objects: members that count.
  uint32_t length;
  /// The index after this node and everything in it: the next sibling.
  uint32_t next;
} csj_node;

typedef struct {
  uint32_t offset;
  uint32_t length;
  /// There is white space between the tokens.
  uint32_t spaced;
} csj_span;

typedef enum {
  CSJ_OK = 0,
  CSJ_EMPTY,
  CSJ_MEMORY,
  CSJ_TOO_LARGE,
  CSJ_DEPTH,
  CSJ_UTF8,
  CSJ_BYTE_ORDER_MARK,
  CSJ_CONTROL_CHARACTER,
  CSJ_UNCLOSED_STRING,
  CSJ_BAD_ESCAPE,
  CSJ_BAD_NUMBER,
  CSJ_BAD_TOKEN,
  CSJ_UNEXPECTED_END,
  CSJ_EXPECTED_KEY,
  CSJ_EXPECTED_COLON,
  CSJ_EXPECTED_COMMA,
  CSJ_TRAILING,
  CSJ_NOT_AN_OBJECT,
} csj_code;

typedef struct {
  csj_code code;
  /// Where, when `has_offset`.
  size_t offset;
  int has_offset;
} csj_error;

/// Valid until the next call on the same thread, `csj_release` included.
typedef struct {
  const csj_node *nodes;
  size_t node_count;
  const uint8_t *strings;
  size_t string_count;
} csj_tree;

/// Parses one document. The bytes need no padding.
csj_error csj_parse(const uint8_t *bytes, size_t length, uint32_t depth, csj_tree *tree);

/// Finds members of the object that the bytes hold, without a tree. `spans[i]` becomes the span of the value of
/// `keys[i]` (the last one when repeated), length 0 when absent. Brackets are matched and the depth is limited; what is
/// inside a span is not checked further.
csj_error csj_cut(const uint8_t *bytes, size_t length, uint32_t depth, const char *const *keys, int key_count,
                  csj_span *spans);

/// Frees the memory that a large document needed on this thread.
void csj_release(void);

/// Copies valid JSON without the white space between its tokens; returns the bytes written, at most `length`.
size_t csj_compact(const uint8_t *bytes, size_t length, uint8_t *out);

/// How far the walk over one JSON value has come; zero before its first byte.
typedef struct {
  uint32_t depth;
  uint8_t quoted;
  uint8_t escaped;
  /// There is white space between the tokens.
  uint8_t spaced;
  /// The value is complete.
  uint8_t ended;
} csj_walk;

/// Walks on over an object or array that arrives piece by piece, from its opening bracket to the one that brings the
/// depth back to zero; returns the bytes that belong to it. Which kind of bracket closes is not checked: that shows when
/// the value is parsed.
size_t csj_walk_on(const uint8_t *bytes, size_t length, csj_walk *walk);

/// The bytes of the value that begins at `bytes`, in valid JSON without white space between the tokens.
size_t csj_value_length(const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif
