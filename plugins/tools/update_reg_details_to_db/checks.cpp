#include "checks.hpp"

#include <algorithm>
#include <variant>

#include "fields.hpp"
#include "uk/postcode.hpp"

namespace registration {
namespace {

using nlohmann::json;

struct Reason {
  std::string text;
};
using Verdict = std::variant<std::string, Reason>;  // the normal form, or why there is none

Verdict or_else(std::string value, const char* reason) {
  if (value.empty()) return Reason{reason};
  return value;
}

Verdict choice(std::string_view choices, const std::string& value) {
  for (std::size_t from = 0; from < choices.size();) {
    const auto bar = std::min(choices.find('|', from), choices.size());
    const auto one = choices.substr(from, bar - from);
    if (lower(one) == lower(value)) return std::string(one);
    from = bar + 1;
  }
  return Reason{"must be one of " + std::string(choices)};
}

Verdict text(const Field& field, const std::string& value) {
  const auto size = length(value);
  if (size >= field.min && size <= field.max) return value;
  return Reason{"must have " + std::to_string(field.min) + " to " + std::to_string(field.max) +
                " characters"};
}

Verdict date(const std::string& value, const Date& today) {
  const auto found = date_of(value);
  if (!found.real()) return Reason{"is not a real date in the form DD-MM-YYYY"};
  if (found.year < 1900) return Reason{"is before 1900"};
  if (found.after(today)) return Reason{"is in the future"};
  return value;
}

// The day is checked as one; of the clock's part only its form counts.
Verdict time(const std::string& value, const Date& today) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  bool formed = value.size() == kForm.size();
  for (std::size_t at = 0; formed && at < kForm.size(); ++at) {
    const bool digit = value[at] >= '0' && value[at] <= '9';
    formed = kForm[at] == 'd' ? digit : value[at] == kForm[at];
  }
  if (!formed) return Reason{"is no UTC time such as 2025-10-01T12:00:00Z"};
  const auto day = value.substr(8, 2) + "-" + value.substr(5, 2) + "-" + value.substr(0, 4);
  const auto found = date(day, today);
  if (std::holds_alternative<Reason>(found)) return found;
  return value;
}

Verdict age(const std::string& value) {
  const auto small = lower(value);
  const bool digits = std::all_of(small.begin() + (small.empty() ? 0 : 1), small.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  const bool under = small.size() >= 2 && small.size() <= 3 && small[0] == 'u' && digits;
  return or_else(under || small == "open" ? small : std::string{}, "must be like u10, or open");
}

Verdict payment_day(const std::string& value) {
  if (value == "-1") return value;
  const bool digits =
      !value.empty() && value.size() <= 2 &&
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  const int day = digits ? std::stoi(value) : 0;
  return or_else(day >= 1 && day <= 31 ? std::to_string(day) : std::string{},
                 "must be 1 to 31, or -1 for the last day of the month");
}

Verdict verdict(const Field& field, const std::string& value, const Date& today) {
  switch (field.kind) {
    case Kind::kText:
      return text(field, value);
    case Kind::kChoice:
      return choice(field.choices, value);
    case Kind::kDate:
      return date(value, today);
    case Kind::kTime:
      return time(value, today);
    case Kind::kAge:
      return age(value);
    case Kind::kMobile:
      return or_else(mobile_of(value), "is not a UK mobile number");
    case Kind::kEmail:
      return or_else(email_of(value), "is not an email address");
    case Kind::kPostcode:
      return or_else(uk::postcode_of(value), "is not a full UK postcode");
    case Kind::kMoney:
      return or_else(pounds_of(value), "is not an amount in pounds");
    case Kind::kDay:
      return payment_day(value);
    case Kind::kSetLater:
      return Reason{"is set by update_kit_details_to_db only"};
    case Kind::kComputed:
      break;
  }
  return value;
}

std::string value_of(const json& args, std::string_view name) {
  const auto found = args.find(std::string(name));
  if (found == args.end() || found->is_null()) return {};
  return tidy(found->is_string() ? found->get<std::string>() : found->dump());
}

bool is_sixteen_or_more(const std::string& age_group) {
  return age_group == "open" || (age_group.size() > 1 && std::stoi(age_group.substr(1)) >= 16);
}

// A contact of the player's own: needed from 16, and never the parent's.
void check_contact(Checked& checked, const char* own, const char* parents, bool needed) {
  auto& [record, problems] = checked;
  if (problems.contains(own)) return;
  if (!record.contains(own)) {
    if (needed) problems[own] = "is missing: players of 16 and over have their own";
  } else if (record[own] == record.value(parents, "")) {
    problems[own] = "must differ from the parent's";
  }
}

void check_together(Checked& checked, const std::string& season) {
  auto& [record, problems] = checked;
  const auto age_group = record.value("age_group", "");
  const bool older = !age_group.empty() && is_sixteen_or_more(age_group);
  check_contact(checked, "player_telephone", "parent_telephone", older);
  check_contact(checked, "player_email", "parent_email", older);
  if (record.contains("season") && record["season"] != season) {
    problems["season"] = "must be " + season;
  }
  constexpr const char* kMedical = "description_of_player_medical_issues";
  const auto medical = record.value("player_has_any_medical_issues", "");
  if (medical == "Y" && !record.contains(kMedical) && !problems.contains(kMedical)) {
    problems[kMedical] = "is missing although there are medical issues";
  }
  if (medical == "N") record.erase(kMedical);  // no health data that nobody claims any more
}

}  // namespace

Checked check(const json& args, const Date& today, const std::string& season) {
  Checked out;
  for (const auto& field : fields()) {
    if (field.kind == Kind::kComputed) continue;
    const std::string name(field.name);
    const auto value = value_of(args, field.name);
    if (value.empty()) {
      if (field.required) out.problems[name] = "is missing";
      continue;
    }
    auto found = verdict(field, value, today);
    if (const auto* reason = std::get_if<Reason>(&found)) {
      out.problems[name] = reason->text;
    } else {
      out.record[name] = std::get<std::string>(std::move(found));
    }
  }
  check_together(out, season);
  return out;
}

}  // namespace registration
