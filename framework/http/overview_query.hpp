// What the overviews of operators have in common: who may ask, how many at once, and parameters
// that are refused by their name. [worker]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/endpoints.hpp"

namespace dugout::http {

// Let in while it lives: an operator, when the server keeps a store, and not too many at once, as
// each waits for the one reader that overviews have. Whoever is not let in is answered.
class OverviewGate {
 public:
  OverviewGate(Service& service, Exchange& exchange);
  ~OverviewGate();
  OverviewGate(const OverviewGate&) = delete;
  OverviewGate& operator=(const OverviewGate&) = delete;
  bool admitted() const { return admitted_; }

 private:
  Service& service_;
  bool counted_ = false, admitted_ = false;
};

// Reads the parameters of one request; the first that is wrong is kept.
class OverviewQuery {
 public:
  explicit OverviewQuery(const Exchange& exchange) : exchange_(exchange) {}

  std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most,
                      std::int64_t otherwise);
  bool truth(std::string_view name);  // true, 1, false, 0; absent = false
  std::string text(std::string_view name) const { return exchange_.query(name).value_or(""); }
  void refuse(std::string_view name, const std::string& wanted);

  // A parameter was wrong, and that is answered.
  bool refused(Service& service, Exchange& exchange) const;

 private:
  const Exchange& exchange_;
  std::optional<Problem> wrong_;
};

// An error of the store; "send the message again" would be no help here.
Problem overview_problem(const Error& error);

// "2025-10-01T12:00:00Z"
std::string overview_time(std::int64_t unix_ms);
std::int64_t overview_now(Service& service);

// Sessions that changed last before this have stopped, by the parameter `hours`.
std::int64_t stopped_before(Service& service, OverviewQuery& query);
inline constexpr std::int64_t kStoppedHours = 24;

}  // namespace dugout::http
