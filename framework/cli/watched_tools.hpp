// A generation that notes which tools run, and can make one of them fail: for simulations, which
// compare tool calls and walk the failure edges of a flow. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/host.hpp"

namespace dugout::cli {

class WatchedTools final : public host::Generation {
 public:
  explicit WatchedTools(std::shared_ptr<const host::Generation> inner) : inner_(std::move(inner)) {}

  // This tool fails from now on; empty = none does.
  void fail(std::string tool) { failing_ = std::move(tool); }
  // Names of the tools that ran, checks without effects left out; in order.
  const std::vector<std::string>& ran() const { return ran_; }
  void forget() { ran_.clear(); }

  std::shared_ptr<const host::ParserHandle> parser(std::string_view name) const override {
    return inner_->parser(name);
  }
  std::shared_ptr<const host::RecoveryHandle> recovery(std::string_view name) const override {
    return inner_->recovery(name);
  }
  std::shared_ptr<const host::ProviderHandle> provider(std::string_view name) const override {
    return inner_->provider(name);
  }
  std::shared_ptr<const host::ValidatorHandle> validator(std::string_view name) const override {
    return inner_->validator(name);
  }
  std::shared_ptr<const host::TunerHandle> tuner(std::string_view name) const override {
    return inner_->tuner(name);
  }
  std::shared_ptr<const host::ToolHandle> tool(std::string_view name) const override;
  std::vector<std::string> tool_names() const override { return inner_->tool_names(); }
  const std::vector<host::PluginInfo>& plugins() const override { return inner_->plugins(); }

 private:
  std::shared_ptr<const host::Generation> inner_;
  std::string failing_;
  mutable std::vector<std::string> ran_;
};

}  // namespace dugout::cli
