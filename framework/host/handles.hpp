// One C++ handle for each face of a loaded plugin. A handle keeps its plugin's generation alive.
// Everything a plugin answers is copied before the call returns. [any] unless marked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "dugout/sdk/outcome.hpp"

namespace dugout::host {

class ParserHandle {
 public:
  virtual ~ParserHandle() = default;
  virtual std::string_view id() const = 0;
  virtual Outcome<std::string> parse(std::string_view raw, std::string_view schema) const = 0;
};

class RecoveryHandle {
 public:
  virtual ~RecoveryHandle() = default;
  virtual std::string_view id() const = 0;
  virtual Outcome<std::string> advise(std::string_view failure) const = 0;
};

struct EncodedHttp {
  std::string head;  // JSON {"method","path","headers"}
  std::string body;
};

class ProviderHandle {
 public:
  virtual ~ProviderHandle() = default;
  virtual std::string_view id() const = 0;
  virtual Outcome<EncodedHttp> encode(std::string_view request) const = 0;
  virtual Outcome<std::string> decode(std::uint32_t http_status, std::string_view headers,
                                      std::string_view body) const = 0;
};

class ValidatorHandle {
 public:
  virtual ~ValidatorHandle() = default;
  virtual std::string_view id() const = 0;
  virtual Outcome<std::string> validate(std::string_view answer,
                                        std::string_view context) const = 0;
};

class TunerHandle {
 public:
  virtual ~TunerHandle() = default;
  virtual std::string_view id() const = 0;
  virtual Outcome<std::string> propose(std::string_view situation) const = 0;
  virtual Outcome<std::string> train(std::string_view log) const = 0;  // [worker]
};

enum class Effects { kNone, kIdempotent, kOnce };

// When a tool runs by itself, as a job; not at all unless one is set.
struct ToolSchedule {
  std::string at;            // "10:00", UTC, once a day
  std::int64_t every_s = 0;  // so many seconds apart

  bool set() const { return !at.empty() || every_s > 0; }
};

struct ToolDeclaration {
  std::string name, description;
  std::string arguments;       // JSON Schema
  std::string result;          // JSON Schema of `data`
  std::string check_argument;  // the argument a user's answer goes into; empty = no check tool
  int timeout_ms = 10'000;
  Effects effects = Effects::kNone;
  // Its doors to the outside: POST /webhooks/<webhook>, GET and POST /<page>/<id>.
  std::string webhook, page;
  ToolSchedule schedule;
};

class ToolHandle {
 public:
  virtual ~ToolHandle() = default;
  virtual std::string_view id() const = 0;
  virtual const ToolDeclaration& declaration() const = 0;
  // [worker] Checks `args` against the declared schema (kWrongShape with pointers), runs the tool
  // and waits for it, at most its time-out. Returns {"ok","data"?,"error"?}.
  virtual Outcome<std::string> run(std::string_view args, std::string_view context) const = 0;
  // [worker] kNotFound: the effect did not happen. kNotApplicable: the tool cannot tell.
  virtual Outcome<std::string> reconcile(std::string_view args, std::string_view context) const = 0;
};

}  // namespace dugout::host
