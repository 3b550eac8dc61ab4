// Finds the object with `agent_final_response` in a model's answer: as it stands, in a fence, in
// surrounding prose, or after repair. Never completes an answer that was cut off.
#include <optional>

#include "answer.hpp"
#include "dugout/sdk/parser.hpp"
#include "repair.hpp"

namespace structured {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;

constexpr std::size_t kLargest = std::size_t{1} << 20;
constexpr int kStarts = 32;  // opening brackets that are tried; each may cost a pass over the text
constexpr std::string_view kFence = "```";

// The content of the last fenced block, without its language word. An unclosed one reaches to the
// end: whether the object in it is whole decides the reader.
std::optional<std::string_view> last_fence(std::string_view text) {
  std::optional<std::string_view> found;
  for (auto open = text.find(kFence); open != text.npos;) {
    const auto start = open + kFence.size();
    const auto close = text.find(kFence, start);
    found = text.substr(start, close == text.npos ? close : close - start);
    if (close == text.npos) break;
    open = text.find(kFence, close + kFence.size());
  }
  if (!found) return std::nullopt;
  const auto body = found->find_first_of("{[ \t\r\n");
  return body == found->npos ? *found : stripped(found->substr(body));
}

bool opens_json(std::string_view text) {
  return !text.empty() && (text.front() == '{' || text.front() == '[');
}

// Tries one opening bracket after the other. An error of this search: kTruncated at once, else that
// of the object that came closest.
Outcome<std::string> search(std::string_view text) {
  Error closest{Code::kMalformed, "the text is not JSON, even after repair"};
  auto at = opens_json(text) ? std::size_t{0} : text.find('{');
  for (int start = 0; start < kStarts && at != text.npos; ++start) {
    const auto read = repair(text.substr(at));
    std::size_t from = at + 1;
    if (read.end == Repair::End::kCutOff) return Error{Code::kTruncated, "the JSON is cut off"};
    if (read.end == Repair::End::kComplete) {
      auto answer = strict_answer(read.json, true);
      if (answer) return answer;
      const auto code = answer.error().code;
      if (code == Code::kEmpty || code == Code::kWrongShape) return answer;
      if (code == Code::kMissingField) {
        closest = answer.error();
        from = at + read.consumed;
      }
    }
    at = text.find('{', from);
  }
  return closest;
}

class Structured final : public dugout::sdk::Parser {
 public:
  explicit Structured(std::string_view /*config*/) {}

  // [any]
  Outcome<std::string> parse(std::string_view raw, std::string_view /*schema*/) const override {
    if (raw.size() > kLargest) return Error{Code::kMalformed, "the answer is longer than 1 MiB"};
    const auto text = stripped(raw);
    if (blank(text)) return Error{Code::kEmpty, "the answer is blank"};
    auto strict = strict_answer(text, false);
    if (strict || strict.error().code != Code::kMalformed) return strict;

    const auto fence = last_fence(text);
    if (fence) {
      auto fenced = strict_answer(*fence, true);
      if (!fenced) fenced = search(*fence);
      if (fenced || opens_json(*fence)) return fenced;
    }
    auto found = search(text);
    const bool meant = opens_json(text) || text.find(kMessage) != text.npos;
    if (found || meant) return found;
    return Error{Code::kNotApplicable, "there is no JSON in the answer"};
  }
};

}  // namespace
}  // namespace structured

DUGOUT_PARSER_PLUGIN(structured::Structured, "parser.structured")
