// What a plugin puts with an error: anything. The first byte is the status.
#include "host/answer.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(plugin_answer) {
  if (input.empty()) return;
  host::CappedSink sink;
  for (std::size_t at = 1; at < input.size(); at += 1000) {
    const auto piece = input.substr(at, 1000);
    sink.put(&sink, {piece.data(), piece.size()});
  }
  require(sink.text == input.substr(1), "what is put is kept");
  const auto error = host::error_from("tool.t", static_cast<signed char>(input.front()), sink.text);
  require(error.code != Code::kOk, "an error is one");
  require(!error.message.empty() && error.message.size() <= 1000, "with a short reason");
  require(core::is_utf8(error.message), "that can be shown");
  require(error.detail.empty() || core::parse_json(error.detail).ok(), "its detail is JSON");
}
