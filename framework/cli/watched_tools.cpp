#include "cli/watched_tools.hpp"

namespace dugout::cli {
namespace {

class WatchedTool final : public host::ToolHandle {
 public:
  WatchedTool(std::shared_ptr<const host::ToolHandle> inner, bool fails,
              std::vector<std::string>& ran)
      : inner_(std::move(inner)), fails_(fails), ran_(ran) {}
  std::string_view id() const override { return inner_->id(); }
  const host::ToolDeclaration& declaration() const override { return inner_->declaration(); }
  Outcome<std::string> run(std::string_view args, std::string_view context) const override {
    if (inner_->declaration().check_argument.empty()) ran_.push_back(inner_->declaration().name);
    if (fails_) return Error{Code::kUnavailable, "made to fail by the simulation"};
    return inner_->run(args, context);
  }
  Outcome<std::string> reconcile(std::string_view args, std::string_view context) const override {
    return inner_->reconcile(args, context);
  }

 private:
  std::shared_ptr<const host::ToolHandle> inner_;
  const bool fails_;
  std::vector<std::string>& ran_;
};

}  // namespace

std::shared_ptr<const host::ToolHandle> WatchedTools::tool(std::string_view name) const {
  auto handle = inner_->tool(name);
  if (handle == nullptr) return handle;
  return std::make_shared<WatchedTool>(std::move(handle), failing_ == name, ran_);
}

}  // namespace dugout::cli
