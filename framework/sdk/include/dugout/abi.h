/* The plugin contract of Dugout. C11; also compiles as C++. Nothing else crosses the boundary:
 * no C++ type, no exception, no allocation that the other side must free.
 *
 * Threads. Every function carries one tag: [load] alone in the module; [any] any thread, also
 * concurrently, never waits; [worker] a host worker, may wait until the call's deadline.
 * Growth. A face id carries its revision ("parser/1"). Tables only grow at the end; each side reads
 * no further than the peer's `size`. A change of meaning is a new revision beside the old one.
 * JSON crosses as UTF-8 text. Shapes are in docs/plugin-authors.md. */
#ifndef DUGOUT_ABI_H
#define DUGOUT_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DUGOUT_ABI_MAJOR 1u
#define DUGOUT_ABI_MINOR 0u

typedef struct dugout_text { /* UTF-8, borrowed until the callee returns; not zero-terminated */
  const char* data;
  size_t size;
} dugout_text;

typedef struct dugout_sink { /* owned by the host; copies what is put */
  void (*put)(struct dugout_sink* self, dugout_text piece);
} dugout_sink;

typedef struct dugout_instance dugout_instance; /* owned by the plugin, opaque to the host */
typedef struct dugout_call dugout_call;         /* owned by the host, opaque to the plugin */

/* 0 = done. An unknown code means DUGOUT_E_INTERNAL. With any other code than DUGOUT_OK the sink
 * (or the body of `complete`) holds {"message": text, "retry_after_ms"?: number, "detail"?: any}.
 */
typedef int32_t dugout_status;
enum {
  DUGOUT_OK = 0,
  DUGOUT_E_INTERNAL = 1, /* a defect of the plugin; three in a minute quarantine the instance */
  DUGOUT_E_INVALID = 2,  /* the caller's input is wrong */
  DUGOUT_E_NOT_APPLICABLE = 3, /* not for me: the next parser or strategy may try */
  DUGOUT_E_MALFORMED = 4,      /* broken text */
  DUGOUT_E_TRUNCATED = 5,      /* cut off; never repaired into an answer */
  DUGOUT_E_EMPTY = 6,          /* nothing there */
  DUGOUT_E_MISSING_FIELD = 7,  /* well-formed, but a required member is absent */
  DUGOUT_E_WRONG_SHAPE = 8,    /* well-formed, but of another type than asked for */
  DUGOUT_E_REFUSED = 9,        /* the model declined to answer */
  DUGOUT_E_NOT_FOUND = 10,
  DUGOUT_E_CONFLICT = 11,    /* a unique key is taken */
  DUGOUT_E_UNAVAILABLE = 12, /* a service behind it cannot be reached; later may work */
  DUGOUT_E_TIMEOUT = 13,
  DUGOUT_E_CANCELLED = 14,
  DUGOUT_E_UPSTREAM = 15 /* a provider's error; detail = {"class","code","status","param"} */
};

typedef struct dugout_host { /* owned by the host, outlives the module */
  uint32_t size, abi_major, abi_minor, reserved;
  const void* (*service)(const char* id);             /* [any] "log/1" ...; NULL = absent */
  void (*emit)(dugout_call* call, dugout_text piece); /* [any] streams a part of the answer */
  void (*complete)(dugout_call* call, dugout_status status,
                   dugout_text body); /* [any] exactly once */
} dugout_host;

typedef struct dugout_module { /* owned by the plugin, static */
  uint32_t size, abi_major, abi_minor, reserved;
  dugout_text id; /* the id of plugin.yaml; the config below already passed its schema */
  dugout_status (*create)(const dugout_host* host, dugout_text config, dugout_instance** out,
                          dugout_sink* why);                  /* [load] */
  void (*destroy)(dugout_instance* self);                     /* [load] after its threads ended */
  const void* (*face)(dugout_instance* self, const char* id); /* [any] NULL = absent */
  void (*close)(void);                                        /* [load] last call into the module */
} dugout_module;

/* [load] The only exported symbol, named dugout_plugin_open. NULL = cannot serve this host version.
 */
typedef const dugout_module* (*dugout_plugin_open_fn)(uint32_t host_major, uint32_t host_minor);

/* ---- Pure faces: answer at once into a sink ------------------------------------------------- */

#define DUGOUT_FACE_PARSER "parser/1"
typedef struct dugout_parser_v1 {
  uint32_t size, reserved;
  /* [any] raw: a model's text. schema: JSON Schema of the answer, empty = none. answer: JSON
   * {"agent_final_response", "routine_number"?, "metadata"?, "repaired"?}. */
  dugout_status (*parse)(dugout_instance* self, dugout_text raw, dugout_text schema,
                         dugout_sink* answer);
} dugout_parser_v1;

#define DUGOUT_FACE_RECOVERY "recovery/1"
typedef struct dugout_recovery_v1 {
  uint32_t size, reserved;
  /* [any] failure: one finished attempt (class, code, message, status, attempt, target, repeats).
   * advice: {"action","why"} and, by action: "wait" ("wait_multiplier"), "truncate_history"
   * ("fraction"), "raise_output_limit" ("factor","start","ceiling"), "next_target", "next_key",
   * "reask", "simplify_prompt", "stop". DUGOUT_E_NOT_APPLICABLE = pattern not recognised. */
  dugout_status (*advise)(dugout_instance* self, dugout_text failure, dugout_sink* advice);
} dugout_recovery_v1;

#define DUGOUT_FACE_PROVIDER "provider/1"
typedef struct dugout_provider_v1 {
  uint32_t size, reserved;
  /* [any] request: the neutral request. head: {"method","path","headers"}; body: the HTTP body. */
  dugout_status (*encode)(dugout_instance* self, dugout_text request, dugout_sink* head,
                          dugout_sink* body);
  /* [any] headers: JSON object, lower-case names. answer: the neutral answer. A provider's error is
   * DUGOUT_E_UPSTREAM with its class in detail. */
  dugout_status (*decode)(dugout_instance* self, uint32_t http_status, dugout_text headers,
                          dugout_text body, dugout_sink* answer);
} dugout_provider_v1;

#define DUGOUT_FACE_VALIDATOR "validator/1"
typedef struct dugout_validator_v1 {
  uint32_t size, reserved;
  /* [any] answer: what the parser accepted, and "raw", the model's text. context: {"agent",
   * "routine"?,"next"?: routines that may follow,"schema"?}. verdict: {"confidence": 0..1,
   * "details": object,"problem"?: {"class","message","field"?}}. NOT_APPLICABLE = no opinion. */
  dugout_status (*validate)(dugout_instance* self, dugout_text answer, dugout_text context,
                            dugout_sink* verdict);
} dugout_validator_v1;

#define DUGOUT_FACE_TUNER "tuner/1"
typedef struct dugout_tuner_v1 {
  uint32_t size, reserved;
  /* [any] situation: the features of a call to come. proposal: {"max_retries","base_delay",
   * "multiplier","p_success","model"}. NOT_APPLICABLE = no model: the static options stand. */
  dugout_status (*propose)(dugout_instance* self, dugout_text situation, dugout_sink* proposal);
  /* [worker] log: attempts as JSON lines. model: the text of a model file, for its config. */
  dugout_status (*train)(dugout_instance* self, dugout_text log, dugout_sink* model);
} dugout_tuner_v1;

/* ---- Call faces: answer through host->complete, from any thread ------------------------------ */

#define DUGOUT_FACE_TOOL "tool/1"
typedef struct dugout_tool_v1 {
  uint32_t size, reserved;
  /* [any] {"name","description","arguments": JSON Schema,"result": JSON Schema,"timeout_ms",
   * "check"?: {"argument": name}}. The effect (none, idempotent, once) stands in plugin.yaml. */
  dugout_status (*describe)(dugout_instance* self, dugout_sink* declaration);
  /* [worker] args already passed the schema. context: {"idempotency_key","session","turn",
   * "deadline_ms"}. The body of complete is {"ok","data"?,"error"?}. */
  void (*start)(dugout_instance* self, dugout_call* call, dugout_text args, dugout_text context);
  void (*cancel)(dugout_instance* self, dugout_call* call); /* [any] complete still follows */
  /* [worker] After a crash: did the effect of this key happen? Completes with the stored result, or
   * with DUGOUT_E_NOT_FOUND = it did not happen, so it may run. NULL = cannot tell. */
  void (*reconcile)(dugout_instance* self, dugout_call* call, dugout_text args,
                    dugout_text context);
} dugout_tool_v1;

/* ---- Host services; a manifest names those it needs ------------------------------------------ */

#define DUGOUT_SERVICE_LOG "log/1"
typedef struct dugout_log_v1 {
  uint32_t size, reserved;
  void (*write)(int32_t level, dugout_text line); /* [any] 0 debug, 1 info, 2 warning, 3 error */
} dugout_log_v1;

#define DUGOUT_SERVICE_CLOCK "clock/1"
typedef struct dugout_clock_v1 {
  uint32_t size, reserved;
  int64_t (*unix_ms)(void); /* [any] wall time; virtual in tests */
} dugout_clock_v1;

#define DUGOUT_SERVICE_SCHEMA "schema/1"
typedef struct dugout_schema_v1 {
  uint32_t size, reserved;
  /* [any] JSON Schema 2020-12. DUGOUT_OK, or DUGOUT_E_WRONG_SHAPE with the first error and its
   * JSON pointer in why. The host keeps compiled schemas. */
  dugout_status (*check)(dugout_text schema, dugout_text instance, dugout_sink* why);
} dugout_schema_v1;

#define DUGOUT_SERVICE_RECORDS "records/1"
typedef struct dugout_records_v1 {
  uint32_t size, reserved;
  /* [worker] rows: JSON array of objects, each with "id", of those whose members equal `where`. */
  dugout_status (*find)(dugout_text table, dugout_text where, dugout_sink* rows);
  /* [worker] unique: empty, or a key that no two rows of the table share. out: {"id"}; when the
   * key is taken DUGOUT_E_CONFLICT and detail = the row that has it. Atomic. */
  dugout_status (*insert)(dugout_text table, dugout_text unique, dugout_text row, dugout_sink* out);
  /* [worker] Merges the members of `changes`; a null removes one. out: the whole row. */
  dugout_status (*update)(dugout_text table, dugout_text id, dugout_text changes, dugout_sink* out);
} dugout_records_v1;

#define DUGOUT_SERVICE_HTTP "http/1"
typedef struct dugout_http_v1 {
  uint32_t size, reserved;
  /* [worker] One call of an outside service, tried again by the host as far as `effect` allows.
   * request: {"method","url","headers"?: object of texts,"effect": "none" | "idempotent" | "once",
   * "timeout_ms"? of one try,"deadline_ms"? of all}. content: the body, any bytes. Any HTTP status
   * is DUGOUT_OK: head is {"status","headers","tries"}, names in lower case, and answer takes the
   * body. DUGOUT_E_UNAVAILABLE and DUGOUT_E_TIMEOUT: detail = {"sent": may it have arrived?}. */
  dugout_status (*send)(dugout_text request, dugout_text content, dugout_sink* head,
                        dugout_sink* answer);
} dugout_http_v1;

#ifdef __cplusplus
}
#endif
#endif /* DUGOUT_ABI_H */
