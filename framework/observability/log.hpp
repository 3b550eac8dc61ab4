// The log: one line per event, text for a person at a terminal, JSON otherwise. A line has an event
// name and fields, no free text: what a user said is never logged, only its length, its class, its
// hash. A value is masked (core::masked) unless its field says that it is safe. [any]
//
// One Log is made in cli and passed by reference to whoever reports. Whoever does a piece of work
// that has ids makes one of its own from it, with(), whose lines have them all.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/clock.hpp"
#include "observability/log_level.hpp"
#include "observability/log_writer.hpp"

namespace dugout::observability {

// A member of a line, alive only for the call. Numbers and truth values are written as they are;
// a text is masked unless made by safe() or id().
struct Field {
  using Content = std::variant<std::string_view, std::int64_t, double, bool>;
  enum class Care { kMask, kSafe, kId };

  Field(std::string_view name, std::string_view value) : key(name), content(value) {}
  Field(std::string_view name, const char* value) : key(name), content(std::string_view(value)) {}
  Field(std::string_view name, const std::string& value)
      : key(name), content(std::string_view(value)) {}
  Field(std::string_view name, std::int64_t value) : key(name), content(value) {}
  Field(std::string_view name, int value) : key(name), content(std::int64_t{value}) {}
  Field(std::string_view name, std::size_t value)
      : key(name), content(static_cast<std::int64_t>(value)) {}
  Field(std::string_view name, double value) : key(name), content(value) {}
  Field(std::string_view name, bool value) : key(name), content(value) {}

  // A text of our own: a file name, a plugin id, an error's message.
  static Field safe(std::string_view name, std::string_view value) {
    return {name, value, Care::kSafe};
  }
  // The id of a session, turn or record. Clients may choose one, so it is shown only when it looks
  // like an id (letters, digits, '_', '-', '.', at most 64), and masked otherwise.
  static Field id(std::string_view name, std::string_view value) {
    return {name, value, Care::kId};
  }

  std::string_view key;
  Content content;
  Care care = Care::kMask;

 private:
  Field(std::string_view name, std::string_view value, Care how)
      : key(name), content(value), care(how) {}
};

using Fields = std::initializer_list<Field>;

struct LogOptions {
  enum class Format { kAuto, kText, kJson };
  Format format = Format::kAuto;  // text when stderr is a terminal
  Level level = Level::kInfo;     // lower ones are dropped
  LogFile file = {};              // an empty path = stderr
  LogQueue queue = {};            // no lines = each is written before log() returns
};

class Log {
 public:
  using Sink = std::function<void(std::string_view line)>;  // one line, no line feed; one at a time

  // Writes to stderr, or the file.
  Log(const core::Clock& clock, LogOptions options);
  // Writes to `sink`; kAuto means JSON.
  Log(const core::Clock& clock, LogOptions options, Sink sink);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // The same log with fields that each line has before its own: the ids of a turn. The texts are
  // copied; where a line has a field of the same name, this one stands. Cheap, and outlives this.
  Log with(Fields fields) const;

  // Never fails, and with a queue never waits for the output.
  void log(Level level, std::string_view event, Fields fields);
  void debug(std::string_view event, Fields fields) { log(Level::kDebug, event, fields); }
  void info(std::string_view event, Fields fields) { log(Level::kInfo, event, fields); }
  void warning(std::string_view event, Fields fields) { log(Level::kWarning, event, fields); }
  void error(std::string_view event, Fields fields) { log(Level::kError, event, fields); }

  bool enabled(Level level) const;
  // For a while or, without `lasts`, for good; of all that were made from one Log.
  void set_level(Level level, std::optional<core::Duration> lasts = std::nullopt);
  LevelNow level() const;
  LogCounts counts() const;

 private:
  struct Output;  // the spdlog logger; its headers stay out of this one
  struct Bound;

  Log(std::shared_ptr<Output> output, std::shared_ptr<const Bound> bound);

  std::shared_ptr<Output> output_;
  std::shared_ptr<const Bound> bound_;  // may be null
};

}  // namespace dugout::observability
