#include "http/sample_values.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::http {
namespace {

using routines::FieldType;

struct Sample {
  std::string_view part;          // of the name
  std::string_view child, grown;  // for names that speak of the player, and for all others
};

// The first whose part stands in the name; so the longer ones come first.
constexpr std::array<Sample, 42> kSamples = {{
    {"registration_code", "200-lions-u9-2526", "200-lions-u9-2526"},
    {"registration_type", "new", "new"},
    {"correction_field", "parent_email", "parent_email"},
    {"correction_label", "email", "email"},
    {"correction_value", "grace@example.org", "grace@example.org"},
    {"description_of_player_medical", "Asthma", "Asthma"},
    {"medical_shown", "Asthma", "Asthma"},
    {"medical", "Y", "Y"},
    {"played_for", "Y", "Y"},
    {"consent_text_version", "1", "1"},
    {"consent", "Y", "Y"},
    {"first_name", "Maya", "Grace"},
    {"last_name", "Okafor", "Okafor"},
    {"team_name", "Flixton Juniors", "Flixton Juniors"},
    {"full_name", "Maya Okafor", "Grace Okafor"},
    {"mobile_shown", "07700 900 456", "07700 900 123"},
    {"telephone", "07700900456", "07700900123"},
    {"mobile", "07700900456", "07700900123"},
    {"phone", "07700900456", "07700900123"},
    {"email", "maya@example.org", "grace@example.org"},
    {"post_code", "M99 1AB", "M99 1AB"},
    {"postcode", "M99 1AB", "M99 1AB"},
    {"house_number", "14", "14"},
    {"address_line_1", "14 Example Road", "14 Example Road"},
    {"address", "14 Example Road, Urmston, M99 1AB", "14 Example Road, Urmston, M99 1AB"},
    {"town", "Urmston", "Urmston"},
    {"city", "Manchester", "Manchester"},
    {"age_group", "u9", "u9"},
    {"team", "lions", "lions"},
    {"season", "2526", "2526"},
    {"relationship", "Mother", "Mother"},
    {"gender", "Female", "Female"},
    {"signing_on_fee", "45", "45"},
    {"amount", "27.50", "27.50"},
    {"payment_day", "15", "15"},
    {"link", "https://example.org/link", "https://example.org/link"},
    {"note", "Thank you, the picture is clear.", "Thank you, the picture is clear."},
    {"free_numbers", "4, 7, 11", "4, 7, 11"},
    {"shirt_number", "7", "7"},
    {"kit_size", "7-8", "7-8"},
    {"record_id", "rec_sample", "rec_sample"},
    {"billing_request", "BRQ_sample", "BRQ_sample"},
}};

constexpr std::array<std::string_view, 2> kOfChild = {"player", "child"};
constexpr std::array<std::string_view, 3> kDates = {"dob", "birth", "date"};

template <std::size_t N>
bool speaks_of(std::string_view name, const std::array<std::string_view, N>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](auto part) { return name.find(part) != name.npos; });
}

std::optional<std::string> sample_by_name(std::string_view name) {
  const bool child = speaks_of(name, kOfChild);
  for (const auto& sample : kSamples) {
    if (name.find(sample.part) == name.npos) continue;
    return std::string(child ? sample.child : sample.grown);
  }
  return std::nullopt;
}

// A day of somebody of that age.
std::string sample_birth(core::WallTime today, int age) {
  auto date = sdk::date_of_unix_ms(today.time_since_epoch().count());
  date.year -= age + 1;
  date.month = 5;
  date.day = 14;
  return sdk::day_first(date);
}

int sample_age(const routines::Field& field) {
  if (field.min_age && field.max_age) return (*field.min_age + *field.max_age) / 2;
  return speaks_of(field.name, kOfChild) ? 8 : 38;
}

std::string sample_number(const routines::Field& field) {
  const auto least = field.min.value_or(1);
  return std::to_string(field.max ? least + (*field.max - least) / 2 : least);
}

// What the people of the samples would choose, when it can be chosen.
std::optional<std::string> sample_choice(const routines::Field& field) {
  if (field.values.empty()) return std::nullopt;
  const auto wanted = sample_by_name(field.name);
  const bool offered = std::any_of(field.values.begin(), field.values.end(),
                                   [&](const auto& one) { return wanted == one.value; });
  return offered ? *wanted : field.values.front().value;
}

std::string in_brackets(std::string_view name) {
  return "[" + core::replace_all(std::string(name), "_", " ") + "]";
}

}  // namespace

std::optional<std::string> SampleValues::by_field(const routines::Field& field) const {
  switch (field.type) {
    case FieldType::kYesNo:
      return "Y";
    case FieldType::kChoice:
      return sample_choice(field);
    case FieldType::kInteger:
      return sample_number(field);
    case FieldType::kDate:
      return sample_birth(today_, sample_age(field));
    case FieldType::kFile:
      return "photo.jpg";
    case FieldType::kText:
    case FieldType::kCheck:
    case FieldType::kCorrection:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> SampleValues::get(std::string_view name) const {
  if (const auto setting = settings_.find(std::string(name)); setting != settings_.end()) {
    return setting->second;
  }
  // A property is read from the value before it; the time of the turn is no field.
  if (name.find('.') != name.npos || name == routines::kNow) return std::nullopt;
  const auto* field = flow_.field(std::string(name));
  if (field != nullptr) {
    if (auto value = by_field(*field)) return value;
  }
  if (auto value = sample_by_name(name)) return value;
  if (speaks_of(name, kDates)) return sample_birth(today_, speaks_of(name, kOfChild) ? 8 : 38);
  return in_brackets(field != nullptr && !field->label.empty() ? std::string_view(field->label)
                                                               : name);
}

}  // namespace dugout::http
