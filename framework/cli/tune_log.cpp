#include "cli/tune_log.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/files.hpp"

namespace dugout::cli {
namespace {

using core::Json;

constexpr std::uintmax_t kLogBytes = 512U << 20;  // in memory at once
constexpr core::JsonLimits kLineLimits{8, 64U << 10};

double number(const Json& line, const char* key, double fallback, double least, double most) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number()) return fallback;
  const auto value = found->get<double>();
  return std::isfinite(value) ? std::clamp(value, least, most) : fallback;
}

bool says_nothing(const Json& line, const std::string& outcome) {
  const auto hedge = line.find("hedge");
  return outcome.empty() || outcome == "cache_hit" || outcome == "cancelled" ||
         outcome == "not_asked" || core::member(line, "target") == "understudy" ||
         (hedge != line.end() && *hedge == true);
}

LoggedTry try_of(const Json& line, const std::string& outcome) {
  LoggedTry one;
  one.attempt = static_cast<int>(number(line, "attempt", 1.0, 1.0, 100.0));
  one.outcome = outcome;
  one.success = outcome == "ok" || outcome == "tool_calls";
  one.took = number(line, "took_ms", 0.0, 0.0, 3.6e6) / 1000.0;
  one.waited = number(line, "waited_ms", 0.0, 0.0, 3.6e6) / 1000.0;
  one.cost = number(line, "cost", 0.0, 0.0, 1e6);
  return one;
}

void begin(LoggedCall& call, const Json& line) {
  call.at_ms = static_cast<std::int64_t>(number(line, "at_ms", 0.0, 0.0, 4e12));
  call.call_type = core::member(line, "call_type");
  call.agent = core::member(line, "agent");
  call.options = {static_cast<int>(number(line, "max_retries", 3.0, 0.0, 10.0)),
                  number(line, "base_delay", 1.0, 0.0, 60.0),
                  number(line, "multiplier", 2.0, 1.0, 10.0)};
  for (const char* key : {"call_type", "messages", "routine", "recent_success_rate",
                          "recent_latency", "hour", "weekday"}) {
    if (const auto found = line.find(key); found != line.end()) call.situation[key] = *found;
  }
}

std::vector<std::string> files_in(const std::string& data) {
  std::vector<std::string> files;
  core::for_each_entry(data + "/attempts", [&](const std::filesystem::path& path) {
    if (path.filename().string().rfind("attempts", 0) == 0 && path.extension() == ".jsonl") {
      files.push_back(path.string());
    }
  });
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Outcome<std::string> read_attempt_logs(std::vector<std::string> files, const std::string& data) {
  if (files.empty()) files = files_in(data);
  if (files.empty()) {
    return Error{Code::kNotFound, "there is no attempt log in " + data +
                                      "/attempts yet; name files with --log, or try "
                                      "`dugout tune simulate`"};
  }
  std::string text;
  for (const auto& name : files) {
    std::error_code error;
    const auto size = std::filesystem::file_size(name, error);
    std::ifstream file(name, std::ios::binary);
    if (error || !file) return Error{Code::kNotFound, name + ": cannot be read"};
    if (text.size() + size > kLogBytes) {
      return Error{Code::kInvalid, name + ": the files are larger than " +
                                       std::to_string(kLogBytes >> 20) +
                                       " MiB together; name the latest ones with --log"};
    }
    text.append(std::istreambuf_iterator<char>(file), {});
    if (!text.empty() && text.back() != '\n') text += '\n';
  }
  return text;
}

std::vector<LoggedCall> calls_of(std::string_view text) {
  std::map<std::string, LoggedCall> calls;
  for (std::size_t at = 0; !text.empty(); ++at) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const auto raw = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    const auto line = core::parse_json(raw, kLineLimits);
    if (!line || !line->is_object()) continue;
    const auto outcome = core::member(*line, "outcome");
    if (says_nothing(*line, outcome)) continue;
    const auto turn = core::member(*line, "turn", "#" + std::to_string(at));
    auto& call = calls[turn + "#" + line->value("call", Json(1)).dump()];
    if (call.tries.empty()) begin(call, *line);
    call.tries.push_back(try_of(*line, outcome));
    call.lines.push_back(raw);
  }
  std::vector<LoggedCall> all;
  for (auto& [key, call] : calls) {
    std::stable_sort(call.tries.begin(), call.tries.end(),
                     [](const auto& a, const auto& b) { return a.attempt < b.attempt; });
    all.push_back(std::move(call));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  return all;
}

}  // namespace dugout::cli
