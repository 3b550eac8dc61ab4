// The delivery status of an SMS: written to message and registration, forwards only.
#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "support/plugin_harness.hpp"

namespace apply_sms_status_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;

namespace {

constexpr const char* kId = "tool.apply_sms_status";
constexpr const char* kToken = "BRQTEST0000000000001";

json message(const char* sid, std::int64_t sent_at_ms = 1'759'320'000'000) {
  return {{"id", std::string("row") + sid},
          {"key", sid},
          {"state", "sent"},
          {"message_sid", sid},
          {"sent_at_ms", sent_at_ms},
          {"sms_delivery_status", "sent"},
          {"billing_request_id", kToken}};
}

// A registration, and one message about it.
struct Stage {
  Stage() {
    dugout::test::reset_services();
    rows()["sms_messages"] = json::array({message("SM1")});
    rows()["registrations"] =
        json::array({{{"id", "rec1"}, {"billing_request_id", kToken}},
                     {{"id", "rec2"}, {"billing_request_id", "BRQOTHER000001"}}});
  }
  PluginUnderTest tool{kId};

  json apply(const char* sid, const char* status, const char* error = nullptr) {
    json args{{"message_sid", sid}, {"message_status", status}};
    if (error != nullptr) args["error_code"] = error;
    return tool.run(args);
  }
  json& registration() { return rows()["registrations"][0]; }
};

}  // namespace

TEST_CASE("ApplySmsStatusTest.DeliveredIsWrittenToBothRowsAndNoOther") {
  Stage stage;

  CHECK(stage.apply("SM1", "delivered")["data"]["sms_delivery_status"] == "delivered");

  CHECK(stage.registration()["sms_delivery_status"] == "delivered");
  CHECK(stage.registration()["sms_sent_at"] == "2025-10-01T12:00:00Z");
  CHECK(rows()["sms_messages"][0]["sms_delivery_status"] == "delivered");
  CHECK(rows()["registrations"][1].size() == 2);
}

TEST_CASE("ApplySmsStatusTest.FailureSaysWhy") {
  Stage stage;

  CHECK(stage.apply("SM1", "undelivered", "30003")["ok"] == true);

  CHECK(stage.registration()["sms_delivery_status"] == "undelivered");
  CHECK(stage.registration()["sms_delivery_error"] == "Twilio error 30003");
}

TEST_CASE("ApplySmsStatusTest.EveryOrderEndsInTheSameState") {
  std::vector<const char*> order{"delivered", "failed", "queued", "sent"};  // sorted
  do {
    Stage stage;
    for (const auto* status : order) {
      CHECK(stage.apply("SM1", status, "30001")["ok"] == true);
      CHECK(stage.apply("SM1", status, "30001")["ok"] == true);
    }
    CHECK(stage.registration()["sms_delivery_status"] == "delivered");
    CHECK(!stage.registration().contains("sms_delivery_error"));
  } while (std::next_permutation(order.begin(), order.end(), [](const char* a, const char* b) {
    return std::string_view(a) < std::string_view(b);
  }));
}

TEST_CASE("ApplySmsStatusTest.RepeatedStatusChangesNothing") {
  Stage stage;
  const auto first = stage.apply("SM1", "failed", "30005");
  const auto before = rows();

  CHECK(stage.apply("SM1", "failed", "30005") == first);
  CHECK(stage.apply("SM1", "queued") == first);
  CHECK(stage.apply("SM1", "undelivered", "30006") == first);
  CHECK(rows() == before);
}

TEST_CASE("ApplySmsStatusTest.RowThatIsNotThereYetIsWaitedFor") {
  Stage stage;
  const auto kept = rows()["registrations"];
  rows()["registrations"] = json::array();

  const auto unknown = stage.apply("SM404", "delivered");
  CHECK(unknown["error"]["code"] == "unknown_message");
  CHECK(unknown["error"]["retryable"] == true);
  const auto early = stage.apply("SM1", "delivered");
  CHECK(early["error"]["code"] == "unknown_registration");
  CHECK(early["error"]["retryable"] == true);

  rows()["registrations"] = kept;
  CHECK(stage.apply("SM1", "delivered")["ok"] == true);
  CHECK(stage.registration()["sms_delivery_status"] == "delivered");
}

TEST_CASE("ApplySmsStatusTest.MessageAboutNoRegistrationIsNotedByItself") {
  Stage stage;
  rows()["sms_messages"][0]["billing_request_id"] = "";

  CHECK(stage.apply("SM1", "delivered")["ok"] == true);

  CHECK(rows()["sms_messages"][0]["sms_delivery_status"] == "delivered");
  CHECK(stage.registration().size() == 2);
}

TEST_CASE("ApplySmsStatusTest.NewestMessageCountsUnlessOneWasDelivered") {
  Stage stage;
  rows()["sms_messages"].push_back(message("SM2", 1'759'323'600'000));

  CHECK(stage.apply("SM1", "undelivered", "30003")["ok"] == true);
  CHECK(stage.registration()["sms_delivery_status"] == "sent");  // the resend is on its way
  CHECK(stage.registration()["sms_sent_at"] == "2025-10-01T13:00:00Z");
  CHECK(stage.apply("SM2", "delivered")["ok"] == true);
  CHECK(stage.registration()["sms_delivery_status"] == "delivered");
  rows()["sms_messages"].push_back(message("SM3", 1'759'410'000'000));
  CHECK(stage.apply("SM3", "failed", "30003")["ok"] == true);
  CHECK(stage.registration()["sms_delivery_status"] == "delivered");
}

TEST_CASE("ApplySmsStatusTest.MessagesOfOneRegistrationAtOnceEndInOneState") {
  for (int round = 0; round < 30; ++round) {
    Stage stage;
    for (const auto* sid : {"SM2", "SM3", "SM4"}) rows()["sms_messages"].push_back(message(sid));
    std::vector<std::thread> threads;
    for (const auto* sid : {"SM1", "SM2", "SM3", "SM4"}) {
      threads.emplace_back([&stage, sid] {
        const bool arrives = std::string_view(sid) == "SM2";
        (void)stage.apply(sid, arrives ? "delivered" : "undelivered", "30003");
      });
    }
    for (auto& thread : threads) thread.join();

    CHECK(stage.registration()["sms_delivery_status"] == "delivered");
  }
}

TEST_CASE("ApplySmsStatusTest.OtherStatusesAreNoArguments") {
  Stage stage;
  CHECK_THROWS(stage.apply("SM1", "read"));
  CHECK_THROWS(stage.apply("SM1", "failed", "robert'); drop"));
}

}  // namespace apply_sms_status_test
