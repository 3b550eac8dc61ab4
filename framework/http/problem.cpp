#include "http/problem.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::http {

std::string Problem::json() const {
  core::Json out{{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}};
  if (!pointer.empty()) out["errors"] = {{{"pointer", pointer}, {"detail", detail}}};
  if (const auto more = core::parse_json(members); more && more->is_object()) {
    for (const auto& [name, value] : more->items()) out.emplace(name, value);
  }
  return core::canonical(out);
}

Problem problem_at(int status, std::string title, std::string pointer, std::string detail) {
  Problem problem;
  problem.status = status;
  problem.title = std::move(title);
  problem.pointer = std::move(pointer);
  problem.detail = std::move(detail);
  return problem;
}

namespace {

// Whole seconds; who knows when it may help says so in the error's detail.
int retry_after_of(const Error& error) {
  constexpr int kUsual = 5, kMost = 600;
  const auto detail = core::parse_json(error.detail);
  if (!detail || !detail->is_object()) return kUsual;
  const auto found = detail->find("retry_after_s");
  if (found == detail->end() || !found->is_number()) return kUsual;
  return std::clamp(static_cast<int>(found->get<double>()), 1, kMost);
}

}  // namespace

Problem problem_of(const Error& error) {
  Problem problem;
  problem.detail = error.message;
  switch (error.code) {
    case Code::kInvalid: {
      problem.status = 422;
      problem.title = "The request cannot be used";
      const auto detail = core::parse_json(error.detail);
      if (detail) problem.pointer = core::member(*detail, "pointer");
      break;
    }
    case Code::kConflict:
      problem.status = 409;
      problem.title = "The session is busy";
      problem.retry_after = 2;
      break;
    case Code::kUnavailable:
    case Code::kTimeout:
      problem.status = 503;
      problem.title = "Not available just now";
      problem.detail = "Nothing is lost; send the same message again in a moment.";
      problem.retry_after = retry_after_of(error);
      break;
    default:
      problem.title = "Something went wrong on our side";
      problem.detail = "Nothing is lost; send the same message again in a moment.";
  }
  return problem;
}

}  // namespace dugout::http
