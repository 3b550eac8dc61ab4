/* A parser in plain C on the frozen header: what a plugin built long ago looks like to a new host.
 */
#include <stdlib.h>
#include <string.h>

#include "abi_v1_0.h"

struct dugout_instance {
  const dugout_host* host;
};

static const dugout_text kAnswer = {"{\"agent_final_response\":\"plain C\"}", 34};

static void put(dugout_sink* sink, const char* text) {
  const dugout_text piece = {text, strlen(text)};
  sink->put(sink, piece);
}

static dugout_status parse(dugout_instance* self, dugout_text raw, dugout_text schema,
                           dugout_sink* answer) {
  (void)self;
  (void)schema;
  if (raw.size == 0) {
    put(answer, "{\"message\":\"nothing there\"}");
    return DUGOUT_E_EMPTY;
  }
  answer->put(answer, kAnswer);
  return DUGOUT_OK;
}

static const dugout_parser_v1 kParser = {sizeof(dugout_parser_v1), 0, parse};

static dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out,
                            dugout_sink* why) {
  (void)config;
  *out = malloc(sizeof **out);
  if (*out == NULL) {
    put(why, "{\"message\":\"no memory\"}");
    return DUGOUT_E_INTERNAL;
  }
  (*out)->host = host;
  return DUGOUT_OK;
}

static void destroy(dugout_instance* self) {
  free(self);
}

static const void* face(dugout_instance* self, const char* id) {
  (void)self;
  return strcmp(id, DUGOUT_FACE_PARSER) == 0 ? &kParser : NULL;
}

static void close_module(void) {}

__attribute__((visibility("default"))) const dugout_module* dugout_plugin_open(uint32_t host_major,
                                                                               uint32_t host_minor);

const dugout_module* dugout_plugin_open(uint32_t host_major, uint32_t host_minor) {
  static const dugout_module module = {
      sizeof(dugout_module), DUGOUT_ABI_MAJOR, DUGOUT_ABI_MINOR, 0,
      {"parser.abi_c", 12},  create,           destroy,          face,
      close_module};
  (void)host_minor;
  return host_major == DUGOUT_ABI_MAJOR ? &module : NULL;
}
