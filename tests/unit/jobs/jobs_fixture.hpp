// Jobs on a store in a folder of its own, a virtual clock and tools that answer as told.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "jobs/jobs.hpp"
#include "support/faulty_store.hpp"
#include "support/no_plugins.hpp"
#include "unit/store/store_fixture.hpp"

namespace dugout::test {

using core::Json;

struct ToolScript {
  host::ToolDeclaration declaration;
  std::function<Outcome<std::string>(const Json& arguments)> run = [](const Json&) {
    return Outcome<std::string>(std::string(R"({"ok":true,"data":{"done":1}})"));
  };
  std::vector<Json> arguments, contexts;
  std::mutex mutex;  // guards the two above
};

class PlayedTool final : public host::ToolHandle {
 public:
  PlayedTool(std::string id, ToolScript& script) : id_(std::move(id)), script_(script) {}
  std::string_view id() const override { return id_; }
  const host::ToolDeclaration& declaration() const override { return script_.declaration; }
  Outcome<std::string> run(std::string_view arguments, std::string_view context) const override {
    {
      const std::lock_guard lock(script_.mutex);
      script_.arguments.push_back(Json::parse(arguments));
      script_.contexts.push_back(Json::parse(context));
    }
    return script_.run(Json::parse(arguments));
  }
  Outcome<std::string> reconcile(std::string_view, std::string_view) const override {
    return Error{Code::kNotApplicable, "it cannot tell"};
  }

 private:
  const std::string id_;
  ToolScript& script_;
};

class PlayedTools final : public NoPlugins {
 public:
  ToolScript& add(const std::string& name, host::Effects effects = host::Effects::kIdempotent) {
    auto& script = scripts_[name];
    script.declaration.name = name;
    script.declaration.effects = effects;
    script.declaration.arguments = R"({"type":"object"})";
    return script;
  }
  std::shared_ptr<const host::ToolHandle> tool(std::string_view name) const override {
    const auto found = scripts_.find(std::string(name));
    if (found == scripts_.end()) return nullptr;
    return std::make_shared<PlayedTool>("tool." + found->first, found->second);
  }
  std::vector<std::string> tool_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, script] : scripts_) names.push_back(name);
    return names;
  }

 private:
  mutable std::map<std::string, ToolScript> scripts_;
};

struct JobsFixture : StoreFixture {
  std::shared_ptr<PlayedTools> tools = std::make_shared<PlayedTools>();
  std::vector<std::string> lines;  // of the log
  observability::Log log{clock, {}, [this](std::string_view line) { lines.emplace_back(line); }};
  FaultyStore faulty{*store};
  jobs::JobOptions options;
  std::map<std::string, jobs::Work> work;

  std::unique_ptr<jobs::Jobs> make() { return make_on(faulty); }
  std::unique_ptr<jobs::Jobs> make_on(store::Store& own) {
    return jobs::make_jobs({tools, own, clock, log}, options, work);
  }

  static store::NewJob job(const std::string& kind, const std::string& lane = "") {
    return {kind, R"({"a":1})", "", lane, 0};
  }
  store::Job read(const std::string& id) {
    auto found = store->job(id);
    if (!found || !*found) throw std::runtime_error("no job " + id);
    return **found;
  }
  // The one job there is.
  store::Job only() {
    auto all = store->jobs({});
    if (!all || all->size() != 1) throw std::runtime_error("there is not one job");
    return all->front();
  }
  int count(const std::string& kind) {
    return static_cast<int>(store->jobs({kind, "", 1000})->size());
  }
  int logged(const std::string& event) const {
    int found = 0;
    for (const auto& line : lines) found += line.find(event) != std::string::npos ? 1 : 0;
    return found;
  }
};

inline Outcome<std::string> refusal(const std::string& code, bool retryable,
                                    const std::string& message = "that did not work") {
  return Json{{"ok", false},
              {"error", {{"code", code}, {"message", message}, {"retryable", retryable}}}}
      .dump();
}

}  // namespace dugout::test
