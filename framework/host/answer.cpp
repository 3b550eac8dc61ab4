#include "host/answer.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"

namespace dugout::host {
namespace {

constexpr std::size_t kMaxMessage = 1000;  // bytes; it ends in logs and findings

std::string detail_of(const core::Json& body) {
  auto detail = body.value("detail", core::Json());
  const auto wait = body.find("retry_after_ms");
  if (wait != body.end() && wait->is_number() && (detail.is_null() || detail.is_object())) {
    detail["retry_after_ms"] = *wait;
  }
  return detail.is_null() ? std::string{} : core::canonical(detail);
}

}  // namespace

void CappedSink::append(dugout_sink* self, dugout_text piece) noexcept {
  auto& sink = *static_cast<CappedSink*>(self);
  if (piece.data == nullptr || piece.size == 0 || sink.too_large) return;
  if (piece.size > kMaxAnswer - sink.text.size()) {
    sink.too_large = true;
    return;
  }
  try {
    sink.text.append(piece.data, piece.size);
  } catch (...) {  // no memory: the same to the caller
    sink.too_large = true;
  }
}

Error error_from(const std::string& plugin, dugout_status status, std::string_view body) {
  auto code = code_of(status);
  if (code == Code::kOk) code = Code::kInternal;
  const auto parsed = core::parse_json(body);
  std::string message, detail;
  if (parsed && parsed->is_object()) {
    message = core::clip(core::member(*parsed, "message"), kMaxMessage);
    detail = detail_of(*parsed);
  }
  if (message.empty()) {
    message = plugin + " gave no reason (status " + std::to_string(status) + ")";
  }
  return Error{code, std::move(message), std::move(detail)};
}

}  // namespace dugout::host
