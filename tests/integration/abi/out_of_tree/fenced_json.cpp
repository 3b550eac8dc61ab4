// Takes the JSON out of a fenced answer; models like to wrap it in prose.
#include "dugout/sdk/parser.hpp"

namespace {

constexpr std::string_view kOpen = "```json\n";
constexpr std::string_view kClose = "\n```";

class FencedJson final : public dugout::sdk::Parser {
 public:
  explicit FencedJson(std::string_view /*config*/) {}

  // [any]
  dugout::Outcome<std::string> parse(std::string_view raw,
                                     std::string_view /*schema*/) const override {
    const auto open = raw.find(kOpen);
    if (open == raw.npos) return dugout::Error{dugout::Code::kNotApplicable, "no json fence"};
    const auto body = raw.substr(open + kOpen.size());
    const auto close = body.find(kClose);
    if (close == body.npos)
      return dugout::Error{dugout::Code::kTruncated, "json fence is not closed"};
    return std::string(body.substr(0, close));
  }
};

}  // namespace

DUGOUT_PARSER_PLUGIN(FencedJson, "parser.fenced_json")
