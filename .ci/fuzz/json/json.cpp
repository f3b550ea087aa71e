// libFuzzer over the JSON reader's C interface, which parses everything that a cluster sends: no input may read out of
// bounds, and what is accepted must stay acceptable when its white space is gone.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "CSimdJSON.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // An allocation of exactly this size, so that one byte too far is seen.
  std::vector<uint8_t> bytes(data, data + size);
  bytes.shrink_to_fit();
  csj_tree tree;
  const bool parsed = csj_parse(bytes.data(), size, 200, &tree).code == CSJ_OK;
  if (parsed) {
    for (size_t i = 0; i < tree.node_count; i++) {
      if (tree.nodes[i].next <= i || tree.nodes[i].next > tree.node_count) std::abort();
    }
    std::vector<uint8_t> compact(size);
    const size_t length = csj_compact(bytes.data(), size, compact.data());
    if (length > size || csj_parse(compact.data(), length, 200, &tree).code != CSJ_OK) std::abort();
  }
  const char *keys[] = {"metadata", "items", "type", "object"};
  csj_span spans[4];
  csj_cut(bytes.data(), size, 200, keys, 4, spans);
  // A value that arrives in two pieces ends where the whole one does.
  csj_walk whole = {0, 0, 0, 0, 0}, parts = {0, 0, 0, 0, 0};
  const size_t end = csj_walk_on(bytes.data(), size, &whole);
  const size_t half = size / 2;
  size_t other = csj_walk_on(bytes.data(), half, &parts);
  if (!parts.ended) other += csj_walk_on(bytes.data() + half, size - half, &parts);
  if (end != other || whole.ended != parts.ended || end > size) std::abort();
  if (csj_value_length(bytes.data(), size) > size) std::abort();
  return 0;
}
