/* A tool that answers as its argument "mode" asks: twice, late, from its own thread, in the wrong
 * shape. Plain C with threads of its own, as no SDK tool can misbehave like this. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "abi_v1_0.h"

struct dugout_instance {
  const dugout_host* host;
  pthread_mutex_t mutex; /* guards all below */
  pthread_cond_t changed;
  dugout_call* kept;    /* by mode "keep", answered by mode "release" */
  dugout_call* blocked; /* by mode "block", until its cancel */
  int cancelled;
  pthread_t thread;
  int has_thread;
};

struct job {
  dugout_instance* self;
  dugout_call* call;
};

static dugout_text text(const char* zero_ended) {
  const dugout_text out = {zero_ended, strlen(zero_ended)};
  return out;
}

static int mode_is(dugout_text args, const char* mode) {
  return memmem(args.data, args.size, mode, strlen(mode)) != NULL;
}

static void done(dugout_instance* self, dugout_call* call, const char* body) {
  self->host->complete(call, DUGOUT_OK, text(body));
}

static dugout_status describe(dugout_instance* self, dugout_sink* declaration) {
  (void)self;
  declaration->put(
      declaration,
      text("{\"name\":\"abi_moody\",\"description\":\"Answers as it is told.\",\"arguments\":"
           "{\"type\":\"object\",\"properties\":{\"mode\":{\"type\":\"string\",\"examples\":"
           "[\"answer\"]}},\"required\":[\"mode\"],\"additionalProperties\":false},"
           "\"result\":{\"type\":\"object\"},\"timeout_ms\":20000,"
           "\"check\":{\"argument\":\"mode\"}}"));
  return DUGOUT_OK;
}

static void* answer_later(void* given) {
  struct job* job = given;
  done(job->self, job->call, "{\"ok\":true,\"data\":{\"from\":\"own thread\"}}");
  free(job);
  return NULL;
}

static void on_own_thread(dugout_instance* self, dugout_call* call) {
  struct job* job = malloc(sizeof *job);
  job->self = self;
  job->call = call;
  if (self->has_thread) pthread_join(self->thread, NULL);
  self->has_thread = pthread_create(&self->thread, NULL, answer_later, job) == 0;
}

static void block(dugout_instance* self, dugout_call* call) {
  pthread_mutex_lock(&self->mutex);
  self->blocked = call;
  while (!self->cancelled) pthread_cond_wait(&self->changed, &self->mutex);
  self->cancelled = 0;
  pthread_mutex_unlock(&self->mutex);
  done(self, call, "{\"ok\":true,\"data\":{\"late\":true}}");
}

static void release(dugout_instance* self, dugout_call* call) {
  pthread_mutex_lock(&self->mutex);
  dugout_call* kept = self->kept;
  self->kept = NULL;
  pthread_mutex_unlock(&self->mutex);
  on_own_thread(self, kept);
  done(self, call, "{\"ok\":true}");
}

static void start(dugout_instance* self, dugout_call* call, dugout_text args, dugout_text context) {
  static char huge[(16u << 20) + 1];
  (void)context;
  if (mode_is(args, "twice")) {
    done(self, call, "{\"ok\":true,\"data\":{\"first\":true}}");
    done(self, call, "{\"ok\":false}");
  } else if (mode_is(args, "thread")) {
    on_own_thread(self, call);
  } else if (mode_is(args, "keep")) {
    self->kept = call;
  } else if (mode_is(args, "release")) {
    release(self, call);
  } else if (mode_is(args, "block")) {
    block(self, call);
  } else if (mode_is(args, "no_json")) {
    done(self, call, "done!");
  } else if (mode_is(args, "no_ok")) {
    done(self, call, "{\"data\":{}}");
  } else if (mode_is(args, "no_code")) {
    done(self, call, "{\"ok\":false,\"error\":\"no\"}");
  } else if (mode_is(args, "huge")) {
    const dugout_text body = {huge, sizeof huge};
    self->host->complete(call, DUGOUT_OK, body);
  } else if (mode_is(args, "unknown_status")) {
    self->host->complete(call, 4711, text("{\"message\":\"strange\"}"));
  } else if (mode_is(args, "away")) {
    self->host->complete(call, DUGOUT_E_UNAVAILABLE,
                         text("{\"message\":\"the service is away\",\"retry_after_ms\":1500}"));
  } else if (mode_is(args, "rubbish")) {
    self->host->complete(call, DUGOUT_E_CONFLICT, text("\xff<html>"));
  } else {
    done(self, call, "{\"ok\":true,\"data\":{}}");
  }
}

static void cancel(dugout_instance* self, dugout_call* call) {
  pthread_mutex_lock(&self->mutex);
  if (self->blocked == call) {
    self->cancelled = 1;
    self->blocked = NULL;
    pthread_cond_broadcast(&self->changed);
  }
  pthread_mutex_unlock(&self->mutex);
}

static void reconcile(dugout_instance* self, dugout_call* call, dugout_text args,
                      dugout_text context) {
  (void)args;
  if (mode_is(context, "known")) {
    done(self, call, "{\"ok\":true,\"data\":{\"stored\":true}}");
  } else {
    self->host->complete(call, DUGOUT_E_NOT_FOUND, text("{\"message\":\"it did not happen\"}"));
  }
}

static const dugout_tool_v1 kTool = {sizeof(dugout_tool_v1), 0, describe, start, cancel, reconcile};

static dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out,
                            dugout_sink* why) {
  (void)config;
  /* The manifest asks for clock/1 alone; that this is all it gets is part of the test. */
  if (host->service(DUGOUT_SERVICE_CLOCK) == NULL || host->service(DUGOUT_SERVICE_LOG) != NULL ||
      host->service(DUGOUT_SERVICE_SCHEMA) != NULL ||
      host->service(DUGOUT_SERVICE_RECORDS) != NULL || host->service("no_such/1") != NULL) {
    why->put(why, text("{\"message\":\"the services are not those of the manifest\"}"));
    return DUGOUT_E_INTERNAL;
  }
  *out = calloc(1, sizeof **out);
  if (*out == NULL) return DUGOUT_E_INTERNAL;
  (*out)->host = host;
  pthread_mutex_init(&(*out)->mutex, NULL);
  pthread_cond_init(&(*out)->changed, NULL);
  return DUGOUT_OK;
}

static void destroy(dugout_instance* self) {
  if (self->has_thread) pthread_join(self->thread, NULL);
  pthread_cond_destroy(&self->changed);
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

static const void* face(dugout_instance* self, const char* id) {
  (void)self;
  return strcmp(id, DUGOUT_FACE_TOOL) == 0 ? &kTool : NULL;
}

static void close_module(void) {}

__attribute__((visibility("default"))) const dugout_module* dugout_plugin_open(uint32_t host_major,
                                                                               uint32_t host_minor);

const dugout_module* dugout_plugin_open(uint32_t host_major, uint32_t host_minor) {
  static const dugout_module module = {sizeof(dugout_module),
                                       DUGOUT_ABI_MAJOR,
                                       DUGOUT_ABI_MINOR,
                                       0,
                                       {"tool.abi_moody", 14},
                                       create,
                                       destroy,
                                       face,
                                       close_module};
  (void)host_minor;
  return host_major == DUGOUT_ABI_MAJOR ? &module : NULL;
}
