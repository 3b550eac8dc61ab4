// A payment on the link that was sent first, after the parent has registered again: it counts
// whatever the parent has corrected since, and nothing of it is lost while a service is down.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/plugin_harness.hpp"

namespace apply_payment_earlier_link_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.apply_payment_event";
constexpr const char* kFirst = "BRQTEST00001";

json registration() {
  return {{"id", "recTEST1"},
          {"billing_request_id", "BRQTEST00002"},
          {"earlier_billing_request_ids", {kFirst}},
          {"player_full_name", "Alfie Barlow"},
          {"player_last_name", "Barlow"},
          {"parent_first_name", "Helen"},
          {"parent_full_name", "Helen Barlow"},
          {"parent_telephone", "07700900123"},
          {"season", "2526"},
          {"preferred_payment_day", "15"},
          {"signing_on_fee_paid", "N"},
          {"mandate_authorised", "N"},
          {"registration_status", "pending_payment"}};
}

json asked(const std::string& parent, const std::string& player) {
  return {{"id", "p1"},
          {"billing_request_id", kFirst},
          {"parent_full_name", parent},
          {"player_full_name", player}};
}

json fulfilled(const json& more = {{"mandate_request_mandate", "MDTEST1"}}) {
  json links{{"billing_request", kFirst}};
  links.update(more);
  return {{"event",
           {{"id", "EV1"},
            {"created_at", "2025-10-01T12:00:00.000Z"},
            {"resource_type", "billing_requests"},
            {"action", "fulfilled"},
            {"links", links}}}};
}

// A service that knows one fulfilled request, its mandate, and makes any subscription.
ServiceReply answer(const ServiceCall& call) {
  const auto asks = [&](const char* what) { return call.url.find(what) != std::string::npos; };
  if (asks("/mandates/MDTEST1")) {
    return {200, R"({"mandates":{"id":"MDTEST1","next_possible_charge_date":"2025-10-07"}})"};
  }
  if (asks("/billing_requests/BRQTEST00001")) {
    return {200, R"({"billing_requests":{"links":{"mandate_request_mandate":"MDTEST1"}}})"};
  }
  if (asks("/billing_requests/")) return {200, R"({"billing_requests":{"status":"pending"}})"};
  return {201, R"({"subscriptions":{"id":"SBTEST1"}})"};
}

struct Stage {
  std::string folder =
      (std::filesystem::temp_directory_path() / ("dugout_earlier_link_" + std::to_string(getpid())))
          .string();

  explicit Stage(const json& row = registration(),
                 const json& request = asked("Helen Barlow", "Alfie Barlow")) {
    dugout::test::reset_services();
    std::filesystem::remove_all(folder);
    rows()["registrations"] = json::array({row});
    rows()["payment_requests"] = json::array({request});
    dugout::test::answer_http(answer);
  }
  ~Stage() {
    dugout::test::answer_http(nullptr);
    std::filesystem::remove_all(folder);
  }

  json config() const {
    return {{"data_folder", folder},
            {"payments",
             {{"backend", "gocardless"},
              {"access_token", "test-token"},
              {"base_url", "https://pay.example.org/api"}}}};
  }

  std::size_t messages() const {
    std::size_t count = 0;
    if (!std::filesystem::is_directory(folder + "/outbox")) return 0;
    for (const auto& one : std::filesystem::directory_iterator(folder + "/outbox")) {
      count += one.is_regular_file() ? 1 : 0;
    }
    return count;
  }
};

const json& row() {
  return rows()["registrations"][0];
}

}  // namespace

TEST_CASE("ApplyPaymentEarlierLinkTest.NamesThatChangedInBetweenLoseNoPayment") {
  for (const auto& request :
       {asked("Helen Marsh", "Alfie Barlow"), asked("Helen Barlow", "ALFIE BARLOW"),
        asked("helen barlow", "Alfie  Barlow")}) {
    CAPTURE(request.dump());
    Stage stage(registration(), request);
    PluginUnderTest tool(kId, stage.config());

    CHECK(tool.run(fulfilled())["data"]["record_id"] == "recTEST1");

    CHECK(row()["registration_status"] == "active");
    CHECK(row()["ongoing_subscription_id"] == "SBTEST1");
    CHECK(stage.messages() == 1);
  }
}

TEST_CASE("ApplyPaymentEarlierLinkTest.RequestOfNobodyPaysForNobody") {
  auto other = registration();
  other.erase("earlier_billing_request_ids");
  Stage stage(other);
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(fulfilled())["error"]["code"] == "not_found");
  CHECK(row() == other);
}

TEST_CASE("ApplyPaymentEarlierLinkTest.SmsThatIsDownWhileTheOrderIsRefusedGoesOutLater") {
  Stage stage;
  std::ofstream(stage.folder) << "in the way of the outbox";
  PluginUnderTest tool(kId, stage.config());
  dugout::test::answer_http([](const ServiceCall& call) -> ServiceReply {
    if (call.method == "GET") return answer(call);
    return {422, R"({"error":{"type":"validation_failed","code":422}})"};
  });

  CHECK(tool.run(fulfilled())["error"]["retryable"] == true);
  std::filesystem::remove(stage.folder);
  const auto again = tool.run(fulfilled());

  CHECK(stage.messages() == 1);
  CHECK(again["error"]["code"] == "subscription_failed");
  CHECK(again["error"]["retryable"] == false);
}

TEST_CASE("ApplyPaymentEarlierLinkTest.EventWithoutAMandateAsksItsOwnRequest") {
  Stage stage;
  PluginUnderTest tool(kId, stage.config());

  CHECK(tool.run(fulfilled(json::object()))["ok"] == true);

  CHECK(row()["mandate_id"] == "MDTEST1");
  CHECK(row()["subscription_activated"] == "Y");
  CHECK(row()["ongoing_subscription_id"] == "SBTEST1");
}

}  // namespace apply_payment_earlier_link_test
