#include "observability/log.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <system_error>
#include <vector>

#include "observability/log_line.hpp"

namespace dugout::observability {
namespace {

bool writes_json(const LogOptions& options) {
  if (options.format != LogOptions::Format::kAuto) {
    return options.format == LogOptions::Format::kJson;
  }
  return !options.file.path.empty() || ::isatty(STDERR_FILENO) == 0;
}

// Hands lines to the writer, which keeps them one at a time.
class WriterSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit WriterSink(LogWriter& writer) : writer_(writer) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    writer_.add(std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  LogWriter& writer_;
};

}  // namespace

// The texts of fields that outlive the call they were given in.
struct Log::Bound {
  std::vector<std::string> texts;  // what the fields look at
  std::vector<Field> fields;

  void reserve(std::size_t count) {
    texts.reserve(2 * count);  // no text moves any more
    fields.reserve(count);
  }
  void add(const Field& field) {
    auto copy = field;
    copy.key = texts.emplace_back(field.key);
    if (const auto* text = std::get_if<std::string_view>(&field.content)) {
      copy.content = std::string_view(texts.emplace_back(*text));
    }
    fields.push_back(copy);
  }
};

struct Log::Output {
  Output(const core::Clock& now, const LogOptions& options, bool as_json,
         std::unique_ptr<LogOutput> output)
      : clock(now),
        json(as_json),
        level(now, options.level),
        writer(std::move(output), options.queue, notes(options)),
        logger("dugout", std::make_shared<WriterSink>(writer)) {
    logger.set_pattern("%v");  // the line is complete already
    logger.set_level(spdlog::level::trace);
  }

  std::string line(Level of, std::string_view event, const Bound* bound, Fields fields) const {
    const auto known = bound == nullptr ? FieldSpan() : FieldSpan(bound->fields);
    return json ? json_line(clock.wall_now(), of, event, fields, known)
                : text_line(clock.wall_now(), of, event, fields, known);
  }

  LogNotes notes(const LogOptions& options) const {
    LogNotes out;
    out.lost = [this](std::uint64_t dropped, std::uint64_t failed) {
      return line(Level::kWarning, "log.lost", nullptr,
                  {{"dropped", static_cast<std::int64_t>(dropped)},
                   {"failed", static_cast<std::int64_t>(failed)}});
    };
    if (options.file.path.empty()) return out;
    out.failing = [this, path = options.file.path](int why) {
      return line(
          Level::kWarning, "log.not_written", nullptr,
          {Field::safe("file", path), Field::safe("why", std::generic_category().message(why))});
    };
    return out;
  }

  const core::Clock& clock;
  const bool json;
  LiveLevel level;
  LogWriter writer;
  spdlog::logger logger;
};

Log::Log(const core::Clock& clock, LogOptions options)
    : output_(std::make_shared<Output>(
          clock, options, writes_json(options),
          options.file.path.empty() ? stream_output(STDERR_FILENO) : file_output(options.file))) {}

Log::Log(const core::Clock& clock, LogOptions options, Sink sink)
    : output_(std::make_shared<Output>(clock, options, options.format != LogOptions::Format::kText,
                                       function_output(std::move(sink)))) {}

Log::Log(std::shared_ptr<Output> output, std::shared_ptr<const Bound> bound)
    : output_(std::move(output)), bound_(std::move(bound)) {}

Log::~Log() = default;

Log Log::with(Fields fields) const {
  auto bound = std::make_shared<Bound>();
  bound->reserve(fields.size() + (bound_ ? bound_->fields.size() : 0));
  if (bound_) {
    for (const auto& field : bound_->fields) bound->add(field);
  }
  for (const auto& field : fields) bound->add(field);
  return {output_, std::move(bound)};
}

bool Log::enabled(Level level) const {
  return level >= output_->level.get();
}

void Log::set_level(Level level, std::optional<core::Duration> lasts) {
  output_->level.set(level, lasts);
}

LevelNow Log::level() const {
  return output_->level.now();
}

LogCounts Log::counts() const {
  return output_->writer.counts();
}

void Log::log(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  const auto line = output_->line(level, event, bound_.get(), fields);
  // As a message of its own, not a format: braces in it mean nothing.
  output_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace dugout::observability
