// Details of people, ids and secrets in a text, found by their form. For texts as core::as_seen()
// makes them. Pure, [any], linear.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::orchestrator {

struct Detail {
  const char* kind;   // "email", "phone", "postcode", "bank", "card" or "id"
  std::string value;  // in one form: however it was written, the same detail is equal
};

std::vector<Detail> details_in(std::string_view seen);

// Those of many texts, to look another one's up in. Single user.
class KnownDetails {
 public:
  void add(std::string_view text);  // any text; cleaned here
  bool has(const Detail& detail) const { return values_.contains(detail.value); }

 private:
  std::set<std::string, std::less<>> values_;
};

// Keys and tokens of services, whoever they belong to.
bool holds_secret(std::string_view seen);

// The text without its emails, whose domains are no links.
std::string without_emails(std::string_view seen);

}  // namespace dugout::orchestrator
