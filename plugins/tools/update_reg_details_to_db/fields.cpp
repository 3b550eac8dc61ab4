#include "fields.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace registration {
namespace {

using nlohmann::json;

constexpr std::string_view kYesNo = "Y|N";
constexpr std::string_view kSizes = "5/6|7/8|9/10|11/12|13/14|S|M|L|XL|2XL|3XL";

constexpr std::array kFields{
    Field{"player_first_name", Kind::kText, true},
    Field{"player_last_name", Kind::kText, true},
    Field{"player_full_name", Kind::kComputed, false, 1, 101},
    Field{"player_dob", Kind::kDate, true},
    Field{"player_gender", Kind::kChoice, true, 1, 50, "Male|Female|Not Disclosed"},
    Field{"age_group", Kind::kAge, true},
    Field{"team", Kind::kText, true, 1, 20},
    Field{"player_has_any_medical_issues", Kind::kChoice, true, 1, 1, kYesNo},
    Field{"description_of_player_medical_issues", Kind::kText, false, 1, 500},
    Field{"played_for_urmston_town_last_season", Kind::kChoice, true, 1, 1, kYesNo},
    Field{"previous_team_name", Kind::kText, false, 1, 100},
    Field{"parent_first_name", Kind::kText, true},
    Field{"parent_last_name", Kind::kText, true},
    Field{"parent_full_name", Kind::kComputed, false, 1, 101},
    Field{"parent_relationship_to_player", Kind::kChoice, true, 1, 50,
          "Mother|Father|Guardian|Other"},
    Field{"parent_telephone", Kind::kMobile, true},
    Field{"parent_email", Kind::kEmail, true},
    Field{"communication_consent", Kind::kChoice, true, 1, 1, kYesNo},
    Field{"consent_text_version", Kind::kText, false, 1, 20},
    Field{"consent_given_at", Kind::kTime},
    Field{"parent_dob", Kind::kDate, true},
    Field{"parent_post_code", Kind::kPostcode, true},
    Field{"parent_house_number", Kind::kText, true, 1, 20},
    Field{"parent_full_address", Kind::kText, true, 10, 200},
    Field{"parent_address_line_1", Kind::kText, true, 1, 100},
    Field{"parent_town", Kind::kText, true},
    Field{"parent_city", Kind::kText, true},
    Field{"player_post_code", Kind::kPostcode},
    Field{"player_house_number", Kind::kText, false, 1, 20},
    Field{"player_full_address", Kind::kText, false, 10, 200},
    Field{"player_address_line_1", Kind::kText, false, 1, 100},
    Field{"player_town", Kind::kText},
    Field{"player_city", Kind::kText},
    Field{"player_telephone", Kind::kMobile},
    Field{"player_email", Kind::kEmail},
    Field{"registree_role", Kind::kChoice, false, 1, 50, "Parent|Player|Other"},
    Field{"registration_type", Kind::kChoice, true, 1, 3, "100|200"},
    Field{"season", Kind::kText, true, 4, 4},
    Field{"registration_code", Kind::kText, true, 1, 200},
    Field{"billing_request_id", Kind::kText, true, 10, 50},
    Field{"preferred_payment_day", Kind::kDay, true},
    Field{"signing_on_fee_amount", Kind::kMoney},
    Field{"monthly_subscription_amount", Kind::kMoney},
    Field{"signing_on_fee_paid", Kind::kChoice, false, 1, 1, "N", true},
    Field{"mandate_authorised", Kind::kChoice, false, 1, 1, "N", true},
    Field{"subscription_activated", Kind::kChoice, false, 1, 1, "N", true},
    Field{"registration_status", Kind::kChoice, false, 1, 20, "pending_payment", true},
    Field{"payment_follow_up_count", Kind::kChoice, false, 1, 1, "0", true},
    Field{"new_kit_required", Kind::kChoice, false, 1, 1, kYesNo, true},
    Field{"kit_type_required", Kind::kChoice, false, 1, 50, "Goalkeeper|Outfield", true},
    Field{"kit_size", Kind::kChoice, false, 1, 50, kSizes, true},
    Field{"shirt_number", Kind::kSetLater, false, 1, 2, {}, true},
};

std::string hint(const Field& field) {
  switch (field.kind) {
    case Kind::kText:
      return std::to_string(field.min) + " to " + std::to_string(field.max) + " characters";
    case Kind::kChoice:
      return "one of " + std::string(field.choices);
    case Kind::kDate:
      return "DD-MM-YYYY";
    case Kind::kTime:
      return "a UTC time such as 2025-10-01T12:00:00Z";
    case Kind::kAge:
      return "u and one or two digits, or open";
    case Kind::kMobile:
      return "a UK mobile, 07...";
    case Kind::kEmail:
      return "an email address";
    case Kind::kPostcode:
      return "a UK postcode";
    case Kind::kMoney:
      return "pounds";
    case Kind::kDay:
      return "1 to 31, or -1 for the last day of the month";
    case Kind::kSetLater:
      return "leave empty: update_kit_details_to_db sets it";
    case Kind::kComputed:
      return "ignored: computed from first and last name";
  }
  return {};
}

// The limits are no keywords of the schema on purpose: the tool itself then names every field that
// is wrong at once, where a schema check stops at the first.
json argument(const Field& field) {
  auto types = json::array({"string"});
  if (field.kind == Kind::kDay || field.choices == "0") types.push_back("integer");
  if (field.kind == Kind::kMoney) types.push_back("number");
  if (!field.required) types.push_back("null");
  return {{"type", types.size() == 1 ? types[0] : types}, {"description", hint(field)}};
}

}  // namespace

std::span<const Field> fields() {
  return kFields;
}

std::string declaration() {
  json properties = json::object(), required = json::array();
  for (const auto& field : kFields) {
    properties[std::string(field.name)] = argument(field);
    if (field.required) required.push_back(field.name);
  }
  properties["record_id"] = {{"type", {"string", "null"}},
                             {"description", "the stored registration that is corrected"}};
  const json text{{"type", "string"}};
  return json{
      {"name", "update_reg_details_to_db"},
      {"description", "Checks a whole registration and stores it, once per player and season."},
      {"arguments",
       {{"type", "object"},
        {"additionalProperties", false},
        {"required", required},
        {"properties", properties}}},
      {"result",
       {{"type", "object"},
        {"required", {"record_id", "registration_status"}},
        {"properties",
         {{"record_id", text},
          {"registration_status", text},
          {"player_name", text},
          {"team", text},
          {"age_group", text},
          {"billing_request_id", text},
          {"registration_code", text}}}}},
      {"timeout_ms", 10000}}
      .dump();
}

}  // namespace registration
