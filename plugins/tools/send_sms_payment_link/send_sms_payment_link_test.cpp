// The payment SMS: who gets it, what it says, and that nobody gets it twice. With the outbox
// folder; Twilio is tested beside it.
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/plugin_harness.hpp"

namespace send_sms_payment_link_test {

using dugout::test::PluginUnderTest;
using dugout::test::rows;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kId = "tool.send_sms_payment_link";
constexpr const char* kToken = "BRQTEST0000000000001";

// A folder of this test's own, gone afterwards.
class Outbox {
 public:
  Outbox() {
    dugout::test::reset_services();
    std::string pattern = fs::temp_directory_path() / "dugout_sms_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~Outbox() { fs::remove_all(root_); }

  json config() const { return {{"data_folder", root_.string()}}; }
  std::string folder() const { return root_ / "outbox"; }
  void block() const { std::ofstream(folder()) << "a file where the folder should be"; }
  void unblock() const { fs::remove(folder()); }

  std::vector<json> messages() const {
    std::vector<json> out;
    if (!fs::is_directory(folder())) return out;
    for (const auto& entry : fs::directory_iterator(folder())) {
      std::ifstream file(entry.path());
      out.push_back(json::parse(file));
    }
    return out;
  }

 private:
  fs::path root_;
};

json sms(json resend = false, const std::string& phone = "07700900123",
         const std::string& token = kToken) {
  return {{"billing_request_id", token},
          {"parent_phone", phone},
          {"player_name", "Alfie"},
          {"parent_first_name", "Helen"},
          {"resend", resend}};
}

}  // namespace

TEST_CASE("SendSmsPaymentLinkTest.MessageSaysWhoWhatAndWhere") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());

  const auto result = tool.run(sms());

  REQUIRE(result["ok"] == true);
  CHECK(result["data"]["formatted_phone"] == "+447700900123");
  CHECK(result["data"]["payment_link"] == "http://127.0.0.1:8080/reg_setup/BRQTEST0000000000001");
  CHECK(result["data"]["sms_delivery_status"] == "sent");
  CHECK(result["data"]["message_sid"].get<std::string>().size() == 34);
  REQUIRE(outbox.messages().size() == 1);
  const auto text = outbox.messages()[0]["text"].get<std::string>();
  for (const auto* part : {"Hi Helen", "registration assistant of Urmston Town Juniors FC",
                           "Alfie's registration is nearly complete", "pay", "subscription",
                           "secure the place", "/reg_setup/BRQTEST0000000000001"}) {
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("SendSmsPaymentLinkTest.ClubAndAddressAreSettingsAndNamesStayOnOneLine") {
  const Outbox outbox;
  auto config = outbox.config();
  config["sms"] = {{"club_name", "Moss Lane FC"}};
  config["public_url"] = "https://join.example.org/";
  PluginUnderTest tool(kId, config);
  auto wanted = sms();
  wanted["parent_first_name"] = "Helen\nhttps://evil.example.org";

  REQUIRE(tool.run(wanted)["ok"] == true);

  const auto text = outbox.messages().at(0)["text"].get<std::string>();
  CHECK(text.find("Moss Lane FC") != std::string::npos);
  CHECK(text.find("https://join.example.org/reg_setup/BRQ") != std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
}

TEST_CASE("SendSmsPaymentLinkTest.PhonesAreConvertedOrRefused") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  int number = 0;
  const auto token = [&] { return "BRQTEST000" + std::to_string(++number); };

  for (const auto* phone : {"07700900123", "07700 900-123", "(07700) 900123", "+44 7700 900 123",
                            "447700900123", "7700900123", "+4407700900123"}) {
    CAPTURE(phone);
    CHECK(tool.run(sms(false, phone, token()))["data"]["formatted_phone"] == "+447700900123");
  }
  for (const auto* phone : {"0161 496 0123", "0770090012", "077009001234", "00447700900123",
                            "07700.900.123", "", "+1 202 555 0123", "07700 90012x"}) {
    CAPTURE(phone);
    CHECK(tool.run(sms(false, phone, token()))["error"]["code"] == "invalid_phone");
  }
  CHECK(outbox.messages().size() == 7);
}

TEST_CASE("SendSmsPaymentLinkTest.OneMessageForATokenWhateverTheTurn") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  const auto first = tool.run(sms(), "turn-1");
  const auto before = outbox.messages();
  dugout::test::set_unix_ms(2'000'000'000'000);

  CHECK(tool.run(sms(), "turn-1") == first);
  CHECK(tool.run(sms(), "turn-2") == first);
  CHECK(outbox.messages() == before);
}

TEST_CASE("SendSmsPaymentLinkTest.FileIsPrivateAndNothingIsLeftBeside") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  REQUIRE(tool.run(sms())["ok"] == true);

  for (const auto& entry : fs::directory_iterator(outbox.folder())) {
    CHECK(entry.path().extension() == ".json");
    CHECK((entry.status().permissions() & fs::perms::mask) ==
          (fs::perms::owner_read | fs::perms::owner_write));
  }
}

TEST_CASE("SendSmsPaymentLinkTest.TextIsNotKeptOnceItIsOut") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  REQUIRE(tool.run(sms())["ok"] == true);

  REQUIRE(rows()["sms_messages"].size() == 1);
  CHECK(rows()["sms_messages"][0]["state"] == "sent");
  CHECK(rows()["sms_messages"].dump().find("Alfie") == std::string::npos);
}

TEST_CASE("SendSmsPaymentLinkTest.OneResendAndNoMore") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  REQUIRE(tool.run(sms(), "turn-1")["ok"] == true);

  CHECK(tool.run(sms(true), "turn-2")["ok"] == true);
  CHECK(tool.run(sms("true"), "turn-3")["error"]["code"] == "resend_used");
  CHECK(tool.run(sms(true), "turn-2")["ok"] == true);  // the same one, repeated
  CHECK(outbox.messages().size() == 2);
}

TEST_CASE("SendSmsPaymentLinkTest.RacingResendsHaveOneWinner") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  std::atomic<int> won{0};
  std::vector<std::thread> threads;
  for (int at = 0; at < 5; ++at) {
    threads.emplace_back([&, at] {
      won += tool.run(sms(true), "turn-" + std::to_string(at))["ok"] == true ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();

  CHECK(won == 1);
  CHECK(outbox.messages().size() == 1);
}

TEST_CASE("SendSmsPaymentLinkTest.FailedResendIsNotUsedUp") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  outbox.block();
  const auto failed = tool.run(sms(true), "turn-1");
  outbox.unblock();

  CHECK(failed["error"]["code"] == "unavailable");
  CHECK(failed["error"]["retryable"] == true);
  CHECK(tool.run(sms(true), "turn-2")["ok"] == true);
  CHECK(tool.run(sms(true), "turn-1")["error"]["code"] == "resend_used");
  CHECK(outbox.messages().size() == 1);
}

TEST_CASE("SendSmsPaymentLinkTest.ReconcileTellsWhatHappened") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  CHECK(tool.reconcile(sms(), "turn-1").status == DUGOUT_E_NOT_FOUND);
  const auto done = tool.run(sms(), "turn-1");
  const auto again = tool.run(sms(true), "turn-2");

  CHECK(tool.reconcile(sms(), "turn-1").json() == done);
  CHECK(tool.reconcile(sms(true), "turn-2").json() == again);
  CHECK(tool.reconcile(sms(true), "turn-3").status == DUGOUT_E_NOT_FOUND);  // not its resend
}

TEST_CASE("SendSmsPaymentLinkTest.CrashOnEitherSideOfTheFileGivesOneMessage") {
  for (const bool written : {true, false}) {
    CAPTURE(written);
    const Outbox outbox;
    PluginUnderTest tool(kId, outbox.config());
    REQUIRE(tool.run(sms())["ok"] == true);
    auto& row = rows()["sms_messages"][0];
    row.merge_patch({{"state", "sending"}, {"message_sid", nullptr}, {"text", "any"}});
    if (!written) fs::remove_all(outbox.folder());

    dugout::test::set_unix_ms(1'759'320'000'000 + 15'000);  // nobody is sending any more
    const auto known = tool.reconcile(sms(), "key-1");
    CHECK((known.status == DUGOUT_OK) == written);
    CHECK(tool.run(sms())["ok"] == true);
    CHECK(outbox.messages().size() == 1);
  }
}

TEST_CASE("SendSmsPaymentLinkTest.RegistrationThatIsThereShowsTheMessage") {
  const Outbox outbox;
  rows()["registrations"] =
      json::array({{{"id", "rec1"}, {"billing_request_id", kToken}},
                   {{"id", "rec2"}, {"billing_request_id", "BRQOTHER00001"}}});
  PluginUnderTest tool(kId, outbox.config());

  REQUIRE(tool.run(sms())["ok"] == true);

  CHECK(rows()["registrations"][0]["sms_sent_at"] == "2025-10-01T12:00:00Z");
  CHECK(rows()["registrations"][0]["sms_delivery_status"] == "sent");
  CHECK(rows()["registrations"][1].size() == 2);
}

TEST_CASE("SendSmsPaymentLinkTest.TokenMayNotCarryAnotherPath") {
  const Outbox outbox;
  PluginUnderTest tool(kId, outbox.config());
  for (const auto* token :
       {"../../admin/x", "BRQ", "BRQ0000000000000000?x=1", "BRQ 0000000000001"}) {
    CHECK(tool.run(sms(false, "07700900123", token))["error"]["code"] == "invalid_token");
  }
  auto without = sms();
  without.erase("player_name");

  CHECK_THROWS(tool.run(without));
  CHECK(outbox.messages().empty());
}

TEST_CASE("SendSmsPaymentLinkTest.WrongSettingStopsTheStart") {
  dugout::test::reset_services();
  CHECK_THROWS(PluginUnderTest(kId, {{"sms", {{"backend", "pigeon"}}}}));
  CHECK_THROWS(PluginUnderTest(kId, {{"sms", {{"auth_tokn", "x"}}}}));
  CHECK_THROWS(PluginUnderTest(kId, {{"sms", {{"base_url", "ftp://x"}}}}));
}

}  // namespace send_sms_payment_link_test
