// JSON bodies of /chat and /batch: refused with a status and a pointer, or read.
#include <nlohmann/json.hpp>

#include "http/batch_body.hpp"
#include "http/chat_body.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;

namespace {

void check(const http::Problem& problem) {
  require(problem.status >= 400 && problem.status < 500, "it is the client's");
  require(!problem.title.empty() && !problem.detail.empty(), "and says what");
}

void check(const http::BatchEntry& entry) {
  if (entry.problem) check(*entry.problem);
  const auto line = http::result_line(entry, Error{Code::kUnavailable, "no"});
  require(core::parse_json(line).ok() && line.find('\n') == line.npos,
          "a result is a line of JSON");
}

}  // namespace

FUZZ_TARGET(chat_body) {
  constexpr std::size_t kMost = 20;
  if (const auto body = core::parse_json(input)) {
    const auto problem = http::check_chat(*body);
    if (problem) {
      check(*problem);
    } else {
      require(http::chat_request(*body).user_message == (*body)["user_message"], "it is read");
    }
  }
  for (auto* read : {&http::read_batch, &http::read_batch_lines}) {
    http::BatchBody batch;
    const auto problem = read(input, kMost, batch);
    if (problem) {
      check(*problem);
      continue;
    }
    require(batch.entries.size() <= kMost, "a batch has its size");
    require(!batch.concurrency || *batch.concurrency > 0, "and works at something at once");
    for (const auto& entry : batch.entries) check(entry);
  }
  http::read_concurrency(input);
}
