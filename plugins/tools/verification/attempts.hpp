// Counts how often somebody tried to prove that they belong to a player. For tools that compare a
// second factor, so that nobody can go on guessing in another chat or another session. The counts
// are rows of the table verification_attempts and hold no guess and nobody's name, only a hash of
// it: they outlive what `subject erase` removes. Header-only; no plugin itself. [worker]
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/host.hpp"
#include "dugout/sdk/outcome.hpp"
#include "text/fingerprint.hpp"

namespace verification {

inline constexpr auto kTable = "verification_attempts";

struct Limit {
  int tries = 3;
  int window_hours = 24;
};

// The limit in a tool's config: `max_tries`, `window_hours`.
inline Limit limit_of(const nlohmann::json& config) {
  return {config.value("max_tries", 3), config.value("window_hours", 24)};
}

struct Attempt {
  std::string id;
  bool allowed = false;  // false: nothing may be compared
  int left = 0;          // tries after this one, if it fails
};

class Attempts {
 public:
  Attempts(dugout::sdk::Host host, Limit limit) : host_(host), limit_(limit) {}

  // Takes a try BEFORE anything is compared: of many at the same time each sees those that were
  // written before it, so no more than the limit get through.
  // `who`: whom it is about, in the one spelling that all tries for them have.
  dugout::Outcome<Attempt> take(const std::string& who) const {
    const auto now = host_.unix_ms();
    const auto subject = text::long_fingerprint(who);
    const nlohmann::json row{{"subject", subject}, {"at_ms", std::to_string(now)}, {"counts", "Y"}};
    const auto inserted = host_.insert_row(kTable, "", row.dump());
    if (!inserted) return inserted.error();
    const auto rows = host_.find_rows(kTable, nlohmann::json{{"subject", subject}}.dump());
    if (!rows) return rows.error();
    const auto used = counted(nlohmann::json::parse(*rows), now);
    Attempt attempt{nlohmann::json::parse(*inserted).at("id").get<std::string>(),
                    used <= limit_.tries, used < limit_.tries ? limit_.tries - used : 0};
    // A try that was not allowed must not make the wait longer.
    if (!attempt.allowed) forgive(attempt);
    return attempt;
  }

  // It does not count: the details were right, or nothing was compared.
  void forgive(const Attempt& attempt) const {
    // Left counting it harms nobody but the one who tries again.
    (void)host_.update_row(kTable, attempt.id, R"({"counts":"N"})");
  }

 private:
  int counted(const nlohmann::json& rows, std::int64_t now) const {
    const auto since = now - std::int64_t{limit_.window_hours} * 3'600'000;
    int used = 0;
    for (const auto& row : rows) {
      if (row.value("counts", "") == "Y" && std::stoll(row.value("at_ms", "0")) > since) ++used;
    }
    return used;
  }

  dugout::sdk::Host host_;
  Limit limit_;
};

}  // namespace verification
