#include "shirts.hpp"

#include <nlohmann/json.hpp>

namespace update_kit {
namespace {

using dugout::Code;
using dugout::Done;
using dugout::Error;
using dugout::Status;
using nlohmann::json;

constexpr int kRounds = 8;  // others may move on between a look and an insert

std::string text_of(const json& row, const char* member) {  // YAML may give 7 as a number
  const auto found = row.find(member);
  if (found == row.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

bool is_of(const json& row, const Shirt& shirt) {
  return text_of(row, "season") == shirt.season &&
         folded(text_of(row, "team")) == folded(shirt.team) &&
         record_age(text_of(row, "age_group")) == shirt.age_group &&
         text_of(row, "shirt_number") == std::to_string(shirt.number);
}

std::string unique_key(const Shirt& shirt, std::size_t edition) {
  const auto key = shirt.season + "|" + folded(shirt.team) + "|" + shirt.age_group + "|" +
                   std::to_string(shirt.number);
  return edition == 1 ? key : key + "|" + std::to_string(edition);
}

Error taken() {
  return Error{Code::kConflict, "the number is taken"};
}

}  // namespace

std::string folded(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string record_age(std::string_view typed) {
  auto age = folded(typed);
  if (age.size() > 2 && age[0] == 'u' && age.back() == 's') age.pop_back();
  return age;
}

Status LocalShirts::claim(const Shirt& shirt, const std::string& record) const {
  const json row{{"season", shirt.season},       {"team", shirt.team},
                 {"age_group", shirt.age_group}, {"shirt_number", std::to_string(shirt.number)},
                 {"record_id", record},          {"released", false}};
  for (int round = 0; round < kRounds; ++round) {
    const auto rows = host_.find_rows("shirts", json{{"age_group", shirt.age_group}}.dump());
    if (!rows) return rows.error();
    std::size_t edition = 1;
    for (const auto& held : json::parse(*rows)) {
      if (!is_of(held, shirt)) continue;
      if (held.value("released", false)) {
        ++edition;
      } else {
        return text_of(held, "record_id") == record ? Status(Done{}) : Status(taken());
      }
    }
    const auto inserted = host_.insert_row("shirts", unique_key(shirt, edition), row.dump());
    if (inserted) return Done{};
    if (inserted.error().code != Code::kConflict) return inserted.error();
    // Somebody was quicker: the next look shows who, or that it was given up again.
  }
  return taken();
}

Status LocalShirts::release_others(const Shirt& kept, const std::string& record) const {
  const auto rows = host_.find_rows("shirts", json{{"record_id", record}}.dump());
  if (!rows) return rows.error();
  for (const auto& held : json::parse(*rows)) {
    if (is_of(held, kept)) continue;
    const auto changed =
        host_.update_row("shirts", text_of(held, "id"), R"({"record_id": null, "released": true})");
    if (!changed) return changed.error();
  }
  return Done{};
}

}  // namespace update_kit
