#include "CSimdJSON.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

using Stage = simdjson::internal::dom_parser_implementation;

/// Memory that is used again by the next document of the same thread.
struct Scratch {
  std::unique_ptr<Stage> stage;
  size_t capacity = 0;
  std::vector<csj_node> nodes;
  std::vector<uint8_t> strings;
  std::vector<uint32_t> open;
  std::vector<uint32_t> keys;

  void clear() {
    nodes.clear();
    strings.clear();
    open.clear();
  }

  /// Gives back what a large document needed; small ones keep their memory for the next.
  void trim() {
    if (capacity > size_t(1) << 18) {
      stage.reset();
      capacity = 0;
    }
    if (nodes.capacity() > size_t(1) << 16) std::vector<csj_node>().swap(nodes);
    if (keys.capacity() > size_t(1) << 16) std::vector<uint32_t>().swap(keys);
    if (strings.capacity() > size_t(1) << 20) std::vector<uint8_t>().swap(strings);
  }
};

thread_local Scratch scratch;

csj_error failure(csj_code code) { return {code, 0, 0}; }
csj_error failure(csj_code code, size_t offset) { return {code, offset, 1}; }
constexpr csj_error success = {CSJ_OK, 0, 0};

bool isSpace(uint8_t c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool isDigit(uint8_t c) { return c >= '0' && c <= '9'; }

/// The length of the valid UTF-8 sequence at `p`, 0 when there is none.
size_t sequenceLength(const uint8_t *p, size_t left) {
  auto tail = [&](size_t i) { return i < left && (p[i] & 0xC0) == 0x80; };
  if (p[0] < 0x80) return 1;
  if (p[0] >= 0xC2 && p[0] <= 0xDF) return tail(1) ? 2 : 0;
  if (p[0] >= 0xE0 && p[0] <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
    if (p[0] == 0xED && p[1] > 0x9F) return 0;
    return 3;
  }
  if (p[0] >= 0xF0 && p[0] <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;
    if (p[0] == 0xF4 && p[1] > 0x8F) return 0;
    return 4;
  }
  return 0;
}

/// Where the first stage's complaint is: it only says what. A slow walk, for failures alone.
csj_error locate(csj_code code, const uint8_t *bytes, size_t length) {
  bool quoted = false;
  size_t opened = 0;
  for (size_t i = 0; i < length;) {
    size_t step = sequenceLength(bytes + i, length - i);
    if (step == 0) return code == CSJ_UTF8 ? failure(code, i) : failure(CSJ_UTF8, i);
    if (quoted && bytes[i] < 0x20 && code == CSJ_CONTROL_CHARACTER) return failure(code, i);
    if (bytes[i] == '"') {
      quoted = !quoted;
      opened = i;
    } else if (quoted && bytes[i] == '\\') {
      step += 1;
    }
    i += step;
  }
  return code == CSJ_UNCLOSED_STRING ? failure(code, opened) : failure(code);
}

/// Runs simdjson's first stage: afterwards `scratch.stage->structural_indexes` holds where every token starts.
csj_error index(const uint8_t *bytes, size_t length) {
  scratch.clear();
  if (length == 0) return failure(CSJ_EMPTY);
  if (length > UINT32_MAX - 64) return failure(CSJ_TOO_LARGE);
  if (length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF) return failure(CSJ_BYTE_ORDER_MARK, 0);
  if (length >= 2 && ((bytes[0] == 0xFE && bytes[1] == 0xFF) || (bytes[0] == 0xFF && bytes[1] == 0xFE)))
    return failure(CSJ_BYTE_ORDER_MARK, 0);
  if (!scratch.stage || scratch.capacity < length) {
    size_t wanted = std::max(length, size_t(4096));
    auto made = simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, scratch.stage);
    if (made != simdjson::SUCCESS) {
      scratch.stage.reset();
      scratch.capacity = 0;
      return failure(CSJ_MEMORY);
    }
    scratch.capacity = wanted;
  }
  switch (scratch.stage->stage1(bytes, length, simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS: return success;
    case simdjson::EMPTY: return failure(CSJ_EMPTY);
    case simdjson::UTF8_ERROR: return locate(CSJ_UTF8, bytes, length);
    case simdjson::UNESCAPED_CHARS: return locate(CSJ_CONTROL_CHARACTER, bytes, length);
    case simdjson::UNCLOSED_STRING: return locate(CSJ_UNCLOSED_STRING, bytes, length);
    default: return failure(CSJ_BAD_TOKEN);
  }
}

/// The tokens of an indexed document, in order.
struct Tokens {
  const uint8_t *bytes;
  uint32_t length;
  const uint32_t *at;
  const uint32_t *end;

  Tokens(const uint8_t *bytes, size_t length)
      : bytes(bytes),
        length(uint32_t(length)),
        at(scratch.stage->structural_indexes.get()),
        end(at + scratch.stage->n_structural_indexes) {}

  bool done() const { return at == end; }
  uint8_t peek() const { return at == end ? 0 : bytes[*at]; }

  /// Where the text of the token before `at` ends: only white space is between it and the next token.
  uint32_t tokenEnd(uint32_t start) const {
    uint32_t stop = at == end ? length : *at;
    while (stop > start + 1 && isSpace(bytes[stop - 1])) stop--;
    return stop;
  }
};

bool isNumber(const uint8_t *p, size_t count) {
  size_t i = 0;
  if (i < count && p[i] == '-') i++;
  if (i >= count || !isDigit(p[i])) return false;
  if (p[i] == '0') {
    i++;
  } else {
    while (i < count && isDigit(p[i])) i++;
  }
  if (i < count && p[i] == '.') {
    size_t start = ++i;
    while (i < count && isDigit(p[i])) i++;
    if (i == start) return false;
  }
  if (i < count && (p[i] == 'e' || p[i] == 'E')) {
    i++;
    if (i < count && (p[i] == '+' || p[i] == '-')) i++;
    size_t start = i;
    while (i < count && isDigit(p[i])) i++;
    if (i == start) return false;
  }
  return i == count;
}

int hexValue(const uint8_t *p) {
  int value = 0;
  for (int i = 0; i < 4; i++) {
    uint8_t c = p[i];
    int digit = isDigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void appendScalar(std::vector<uint8_t> &out, uint32_t u) {
  if (u < 0x80) {
    out.push_back(uint8_t(u));
  } else if (u < 0x800) {
    out.push_back(uint8_t(0xC0 | (u >> 6)));
    out.push_back(uint8_t(0x80 | (u & 0x3F)));
  } else if (u < 0x10000) {
    out.push_back(uint8_t(0xE0 | (u >> 12)));
    out.push_back(uint8_t(0x80 | ((u >> 6) & 0x3F)));
    out.push_back(uint8_t(0x80 | (u & 0x3F)));
  } else {
    out.push_back(uint8_t(0xF0 | (u >> 18)));
    out.push_back(uint8_t(0x80 | ((u >> 12) & 0x3F)));
    out.push_back(uint8_t(0x80 | ((u >> 6) & 0x3F)));
    out.push_back(uint8_t(0x80 | (u & 0x3F)));
  }
}

/// Decodes the escapes of a string's text onto `out`. A lone surrogate becomes U+FFFD, as in Go's decoder, which wrote
/// most of what we read. False: an escape is malformed.
bool decode(const uint8_t *p, size_t count, std::vector<uint8_t> &out) {
  size_t i = 0;
  while (i < count) {
    if (p[i] != '\\') {
      const void *next = memchr(p + i, '\\', count - i);
      size_t stop = next ? size_t(static_cast<const uint8_t *>(next) - p) : count;
      out.insert(out.end(), p + i, p + stop);
      i = stop;
      continue;
    }
    if (i + 1 >= count) return false;
    uint8_t c = p[i + 1];
    i += 2;
    switch (c) {
      case '"': case '\\': case '/': out.push_back(c); break;
      case 'b': out.push_back('\b'); break;
      case 'f': out.push_back('\f'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case 't': out.push_back('\t'); break;
      case 'u': {
        int unit = i + 4 <= count ? hexValue(p + i) : -1;
        if (unit < 0) return false;
        i += 4;
        uint32_t scalar = uint32_t(unit);
        if (unit >= 0xD800 && unit <= 0xDFFF) {
          scalar = 0xFFFD;
          if (unit < 0xDC00 && i + 6 <= count && p[i] == '\\' && p[i + 1] == 'u') {
            int low = hexValue(p + i + 2);
            if (low >= 0xDC00 && low <= 0xDFFF) {
              scalar = 0x10000 + ((uint32_t(unit) - 0xD800) << 10) + (uint32_t(low) - 0xDC00);
              i += 6;
            }
          }
        }
        appendScalar(out, scalar);
        break;
      }
      default: return false;
    }
  }
  return true;
}

const uint8_t *textOf(const csj_node &node, const uint8_t *bytes) {
  return (node.head & CSJ_DECODED ? scratch.strings.data() : bytes) + node.offset;
}

bool sameText(const csj_node &a, const csj_node &b, const uint8_t *bytes) {
  return a.length == b.length && memcmp(textOf(a, bytes), textOf(b, bytes), a.length) == 0;
}

/// Marks the members of a finished object that a later one repeats, and counts the others.
void settleKeys(uint32_t object, const uint8_t *bytes) {
  auto &nodes = scratch.nodes;
  auto &keys = scratch.keys;
  keys.clear();
  for (uint32_t i = object + 1; i < nodes.size(); i = nodes[i + 1].next) keys.push_back(i);
  uint32_t overridden = 0;
  auto override = [&](uint32_t key) {
    if (!(nodes[key].head & CSJ_OVERRIDDEN)) overridden++;
    nodes[key].head |= CSJ_OVERRIDDEN;
  };
  if (keys.size() <= 24) {
    for (size_t i = 0; i < keys.size(); i++)
      for (size_t j = i + 1; j < keys.size(); j++)
        if (sameText(nodes[keys[i]], nodes[keys[j]], bytes)) {
          override(keys[i]);
          break;
        }
  } else {
    size_t count = keys.size();
    std::sort(keys.begin(), keys.end(), [&](uint32_t a, uint32_t b) {
      if (nodes[a].length != nodes[b].length) return nodes[a].length < nodes[b].length;
      int order = memcmp(textOf(nodes[a], bytes), textOf(nodes[b], bytes), nodes[a].length);
      return order != 0 ? order < 0 : a < b;
    });
    for (size_t i = 0; i + 1 < count; i++)
      if (sameText(nodes[keys[i]], nodes[keys[i + 1]], bytes)) override(keys[i]);
  }
  nodes[object].length -= overridden;
}

/// Reads the string token that starts at `start` into a node.
csj_error readString(const Tokens &tokens, uint32_t start) {
  uint32_t stop = tokens.tokenEnd(start);
  if (stop < start + 2 || tokens.bytes[stop - 1] != '"') return failure(CSJ_UNCLOSED_STRING, start);
  const uint8_t *text = tokens.bytes + start + 1;
  size_t count = stop - start - 2;
  uint32_t next = uint32_t(scratch.nodes.size()) + 1;
  if (memchr(text, '\\', count) == nullptr) {
    scratch.nodes.push_back({CSJ_STRING, start + 1, uint32_t(count), next});
    return success;
  }
  size_t offset = scratch.strings.size();
  if (!decode(text, count, scratch.strings)) return failure(CSJ_BAD_ESCAPE, start);
  scratch.nodes.push_back(
      {CSJ_STRING | CSJ_DECODED, uint32_t(offset), uint32_t(scratch.strings.size() - offset), next});
  return success;
}

/// Reads `true`, `null`, a number.
csj_error readAtom(const Tokens &tokens, uint32_t start) {
  const uint8_t *text = tokens.bytes + start;
  size_t count = tokens.tokenEnd(start) - start;
  uint32_t next = uint32_t(scratch.nodes.size()) + 1;
  auto is = [&](const char *word) { return count == strlen(word) && memcmp(text, word, count) == 0; };
  if (is("null")) {
    scratch.nodes.push_back({CSJ_NULL, start, 4, next});
  } else if (is("true")) {
    scratch.nodes.push_back({CSJ_BOOL | CSJ_TRUE, start, 4, next});
  } else if (is("false")) {
    scratch.nodes.push_back({CSJ_BOOL, start, 5, next});
  } else if (text[0] == '-' || isDigit(text[0])) {
    if (!isNumber(text, count)) return failure(CSJ_BAD_NUMBER, start);
    scratch.nodes.push_back({CSJ_NUMBER, start, uint32_t(count), next});
  } else {
    return failure(CSJ_BAD_TOKEN, start);
  }
  return success;
}

enum class Expect { value, valueOrClose, key, keyOrClose, separator, end };

/// Steps over the value whose first token is `start` (already taken). `spaced` becomes 1 when white space is in it.
csj_error skip(Tokens &tokens, uint32_t start, uint32_t outside, uint32_t depth, csj_span &span) {
  span = {start, 0, 0};
  uint8_t first = tokens.bytes[start];
  if (first == '}' || first == ']' || first == ',' || first == ':') return failure(CSJ_BAD_TOKEN, start);
  if (first == '{' || first == '[') {
    scratch.open.clear();
    uint32_t position = start;
    for (;;) {
      uint8_t c = tokens.bytes[position];
      if (c == '{' || c == '[') {
        if (scratch.open.size() + outside >= depth) return failure(CSJ_DEPTH, position);
        scratch.open.push_back(c);
      } else if (c == '}' || c == ']') {
        if (scratch.open.back() != uint32_t(c - 2)) return failure(CSJ_BAD_TOKEN, position);
        scratch.open.pop_back();
        if (scratch.open.empty()) break;
      }
      if (tokens.done()) return failure(CSJ_UNEXPECTED_END, tokens.length);
      position = *tokens.at++;
      if (isSpace(tokens.bytes[position - 1])) span.spaced = 1;
    }
    span.length = position + 1 - start;
  } else {
    span.length = tokens.tokenEnd(start) - start;
  }
  return success;
}

}  // namespace

extern "C" csj_error csj_parse(const uint8_t *bytes, size_t length, uint32_t depth, csj_tree *tree) try {
  csj_error error = index(bytes, length);
  if (error.code != CSJ_OK) return error;
  Tokens tokens(bytes, length);
  auto &nodes = scratch.nodes;
  auto &open = scratch.open;
  nodes.reserve((tokens.end - tokens.at) / 2 + 8);
  Expect expect = Expect::value;
  auto closed = [&] { expect = open.empty() ? Expect::end : Expect::separator; };
  auto close = [&] {
    uint32_t container = open.back();
    nodes[container].next = uint32_t(nodes.size());
    if ((nodes[container].head & CSJ_KIND) == CSJ_OBJECT && nodes[container].length > 1) settleKeys(container, bytes);
    open.pop_back();
    closed();
  };
  for (;;) {
    if (tokens.done()) {
      if (expect == Expect::end) break;
      return failure(CSJ_UNEXPECTED_END, length);
    }
    uint32_t position = *tokens.at++;
    uint8_t c = bytes[position];
    switch (expect) {
      case Expect::valueOrClose:
        if (c == ']') {
          close();
          break;
        }
        [[fallthrough]];
      case Expect::value:
        if (!open.empty() && (nodes[open.back()].head & CSJ_KIND) == CSJ_ARRAY) nodes[open.back()].length++;
        if (c == '{' || c == '[') {
          if (open.size() >= depth) return failure(CSJ_DEPTH, position);
          open.push_back(uint32_t(nodes.size()));
          nodes.push_back({uint32_t(c == '{' ? CSJ_OBJECT : CSJ_ARRAY), position, 0, 0});
          expect = c == '{' ? Expect::keyOrClose : Expect::valueOrClose;
          break;
        }
        error = c == '"' ? readString(tokens, position) : readAtom(tokens, position);
        if (error.code != CSJ_OK) return error;
        closed();
        break;
      case Expect::keyOrClose:
        if (c == '}') {
          close();
          break;
        }
        [[fallthrough]];
      case Expect::key:
        if (c != '"') return failure(CSJ_EXPECTED_KEY, position);
        nodes[open.back()].length++;
        error = readString(tokens, position);
        if (error.code != CSJ_OK) return error;
        if (tokens.done()) return failure(CSJ_UNEXPECTED_END, length);
        if (bytes[*tokens.at] != ':') return failure(CSJ_EXPECTED_COLON, *tokens.at);
        tokens.at++;
        expect = Expect::value;
        break;
      case Expect::separator: {
        bool object = (nodes[open.back()].head & CSJ_KIND) == CSJ_OBJECT;
        if (c == ',') {
          expect = object ? Expect::key : Expect::value;
        } else if (c == (object ? '}' : ']')) {
          close();
        } else {
          return failure(CSJ_EXPECTED_COMMA, position);
        }
        break;
      }
      case Expect::end: return failure(CSJ_TRAILING, position);
    }
  }
  *tree = {nodes.data(), nodes.size(), scratch.strings.data(), scratch.strings.size()};
  return success;
} catch (const std::bad_alloc &) {
  return failure(CSJ_MEMORY);
}

extern "C" csj_error csj_cut(const uint8_t *bytes, size_t length, uint32_t depth, const char *const *keys,
                             int key_count, csj_span *spans) try {
  for (int i = 0; i < key_count; i++) spans[i] = {0, 0, 0};
  csj_error error = index(bytes, length);
  if (error.code != CSJ_OK) return error;
  Tokens tokens(bytes, length);
  if (bytes[*tokens.at] != '{') return failure(CSJ_NOT_AN_OBJECT, *tokens.at);
  tokens.at++;
  bool first = true;
  for (;;) {
    if (tokens.done()) return failure(CSJ_UNEXPECTED_END, length);
    uint32_t position = *tokens.at++;
    if (first && bytes[position] == '}') break;
    if (!first) {
      if (bytes[position] == '}') break;
      if (bytes[position] != ',') return failure(CSJ_EXPECTED_COMMA, position);
      if (tokens.done()) return failure(CSJ_UNEXPECTED_END, length);
      position = *tokens.at++;
    }
    first = false;
    if (bytes[position] != '"') return failure(CSJ_EXPECTED_KEY, position);
    scratch.nodes.clear();
    error = readString(tokens, position);
    if (error.code != CSJ_OK) return error;
    csj_node key = scratch.nodes.back();
    if (tokens.done()) return failure(CSJ_UNEXPECTED_END, length);
    if (bytes[*tokens.at] != ':') return failure(CSJ_EXPECTED_COLON, *tokens.at);
    tokens.at++;
    if (tokens.done()) return failure(CSJ_UNEXPECTED_END, length);
    int known = -1;
    for (int i = 0; i < key_count; i++)
      if (strlen(keys[i]) == key.length && memcmp(keys[i], textOf(key, bytes), key.length) == 0) known = i;
    uint32_t start = *tokens.at++;
    csj_span span;
    error = skip(tokens, start, 1, depth, span);
    if (error.code != CSJ_OK) return error;
    if (known >= 0) spans[known] = span;
  }
  if (!tokens.done()) return failure(CSJ_TRAILING, *tokens.at);
  return success;
} catch (const std::bad_alloc &) {
  return failure(CSJ_MEMORY);
}

extern "C" void csj_release(void) { scratch.trim(); }

extern "C" size_t csj_compact(const uint8_t *bytes, size_t length, uint8_t *out) {
  size_t written = 0;
  bool quoted = false;
  for (size_t i = 0; i < length; i++) {
    uint8_t c = bytes[i];
    if (quoted) {
      out[written++] = c;
      if (c == '\\' && i + 1 < length) out[written++] = bytes[++i];
      if (c == '"') quoted = false;
    } else if (!isSpace(c)) {
      out[written++] = c;
      if (c == '"') quoted = true;
    }
  }
  return written;
}

namespace {

enum Class : uint8_t { plain, quote, backslash, opening, closing, space };

struct Classes {
  uint8_t of[256] = {};

  constexpr Classes() {
    of[uint8_t('"')] = quote;
    of[uint8_t('\\')] = backslash;
    of[uint8_t('{')] = of[uint8_t('[')] = opening;
    of[uint8_t('}')] = of[uint8_t(']')] = closing;
    of[uint8_t(' ')] = of[uint8_t('\n')] = of[uint8_t('\r')] = of[uint8_t('\t')] = space;
  }
};

constexpr Classes classes;

}  // namespace

extern "C" size_t csj_walk_on(const uint8_t *bytes, size_t length, csj_walk *walk) {
  size_t i = 0;
  if (walk->escaped && i < length) {
    walk->escaped = 0;
    i++;
  }
  while (i < length) {
    if (walk->quoted) {
      while (i < length && bytes[i] != '"' && bytes[i] != '\\') i++;
      if (i == length) break;
      if (bytes[i++] == '"') {
        walk->quoted = 0;
      } else if (i < length) {
        i++;
      } else {
        walk->escaped = 1;
      }
      continue;
    }
    switch (classes.of[bytes[i++]]) {
      case quote: walk->quoted = 1; break;
      case opening: walk->depth++; break;
      case closing:
        if (walk->depth > 0) walk->depth--;
        if (walk->depth == 0) {
          walk->ended = 1;
          return i;
        }
        break;
      case space: walk->spaced = 1; break;
      default: break;
    }
  }
  return length;
}

extern "C" size_t csj_value_length(const uint8_t *bytes, size_t length) {
  if (length == 0) return 0;
  if (bytes[0] == '{' || bytes[0] == '[') {
    csj_walk walk = {0, 0, 0, 0, 0};
    return csj_walk_on(bytes, length, &walk);
  }
  size_t i = 1;
  if (bytes[0] == '"') {
    while (i < length && bytes[i] != '"') i += bytes[i] == '\\' ? 2 : 1;
    return i < length ? i + 1 : length;
  }
  while (i < length && bytes[i] != ',' && bytes[i] != '}' && bytes[i] != ']') i++;
  return i;
}
