/* A module whose descriptor is the test: ABI_MAJOR, ABI_SIZE and ABI_ID come from the build, or it
 * serves no host at all (ABI_SERVES=0). */
#include <stddef.h>

#include "abi_v1_0.h"

#ifdef ABI_OTHER_ID
#define ABI_SAYS "parser.somebody_else"
#else
#define ABI_SAYS ABI_ID
#endif

__attribute__((visibility("default"))) const dugout_module* dugout_plugin_open(uint32_t host_major,
                                                                               uint32_t host_minor);

static dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out,
                            dugout_sink* why) {
  static int instance;
  (void)host;
  (void)config;
  (void)why;
  *out = (dugout_instance*)&instance;
  return DUGOUT_OK;
}
static void destroy(dugout_instance* self) {
  (void)self;
}
static const void* face(dugout_instance* self, const char* id) {
  (void)self;
  (void)id;
  return NULL;
}
static void close_module(void) {}

const dugout_module* dugout_plugin_open(uint32_t host_major, uint32_t host_minor) {
  static const dugout_module module = {
      ABI_SIZE, ABI_MAJOR, 0,    0,           {ABI_SAYS, sizeof(ABI_SAYS) - 1},
      create,   destroy,   face, close_module};
  (void)host_major;
  (void)host_minor;
  return ABI_SERVES ? &module : NULL;
}
