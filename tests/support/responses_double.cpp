#include "support/responses_double.hpp"

#include <array>
#include <utility>

#include "support/model_play.hpp"

namespace dugout::test {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Fault>, 20> kFaults{{
    {"none", Fault::kNone},
    {"rate_limit", Fault::kRateLimit},
    {"server_error", Fault::kServerError500},
    {"overloaded", Fault::kOverloaded503},
    {"timeout", Fault::kTimeout},
    {"reset_mid_body", Fault::kResetMidBody},
    {"context_length", Fault::kContextLength},
    {"insufficient_quota", Fault::kInsufficientQuota},
    {"html", Fault::kHtml},
    {"empty_204", Fault::kEmpty204},
    {"wrong_content_type", Fault::kWrongContentType},
    {"truncated_body", Fault::kTruncatedBody},
    {"huge_50mb", Fault::kHuge50MB},
    {"truncated_json", Fault::kTruncatedJson},
    {"prose", Fault::kProse},
    {"fence", Fault::kFence},
    {"missing_field", Fault::kMissingField},
    {"wrong_routine", Fault::kWrongRoutine},
    {"refusal", Fault::kRefusal},
    {"incomplete", Fault::kIncomplete},
}};

}  // namespace

std::optional<Fault> fault_named(std::string_view name) {
  for (const auto& [known, fault] : kFaults) {
    if (known == name) return fault;
  }
  return std::nullopt;
}

std::vector<std::string_view> fault_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, fault] : kFaults) names.push_back(name);
  return names;
}

ResponsesDouble::ResponsesDouble(Script script, std::uint16_t port)
    : script_(std::move(script)),
      server_([this](const DoubleRequest& request) { return answer(request); }, port) {}

void ResponsesDouble::fail_next(Fault fault, int times, int retry_after_ms) {
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < times; ++i) planned_.push_back({fault, retry_after_ms});
}

void ResponsesDouble::fail_model(const std::string& model, Fault fault, int retry_after_ms) {
  const std::lock_guard lock(mutex_);
  by_model_[model] = {fault, retry_after_ms};
}

int ResponsesDouble::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(requests_.size());
}

int ResponsesDouble::count_of(const std::string& model) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(model);
  return found == counts_.end() ? 0 : found->second;
}

int ResponsesDouble::tool_calls() const {
  const std::lock_guard lock(mutex_);
  return tool_calls_;
}

std::vector<json> ResponsesDouble::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

DoubleReply ResponsesDouble::answer(const DoubleRequest& request) {
  const bool known = request.path == "/v1/responses" || request.path == "/v1/chat/completions";
  if (!known || request.method != "POST") {
    return error_reply(404, "not_found", "invalid_request_error", "Unknown path.");
  }
  const auto body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) {
    return error_reply(400, "invalid_json", "invalid_request_error", "The body is no JSON object.");
  }
  const std::lock_guard lock(mutex_);
  const auto model = body.value("model", "");
  requests_.push_back(body);
  ++counts_[model];
  const auto planned = next_fault(model);
  const auto asked = read_asked(body);
  const auto played = play(asked, script_ ? script_(body) : std::nullopt, planned.fault);
  const int id = next_id_++;
  const auto sound = body_of(asked, played, model, id);
  if (auto fault = http_fault(planned.fault, planned.retry_after_ms, sound)) return *fault;
  tool_calls_ += static_cast<int>(played.calls.size());
  return DoubleReply::json(200, sound);
}

ResponsesDouble::Planned ResponsesDouble::next_fault(const std::string& model) {
  const auto always = by_model_.find(model);
  if (always != by_model_.end() && always->second.fault != Fault::kNone) return always->second;
  if (planned_.empty()) return {};
  const auto planned = planned_.front();
  planned_.pop_front();
  return planned;
}

}  // namespace dugout::test
