#include "cli/stage.hpp"

#include <filesystem>

namespace dugout::cli {

Stage::Stage(const AppOptions& options, long long clock_ms, bool scripted, core::Findings& findings)
    : folder_((std::filesystem::temp_directory_path() / core::new_id("dugout_stage_")).string()),
      clock_(core::WallTime(std::chrono::milliseconds(clock_ms))) {
  auto own = options;
  own.data = folder_;
  own.own_data = true;
  own.clock = &clock_;
  own.offline = !scripted;
  set_ = std::make_unique<Set>(own, findings);
  if (core::has_errors(findings)) return;
  tools_ = std::make_shared<WatchedTools>(set_->plugins());
  Stand stand;
  stand.plugins = tools_;
  if (scripted) {
    auto http = std::make_unique<ScriptedHttp>();
    model_ = http.get();
    stand.http = std::move(http);
  }
  auto app = App::open(*set_, own, findings, std::move(stand));
  if (!app) {
    findings.push_back({core::Finding::Severity::kError, folder_, 0, 0, app.error().message, ""});
    return;
  }
  app_ = std::move(*app);
}

Stage::~Stage() {
  app_.reset();
  tools_.reset();
  set_.reset();
  std::error_code ignored;  // what is left in a temporary folder harms nobody
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace dugout::cli
