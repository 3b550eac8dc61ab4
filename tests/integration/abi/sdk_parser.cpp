// A parser on the C++ SDK, built several times over: with clang and libc++, with the checked
// containers of libstdc++. It passes strings and vectors about so that a layout that leaked across
// the boundary would show.
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "dugout/sdk/parser.hpp"

namespace {

class Words final : public dugout::sdk::Parser {
 public:
  explicit Words(std::string_view config) : config_(config) {}

  dugout::Outcome<std::string> parse(std::string_view raw,
                                     std::string_view /*schema*/) const override {
    if (raw == "throw") throw std::runtime_error("thrown on purpose");
    if (raw.empty()) return dugout::Error{dugout::Code::kEmpty, "nothing there"};
    std::map<std::string, std::vector<std::string>> seen;
    seen["all"].push_back(dugout::sdk::json_escape(raw.substr(0, 2).substr(0, raw[0] < 0 ? 0 : 2)));
    return "{\"agent_final_response\":\"" ABI_BUILD "\",\"metadata\":{\"words\":" +
           std::to_string(seen["all"].size()) + "}}";
  }

 private:
  std::string config_;
};

}  // namespace

DUGOUT_PARSER_PLUGIN(Words, ABI_ID)
