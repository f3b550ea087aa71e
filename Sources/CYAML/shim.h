// libyaml's event parser behind one opaque handle: its structures are large unions that Swift reads badly.
#pragma once

#include <stdlib.h>
#include <yaml.h>

typedef struct {
  yaml_parser_t parser;
  yaml_event_t event;
  int has_event;
} cyaml_reader;

/// A reader over bytes that must outlive it; NULL when there is no memory.
static inline cyaml_reader *cyaml_open(const unsigned char *bytes, size_t length) {
  cyaml_reader *reader = (cyaml_reader *)calloc(1, sizeof(cyaml_reader));
  if (reader == NULL) return NULL;
  if (!yaml_parser_initialize(&reader->parser)) {
    free(reader);
    return NULL;
  }
  yaml_parser_set_input_string(&reader->parser, bytes, length);
  return reader;
}

static inline void cyaml_close(cyaml_reader *reader) {
  if (reader->has_event) yaml_event_delete(&reader->event);
  yaml_parser_delete(&reader->parser);
  free(reader);
}

/// The next event's type, -1 on a syntax error. The event's texts live until the next call.
static inline int cyaml_next(cyaml_reader *reader) {
  if (reader->has_event) yaml_event_delete(&reader->event);
  reader->has_event = 0;
  if (!yaml_parser_parse(&reader->parser, &reader->event)) return -1;
  reader->has_event = 1;
  return (int)reader->event.type;
}

/// Zero-based line where the current event starts.
static inline size_t cyaml_line(const cyaml_reader *reader) { return reader->event.start_mark.line; }

static inline const char *cyaml_problem(const cyaml_reader *reader) { return reader->parser.problem; }

/// Zero-based line of the syntax error. Reader errors (bad UTF-8) know only an offset: then the last line reached.
static inline size_t cyaml_problem_line(const cyaml_reader *reader) {
  return reader->parser.error == YAML_READER_ERROR ? reader->parser.mark.line : reader->parser.problem_mark.line;
}

static inline const unsigned char *cyaml_anchor(const cyaml_reader *reader) {
  switch (reader->event.type) {
    case YAML_ALIAS_EVENT: return reader->event.data.alias.anchor;
    case YAML_SCALAR_EVENT: return reader->event.data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return reader->event.data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT: return reader->event.data.mapping_start.anchor;
    default: return NULL;
  }
}

static inline const unsigned char *cyaml_tag(const cyaml_reader *reader) {
  switch (reader->event.type) {
    case YAML_SCALAR_EVENT: return reader->event.data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return reader->event.data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT: return reader->event.data.mapping_start.tag;
    default: return NULL;
  }
}

static inline const unsigned char *cyaml_text(const cyaml_reader *reader) { return reader->event.data.scalar.value; }
static inline size_t cyaml_text_length(const cyaml_reader *reader) { return reader->event.data.scalar.length; }
static inline int cyaml_is_folded(const cyaml_reader *reader) {
  return reader->event.data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
}
static inline int cyaml_is_plain(const cyaml_reader *reader) {
  return reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}
