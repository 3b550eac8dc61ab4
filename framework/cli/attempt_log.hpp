// The attempt log as the program has it: its folder, the file that turns write to, and the answer
// of a turn explained out of the store.
#pragma once

#include "attempts/file.hpp"
#include "config/settings.hpp"
#include "orchestrator/chat.hpp"
#include "store/store.hpp"

namespace dugout::cli {

std::string attempt_folder(const config::Settings& settings);

// Joins the file and the orchestrator, which know nothing of each other. [worker]
class AttemptLog final : public orchestrator::AttemptSink {
 public:
  AttemptLog(const config::Settings& settings, observability::Log& log);
  void write(const std::vector<std::string>& lines) noexcept override { file_.write(lines); }

 private:
  attempts::AttemptFile file_;
};

// JSON; kNotFound when nothing is logged of the turn. [worker]
Outcome<std::string> explain_turn(store::Store& store, const std::string& turn);

}  // namespace dugout::cli
