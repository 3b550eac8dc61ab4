// What the tests of the stored registration share: two records, and changes to them.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "support/plugin_harness.hpp"

namespace registration_record::test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

inline constexpr const char* kId = "tool.update_reg_details_to_db";

// Run A of the flow: under 16, same address, new to the club.
inline json alfie() {
  return {{"player_first_name", "Alfie"},
          {"player_last_name", "Barlow"},
          {"player_dob", "14-05-2017"},
          {"player_gender", "Male"},
          {"age_group", "u9"},
          {"team", "Lions"},
          {"player_has_any_medical_issues", "N"},
          {"played_for_urmston_town_last_season", "N"},
          {"parent_first_name", "Helen"},
          {"parent_last_name", "Barlow"},
          {"parent_relationship_to_player", "Mother"},
          {"parent_telephone", "07700 900-123"},
          {"parent_email", "Helen.Barlow@Example.org"},
          {"communication_consent", "Y"},
          {"parent_dob", "02-11-1985"},
          {"parent_post_code", "m417qt"},
          {"parent_house_number", "14"},
          {"parent_full_address", "14 Brookfield Rd, Urmston, Manchester M41 7QT, UK"},
          {"parent_address_line_1", "14 Brookfield Rd"},
          {"parent_town", "Urmston"},
          {"parent_city", "Manchester"},
          {"registration_type", "200"},
          {"season", "2526"},
          {"registration_code", "200-lions-u9-2526"},
          {"billing_request_id", "BRQTEST00001"},
          {"preferred_payment_day", "15"},
          {"signing_on_fee_amount", "45.00"},
          {"monthly_subscription_amount", 27.5}};
}

inline json with(json record, const json& changes) {
  record.update(changes);
  return record;
}

// Run B: 16 and over, own contacts, medical issue.
inline json maya() {
  return with(alfie(), {{"player_first_name", "Maya"},
                        {"age_group", "u16"},
                        {"team", "Panthers"},
                        {"player_dob", "03-11-2009"},
                        {"player_telephone", "07700900456"},
                        {"player_email", "maya@example.org"},
                        {"player_has_any_medical_issues", "Y"},
                        {"description_of_player_medical_issues", "Nut allergy (EpiPen in bag)"}});
}

inline json fields_of(const json& result) {
  REQUIRE(result["ok"] == false);
  REQUIRE(result["error"]["code"] == "invalid_record");
  return result["error"]["fields"];
}

inline std::string repeated(const char* text, int count) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

}  // namespace registration_record::test
