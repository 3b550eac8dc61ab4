// The pipeline's interfaces filled from plugin handles: JSON on the plugin's side, plain types on
// the pipeline's. Immutable, [any].
#pragma once

#include <memory>
#include <string>

#include "host/handles.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

class PluginParser final : public pipeline::Parser {
 public:
  explicit PluginParser(std::shared_ptr<const host::ParserHandle> handle)
      : handle_(std::move(handle)) {}
  std::string_view name() const override { return handle_->id(); }
  Outcome<pipeline::Parsed> parse(std::string_view text, std::string_view schema) const override;

 private:
  std::shared_ptr<const host::ParserHandle> handle_;
};

class PluginAdvisor final : public pipeline::Advisor {
 public:
  explicit PluginAdvisor(std::shared_ptr<const host::RecoveryHandle> handle)
      : handle_(std::move(handle)) {}
  std::string_view name() const override { return handle_->id(); }
  std::optional<pipeline::Advice> advise(const pipeline::Failure& failure, int attempt, int repeats,
                                         std::string_view target) const override;

 private:
  std::shared_ptr<const host::RecoveryHandle> handle_;
};

// A verdict that cannot be used, for whatever reason, is no opinion.
class PluginValidator final : public pipeline::Validator {
 public:
  explicit PluginValidator(std::shared_ptr<const host::ValidatorHandle> handle)
      : handle_(std::move(handle)) {}
  std::string_view name() const override { return handle_->id(); }
  std::optional<pipeline::Verdict> validate(const pipeline::Parsed& parsed, std::string_view raw,
                                            std::string_view context) const override;

 private:
  std::shared_ptr<const host::ValidatorHandle> handle_;
};

}  // namespace dugout::orchestrator
