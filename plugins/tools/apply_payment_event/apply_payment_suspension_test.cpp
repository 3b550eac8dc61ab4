// What a payment makes of a registration that was suspended, and of one that is active already.
#include <algorithm>

#include "support/payment_event_stage.hpp"

namespace apply_payment_suspension_test {

using namespace apply_payment_event::test;

namespace {

json suspended() {
  auto one = registration();
  one["registration_status"] = "suspended";
  one["suspend_date"] = "2025-09-30";
  return one;
}

json lions(const char* id, const char* season, const char* phone) {
  return {{"id", id},
          {"short_team_name", "Lions"},
          {"age_group", "u9s"},
          {"current_season", season},
          {"manager_phone", phone}};
}

std::size_t told(const Stage& stage, const std::string& number) {
  const auto all = stage.messages();
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const json& one) { return one.at("to") == number; }));
}

}  // namespace

TEST_CASE("ApplyPaymentSuspensionTest.SuspendedRegistrationThatPaysIsActiveAndItsManagerIsTold") {
  // Last season's manager stands in front.
  for (const auto& directory :
       {json::array({lions("t0", "2425", "07700900444"), lions("t1", "2526", "07700900555")}),
        json::array({lions("t1", "2526", "07700900555")}),
        json::array({lions("t0", "2324", ""), lions("t1", "2425", "07700900555")})}) {
    CAPTURE(directory.dump());
    Stage stage(json::array({suspended()}));
    rows()["teams"] = directory;
    PluginUnderTest tool(kId, stage.config());

    for (int time = 0; time < 2; ++time) {
      tool.run(paid());
      tool.run(fulfilled());
    }

    CHECK(row()["registration_status"] == "active");
    CHECK_FALSE(row().contains("suspend_date"));
    CHECK(stage.messages().size() == 2);
    CHECK(told(stage, "+447700900555") == 1);
    CHECK(told(stage, "+447700900123") == 1);
    CHECK(stage.made.size() == 1);
  }
}

TEST_CASE("ApplyPaymentSuspensionTest.FeeAloneEndsASuspensionAndTheManagerIsToldOnce") {
  Stage stage(json::array({suspended()}));
  rows()["teams"] = json::array({lions("t1", "2526", "07700900555")});
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(paid())["data"]["registration_status"] == "incomplete");
  CHECK_FALSE(row().contains("suspend_date"));
  CHECK(told(stage, "+447700900555") == 1);
  CHECK(tool.run(authorised())["data"]["registration_status"] == "active");
  CHECK(told(stage, "+447700900555") == 1);
}

TEST_CASE("ApplyPaymentSuspensionTest.MandateAloneLeavesASuspensionAsItIs") {
  Stage stage(json::array({suspended()}));
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(authorised())["data"]["registration_status"] == "suspended");
  CHECK(row()["suspend_date"] == "2025-09-30");
  CHECK(tool.run(paid())["data"]["registration_status"] == "active");
  CHECK_FALSE(row().contains("suspend_date"));
}

TEST_CASE("ApplyPaymentSuspensionTest.ActiveNeverGoesBack") {
  auto one = registration();
  one["registration_status"] = "active";
  Stage stage(json::array({one}));
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(paid())["data"]["registration_status"] == "active");
}

}  // namespace apply_payment_suspension_test
