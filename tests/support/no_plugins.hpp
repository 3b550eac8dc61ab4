// A generation in which nothing is loaded; doubles override what they play.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.hpp"

namespace dugout::test {

class NoPlugins : public host::Generation {
 public:
  std::shared_ptr<const host::ParserHandle> parser(std::string_view) const override { return {}; }
  std::shared_ptr<const host::RecoveryHandle> recovery(std::string_view) const override {
    return {};
  }
  std::shared_ptr<const host::ProviderHandle> provider(std::string_view) const override {
    return {};
  }
  std::shared_ptr<const host::ValidatorHandle> validator(std::string_view) const override {
    return {};
  }
  std::shared_ptr<const host::TunerHandle> tuner(std::string_view) const override { return {}; }
  std::shared_ptr<const host::ToolHandle> tool(std::string_view) const override { return {}; }
  std::vector<std::string> tool_names() const override { return {}; }
  const std::vector<host::PluginInfo>& plugins() const override { return none_; }

 private:
  const std::vector<host::PluginInfo> none_;
};

}  // namespace dugout::test
