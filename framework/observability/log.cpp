#include "observability/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <mutex>

#include "observability/log_line.hpp"

namespace dugout::observability {
namespace {

// Hands lines to a function; base_sink keeps them one at a time.
class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(Log::Sink write) : write_(std::move(write)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    write_(std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  const Log::Sink write_;
};

}  // namespace

struct Log::Output {
  explicit Output(spdlog::sink_ptr sink) : logger("dugout", std::move(sink)) {
    logger.set_pattern("%v");  // the line is complete already
    logger.set_level(spdlog::level::trace);
  }
  spdlog::logger logger;
};

Log::Log(const core::Clock& clock, LogOptions options)
    : clock_(clock),
      level_(options.level),
      json_(options.format == LogOptions::Format::kJson ||
            (options.format == LogOptions::Format::kAuto && ::isatty(STDERR_FILENO) == 0)),
      output_(std::make_unique<Output>(std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

Log::Log(const core::Clock& clock, LogOptions options, Sink sink)
    : clock_(clock),
      level_(options.level),
      json_(options.format != LogOptions::Format::kText),
      output_(std::make_unique<Output>(std::make_shared<FunctionSink>(std::move(sink)))) {}

Log::~Log() = default;

void Log::log(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  const auto now = clock_.wall_now();
  const auto line =
      json_ ? json_line(now, level, event, fields) : text_line(now, level, event, fields);
  // As a message of its own, not a format: braces in it mean nothing.
  output_->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace dugout::observability
