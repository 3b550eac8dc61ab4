// An orchestrator that answers nothing and knows nothing, for doubles of those who use a part of
// one.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "orchestrator/chat.hpp"

namespace dugout::test {

class QuietOrchestrator : public orchestrator::Orchestrator {
 public:
  Outcome<orchestrator::ChatReply> chat(const orchestrator::ChatRequest&) override {
    return Error{};
  }
  int publish(orchestrator::Loaded) override { throw std::logic_error("unused"); }
  int generation() const override { return 1; }
  std::shared_ptr<const routines::Application> application() const override { return nullptr; }
  std::shared_ptr<const host::Generation> plugins() const override { return nullptr; }
  orchestrator::GuardStates guards() const override { return {}; }
  Status probe() override { return Done{}; }
  Outcome<std::string> record(const std::string&) override { return std::string("{}"); }
  Outcome<orchestrator::SessionView> view(const std::string&) override {
    return Error{Code::kNotFound, ""};
  }
};

}  // namespace dugout::test
