// Where simulations play: the whole product over a store of its own in a temporary folder, on a
// clock that stands, with tools that are watched and a model that follows a script.
#pragma once

#include <memory>
#include <string>

#include "cli/app.hpp"
#include "cli/scripted_http.hpp"
#include "cli/simulated_clock.hpp"
#include "cli/watched_tools.hpp"

namespace dugout::cli {

class Stage {
 public:
  // Findings with errors: the stage is not to be used. `scripted`: agents have model providers.
  Stage(const AppOptions& options, long long clock_ms, bool scripted, core::Findings& findings);
  ~Stage();  // removes the folder
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  bool ready() const { return app_ != nullptr; }
  orchestrator::Orchestrator& orchestrator() { return app_->orchestrator(); }
  WatchedTools& tools() { return *tools_; }
  ScriptedHttp* model() { return model_; }  // nullptr when not scripted
  store::Store& store() { return set_->store(); }
  const routines::Application& application() const { return *set_->application(); }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  SimulatedClock clock_;
  std::unique_ptr<Set> set_;
  std::shared_ptr<WatchedTools> tools_;
  ScriptedHttp* model_ = nullptr;  // owned by the app
  std::unique_ptr<App> app_;
};

}  // namespace dugout::cli
