#include "http/batch_body.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "http/chat_body.hpp"
#include "http/upload_job.hpp"

namespace dugout::http {
namespace {

using core::Json;

constexpr std::size_t kLongestId = 128;  // bytes

Problem too_many(std::size_t most) {
  return problem_at(413, "Too many calls", "/calls",
                    "A batch may have at most " + std::to_string(most) + " calls; send several.");
}

// The id of a call, as it goes into the result; false when it is none.
bool take_id(const Json& call, std::string& id) {
  const auto found = call.find("id");
  if (found == call.end() || found->is_null()) return true;
  const bool text = found->is_string() && found->get_ref<const std::string&>().size() <= kLongestId;
  if (!text && !found->is_number_integer()) return false;
  id = core::canonical(*found);
  return true;
}

Json head(const BatchEntry& entry, int status) {
  Json out{{"index", entry.index}, {"status", status}};
  if (!entry.id.empty()) out["id"] = Json::parse(entry.id);
  return out;
}

// The place within the line is the parser's, the number of the line ours.
std::string in_line(const std::string& message, std::size_t line) {
  constexpr std::string_view kFirst = "line 1,";
  if (message.rfind(kFirst, 0) != 0) return message;
  return "line " + std::to_string(line) + "," + message.substr(kFirst.size());
}

std::optional<Problem> take_concurrency(const Json& body, std::optional<int>& out) {
  const auto found = body.find("concurrency");
  if (found == body.end() || found->is_null()) return std::nullopt;
  if (found->is_number_integer()) out = read_concurrency(found->dump());
  if (out) return std::nullopt;
  return bad_concurrency();
}

}  // namespace

BatchEntry read_entry(const Json& call, std::size_t index, const std::string& at) {
  BatchEntry entry;
  entry.index = index;
  entry.problem = check_chat(call, at);
  if (call.is_object() && !take_id(call, entry.id) && !entry.problem) {
    entry.problem = problem_at(422, "A member has the wrong type", at + "/id",
                               "id must be a text of at most 128 bytes, or an integer.");
  }
  if (entry.problem) return entry;
  entry.request = chat_request(call);
  entry.session_token = core::member(call, "session_token");
  return entry;
}

BatchEntry read_line(std::string_view text, std::size_t index, std::size_t line) {
  BatchEntry entry;
  if (const auto call = core::parse_json(text)) {
    entry = read_entry(*call, index);
  } else {
    entry.problem = problem_at(400, "Malformed JSON", "", in_line(call.error().message, line));
  }
  entry.index = index;
  entry.line = line;
  return entry;
}

std::optional<Problem> read_batch(std::string_view text, std::size_t most, BatchBody& out) {
  const auto body = core::parse_json(text);
  if (!body) return problem_at(400, "Malformed JSON", "", body.error().message);
  if (!body->is_object() || !body->contains("calls") || !(*body)["calls"].is_array()) {
    return problem_at(422, "A member is missing", "/calls",
                      "The body must be a JSON object with calls, a list of chat requests.");
  }
  if (auto problem = take_concurrency(*body, out.concurrency)) return problem;
  const auto& calls = (*body)["calls"];
  if (calls.size() > most) return too_many(most);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    out.entries.push_back(read_entry(calls[i], i, "/calls/" + std::to_string(i)));
  }
  return std::nullopt;
}

std::optional<Problem> read_batch_lines(std::string_view text, std::size_t most, BatchBody& out) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto content = core::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty()) continue;
    if (out.entries.size() == most) return too_many(most);
    out.entries.push_back(read_line(content, out.entries.size(), line));
  }
  return std::nullopt;
}

std::optional<int> read_concurrency(std::string_view text) {
  int value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || stop != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    if (text.front() == '-') return std::nullopt;
    return std::numeric_limits<int>::max();
  }
  if (error != std::errc{} || value < 1) return std::nullopt;
  return value;
}

Problem bad_concurrency() {
  return problem_at(422, "A member has the wrong type", "/concurrency",
                    "concurrency must be a whole number from 1 on.");
}

std::string result_line(const BatchEntry& entry, const Outcome<orchestrator::ChatReply>& reply) {
  if (!reply) return problem_line(entry, problem_of(reply.error()));
  auto out = head(entry, 200);
  out["reply"] = Json::parse(reply_json(*reply));
  if (!entry.session_token.empty()) out["reply"]["session_token"] = entry.session_token;
  return core::canonical(out);
}

std::string problem_line(const BatchEntry& entry, const Problem& problem) {
  auto out = head(entry, problem.status);
  if (entry.line != 0) out["line"] = entry.line;
  out["problem"] = Json::parse(problem.json());
  // An accepted message binds the conversation, though nobody could answer it just now.
  if (!entry.session_token.empty()) out["problem"]["session_token"] = entry.session_token;
  if (problem.retry_after) out["retry_after"] = *problem.retry_after;
  return core::canonical(out);
}

}  // namespace dugout::http
