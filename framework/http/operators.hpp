// Who shows a token is found here. The hash of a token costs tens of milliseconds to check, so what
// was right is remembered for a while, under a key of this process. [any]
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "http/access.hpp"

namespace dugout::http {

struct Who {
  std::string name;
  Role role = Role::kAnyone;
};

class Operators {
 public:
  static constexpr auto kRemembered = std::chrono::minutes(10);
  static constexpr std::size_t kMost = 1000;  // that are remembered

  // `admin_token`: of an operator called "admin" who may do all; empty = there is none.
  Operators(std::string_view admin_token, std::vector<OperatorEntry> operators);

  bool any() const { return !operators_.empty(); }
  // In a time that does not tell how much of the token is right.
  std::optional<Who> find(std::string_view token, core::MonoTime now) const;

 private:
  std::optional<std::size_t> check(std::string_view token) const;

  std::vector<OperatorEntry> operators_;
  const std::string key_;
  struct Known {
    std::size_t at = 0;
    core::MonoTime until{};
  };
  mutable std::mutex mutex_;                    // guards known_
  mutable std::map<std::string, Known> known_;  // by the token's keyed digest
  mutable std::mutex checking_;  // one hash at a time: wrong tokens never take all processors
};

}  // namespace dugout::http
