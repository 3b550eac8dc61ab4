// Watches one turn from its begin to its commit: opens and closes its spans, tells at each step
// what the turn is busy with, and reports when it has ended. Made for one turn, used by one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "observability/telemetry.hpp"

namespace dugout::observability {

class TurnTrace {
 public:
  // The turn comes to a stage; `detail` is its target or tool.
  using Listener = std::function<void(Stage stage, std::string_view detail)>;

  // REQUIRES: telemetry, when there is one, and clock outlive it.
  TurnTrace(Telemetry* telemetry, const core::Clock& clock, TurnReport begun,
            Listener listener = {});
  ~TurnTrace();  // the turn has ended; whoever watches gets the report
  TurnTrace(const TurnTrace&) = delete;
  TurnTrace& operator=(const TurnTrace&) = delete;

  TurnReport& report() { return report_; }
  // Spans get attributes; else those that are given are dropped.
  bool wants_spans() const { return telemetry_ != nullptr && telemetry_->options().spans; }
  bool wants_texts() const { return wants_spans() && telemetry_->options().texts; }

  // A span within the one that is open; its place. `others`: what is done in it is somebody else's
  // work, for which the turn only waits.
  std::size_t open(Stage stage, std::string name, std::string_view detail, bool others);
  void close(std::size_t place, std::string_view error);
  void put(std::size_t place, std::string_view key, AttributeValue value);
  // One that is over, beside the last that was opened, such as the second of two that raced.
  void add(Stage stage, std::string name, core::MonoTime begun, core::Duration took,
           std::string_view error);

  core::Duration elapsed() const { return clock_.now() - begun_; }

  // What a request that leaves the house now names as its parent.
  std::string parent() const;

 private:
  Telemetry* const telemetry_;
  const core::Clock& clock_;
  const core::MonoTime begun_;
  const Listener listener_;
  std::uint64_t running_ = 0;
  TurnReport report_;
  core::Duration others_{0};
  std::vector<std::pair<std::size_t, bool>> open_;  // places, innermost last; is it others' work?
};

// A span that lives as long as the object; does nothing without a trace.
class SpanScope {
 public:
  SpanScope(TurnTrace* trace, Stage stage, std::string_view name, std::string_view detail,
            bool others = false);
  ~SpanScope() { end(); }
  SpanScope(const SpanScope&) = delete;
  SpanScope& operator=(const SpanScope&) = delete;

  void fail(std::string_view error) { error_ = error; }
  void put(std::string_view key, AttributeValue value);
  void end();

 private:
  TurnTrace* trace_;
  std::size_t place_ = 0;
  std::string error_;
};

}  // namespace dugout::observability
