// One family's data: found by following ids, told as a document, removed without a trace; other
// families stay whole.
#include "store/subject.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "store_fixture.hpp"

using dugout::test::StoreFixture;
using namespace dugout::store;
using Json = nlohmann::json;

namespace {

constexpr auto kRecord = "rec_0123456789abcdef";
constexpr auto kRequest = "BRQ0BARLOW01";

Json field_entry(const std::string& value) {
  return {{"value", value}, {"routine", 1}, {"turn", "t"}};
}

struct Families : StoreFixture {
  std::unique_ptr<Database> database;

  Families() {
    talk("session-barlow", {{"parent_first_name", field_entry("Helen")},
                            {"parent_email", field_entry("helen.barlow@example.org")},
                            {"parent_telephone", field_entry("07700900123")},
                            {"record_id", field_entry(kRecord)}});
    row("registrations", {{"id", kRecord},
                          {"parent_full_name", "Helen Barlow"},
                          {"parent_email", "helen.barlow@example.org"},
                          {"parent_telephone", "07700900123"},
                          {"season", "2526"},
                          {"billing_request_id", kRequest},
                          {"ongoing_subscription_id", "SB0BARLOW01"},
                          {"signing_on_fee_amount", "45.00"}});
    row("payment_requests", {{"id", "pr_barlow"},
                             {"billing_request_id", kRequest},
                             {"payment_id", "PM0BARLOW01"},
                             {"player_full_name", "Alfie Barlow"}});
    row("subscriptions", {{"id", "sub_barlow"},
                          {"billing_request_id", kRequest},
                          {"subscription_id", "SB0BARLOW01"},
                          {"amount_pence", 2750}});
    row("shirts", {{"id", "shirt_barlow"}, {"shirt_number", "9"}, {"record_id", kRecord}});
    row("photos", {{"id", "photo_barlow"},
                   {"record_id", kRecord},
                   {"salt", "grain"},
                   {"filename", "abc.jpg"}});
    row("sms_messages", {{"id", "sms_barlow"},
                         {"to", "+447700900123"},
                         {"key", std::string("link|") + kRequest},
                         {"message_sid", "SM0BARLOW01"}});
    REQUIRE(store->take_events(
        "gocardless",
        {{"EV0BARLOW",
          {"apply", Json{{"event", {{"links", {{"billing_request", kRequest}}}}}}.dump(), "",
           kRequest, 0}}}));
    REQUIRE(store->enqueue({"apply_sms_status",
                            R"({"body":"MessageSid=SM0BARLOW01&To=%2B447700900123"})", "", "", 0}));
    other_family();
    auto opened = Database::open(path, {});
    REQUIRE(opened);
    database = std::move(*opened);
  }

  void other_family() {
    talk("session-okafor", {{"parent_email", field_entry("grace@example.org")}});
    row("registrations", {{"id", "rec_fedcba9876543210"},
                          {"parent_full_name", "Grace Okafor"},
                          {"parent_email", "grace@example.org"},
                          {"season", "2526"},
                          {"team", "Lions"},
                          {"billing_request_id", "BRQ0OKAFOR01"}});
    row("shirts",
        {{"id", "shirt_okafor"}, {"shirt_number", "7"}, {"record_id", "rec_fedcba9876543210"}});
    row("teams", {{"id", "team_1"}, {"manager_email", "helen.barlow@example.org"}});
    REQUIRE(store->enqueue({"payment_chasing", "{}", "", "", 0}));
  }

  void row(const std::string& table, const Json& body) {
    REQUIRE(store->insert_row(
        table, "2526|" + body.value("id", "") + "|" + body.value("parent_email", ""), body.dump()));
  }
  void talk(const std::string& session, const Json& record) {
    const auto turn = accepted(session);
    TurnCommit commit;
    commit.session.id = session;
    commit.session.agent = "new_registration";
    commit.session.record = record.dump();
    commit.session.state = "{}";
    commit.turn = turn;
    commit.reply = R"({"response":"Hello"})";
    commit.messages = {{0, turn, "user", "I am of " + session, false}};
    commit.attempts = {R"({"said":"to )" + session + R"("})"};
    REQUIRE(store->commit(commit));
    JournalEntry call;
    call.key = "key " + session;
    call.session = session;
    call.turn = turn;
    call.tool = "email_validation";
    call.arguments = Json{{"of", session}}.dump();
    REQUIRE(store->intend(call));
  }

  Subject find(const SubjectQuery& query) {
    SubjectMarks marks(query);
    auto found = find_subject(*database, marks, query);
    if (!found) throw std::runtime_error(found.error().message);
    return *std::move(found);
  }
  Json document(const SubjectQuery& query) {
    const auto text = export_subject(*database, find(query));
    if (!text) throw std::runtime_error(text.error().message);
    return Json::parse(*text);
  }
  Erased erase(const SubjectQuery& query) {
    SubjectMarks marks(query);
    auto erased = erase_subject(*database, marks, query, 1'759'320'000'000);
    if (!erased) throw std::runtime_error(erased.error().message);
    return *std::move(erased);
  }
  std::int64_t count(const std::string& sql) {
    Query found(*database, "SELECT count(*) FROM " + sql);
    REQUIRE(found.next());
    return found.integer(0);
  }
  Json rows(const std::string& table) { return Json::parse(*store->find_rows(table, "{}")); }
  // All bytes of the database: the file, its log, and whatever lies beside it.
  std::string bytes() {
    std::string out;
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
      std::ifstream in(file.path(), std::ios::binary);
      out.append(std::istreambuf_iterator<char>(in), {});
    }
    return out;
  }
};

std::map<std::string, int> tables_of(const Subject& subject) {
  std::map<std::string, int> out;
  for (const auto& [number, row] : subject.rows) ++out[row.table];
  return out;
}

const std::map<std::string, int> kAllTables = {{"registrations", 1}, {"payment_requests", 1},
                                               {"subscriptions", 1}, {"shirts", 1},
                                               {"photos", 1},        {"sms_messages", 1}};

}  // namespace

TEST_CASE("SubjectTest.APhoneIsTheSameInEveryForm") {
  for (const auto* form :
       {"07700900123", "+44 7700 900 123", "0044 (0)7700-900123", "447700900123", "7700900123"}) {
    CHECK(plain_phone(form) == "07700900123");
  }
  CHECK(plain_phone("0161 496 0123") == "01614960123");
  for (const auto* none : {"", "M41 7QT", "123456", "14-05-2017", "BRQ07700900123"}) {
    CHECK(plain_phone(none).empty());
  }
}

TEST_CASE("SubjectTest.EveryWayInFindsTheWholeFamilyAndNobodyElse") {
  Families f;
  const auto query =
      GENERATE(SubjectQuery{"helen.barlow@example.org", "", ""},
               SubjectQuery{" Helen.Barlow@Example.ORG ", "", ""},
               SubjectQuery{"", "+44 7700 900123", ""}, SubjectQuery{"", "", "session-barlow"});

  const auto found = f.find(query);

  CHECK(found.sessions == std::set<std::string>{"session-barlow"});
  CHECK(tables_of(found) == kAllTables);
  CHECK(found.jobs.size() == 2);
}

TEST_CASE("SubjectTest.NobodyIsFoundByAPartOfAValue") {
  Families f;
  const auto query = GENERATE(SubjectQuery{"barlow@example.org", "", ""},
                              SubjectQuery{"", "0770090012", ""}, SubjectQuery{"", "", "session"},
                              SubjectQuery{"", "", "session-barlow-2"}, SubjectQuery{"", "x", ""});

  CHECK(f.find(query).empty());
}

TEST_CASE("SubjectTest.AShortSessionIdIsNotFoundInsideOtherTexts") {
  Families f;
  f.talk("a", {{"parent_first_name", field_entry("Zoë")}});

  const auto found = f.find({"", "", "a"});

  CHECK(found.sessions == std::set<std::string>{"a"});
  CHECK(found.rows.empty());
  CHECK(found.jobs.empty());
}

TEST_CASE("SubjectTest.TheDocumentHoldsWhatIsKeptAndNoSecret") {
  Families f;

  const auto document = f.document({"helen.barlow@example.org", "", ""});

  REQUIRE(document["conversations"].size() == 1);
  const auto& talk = document["conversations"][0];
  CHECK(talk["session"] == "session-barlow");
  CHECK(talk["messages"][0]["content"] == "I am of session-barlow");
  CHECK(talk["state"][0]["record"]["parent_first_name"]["value"] == "Helen");
  CHECK(talk["state"][0]["created"] == "2025-10-01T13:00:00Z");
  CHECK(talk["turns"][0]["request"]["text"] == "hello");
  CHECK(talk["model_attempts"][0]["attempt"]["said"] == "to session-barlow");
  CHECK(talk["tool_calls"][0]["tool"] == "email_validation");
  CHECK(document["records"]["registrations"][0]["parent_full_name"] == "Helen Barlow");
  CHECK(document["events"][0]["id"] == "EV0BARLOW");
  CHECK(document["jobs"].size() == 2);
  CHECK(document.dump().find("grain") == std::string::npos);
  CHECK(document.dump().find("Okafor") == std::string::npos);
}

TEST_CASE("SubjectTest.ErasedIsErasedInEveryByteOfTheDatabase") {
  Families f;
  REQUIRE(f.bytes().find("Barlow") != std::string::npos);

  const auto erased = f.erase({"helen.barlow@example.org", "", ""});
  REQUIRE(scrub(*f.database));

  CHECK(tables_of(erased.subject) == kAllTables);
  auto bytes = f.bytes();
  const auto team = bytes.find("helen.barlow@example.org");  // the manager's row stays
  REQUIRE(team != std::string::npos);
  CHECK(bytes.find("helen.barlow@example.org", team + 1) == std::string::npos);
  for (const auto* trace : {"Helen", "Barlow", "BARLOW", "07700900123", "447700900123",
                            "session-barlow", "abc.jpg", kRecord}) {
    CAPTURE(trace);
    CHECK(bytes.find(trace) == std::string::npos);
  }
  CHECK(bytes.find("Okafor") != std::string::npos);
  CHECK(f.count("sessions") == 1);
  CHECK(f.count("events") == 0);
  CHECK(f.count("jobs") == 1);
  CHECK(f.count("journal") == 1);
  CHECK(f.rows("shirts").size() == 1);
  CHECK(f.rows("registrations").size() == 1);
  CHECK(f.find({"helen.barlow@example.org", "", ""}).empty());
}

TEST_CASE("SubjectTest.AnAuditLineSaysHowMuchAndNotOfWhom") {
  Families f;

  f.erase({"helen.barlow@example.org", "", ""});

  const auto audit = f.rows("privacy_audit");
  REQUIRE(audit.size() == 1);
  CHECK(audit[0]["counts"]["conversations"] == 1);
  CHECK(audit[0]["counts"]["rows of shirts"] == 1);
  CHECK(audit[0]["at_ms"] == 1'759'320'000'000);
  CHECK(audit[0].dump().find("example.org") == std::string::npos);
}

TEST_CASE("SubjectTest.APaymentThatWasMadeIsKeptWithoutAName") {
  Families f;
  REQUIRE(f.store->update_row(
      "registrations", kRecord,
      R"({"signing_on_fee_paid":"Y","oct_subscription_payment_status":"confirmed"})"));

  const auto erased = f.erase({"helen.barlow@example.org", "", ""});

  CHECK(erased.counts.at("payments kept without a name") == 1);
  const auto kept = f.rows("payments_kept");
  REQUIRE(kept.size() == 1);
  auto expected = kept[0];
  expected.erase("id");
  CHECK(expected ==
        Json{{"season", "2526"},
             {"billing_request_id", kRequest},
             {"ongoing_subscription_id", "SB0BARLOW01"},
             {"signing_on_fee_amount", "45.00"},
             {"signing_on_fee_paid", "Y"},
             {"oct_subscription_payment_status", "confirmed"},
             {"payment_requests_payment_id", "PM0BARLOW01"},
             {"subscriptions", {{{"amount_pence", 2750}, {"subscription_id", "SB0BARLOW01"}}}}});
}

TEST_CASE("SubjectTest.WithoutMoneyNoPaymentIsKept") {
  Families f;

  f.erase({"helen.barlow@example.org", "", ""});

  CHECK(f.rows("payments_kept").empty());
}

TEST_CASE("SubjectTest.AFailureInTheMiddleErasesNothing") {
  Families f;
  REQUIRE(
      f.database->script("CREATE TRIGGER stop BEFORE DELETE ON jobs BEGIN "
                         "SELECT RAISE(ABORT, 'no'); END"));
  const SubjectQuery query{"helen.barlow@example.org", "", ""};
  SubjectMarks marks(query);

  CHECK_FALSE(erase_subject(*f.database, marks, query, 0));

  CHECK(tables_of(f.find(query)) == kAllTables);
  CHECK(f.rows("privacy_audit").empty());
}

TEST_CASE("SubjectTest.NobodyIsErasedTwiceOrWithoutBeingThere") {
  Families f;

  const auto erased = f.erase({"nobody@example.org", "", ""});

  CHECK(erased.subject.empty());
  CHECK(f.rows("privacy_audit").empty());
  CHECK(f.count("sessions") == 2);
}

TEST_CASE("SubjectTest.FilesAreKnownByWhatStandsInThem") {
  Families f;
  const SubjectQuery query{"helen.barlow@example.org", "07700 900123", ""};
  SubjectMarks marks(query);
  REQUIRE(find_subject(*f.database, marks, query));

  CHECK(marks.in_file(R"({"to": "+447700900123"})"));
  CHECK(marks.in_file("call 07700 900 123, please"));
  CHECK(marks.in_file("https://join.example.org/reg_setup/BRQ0BARLOW01 pay"));
  CHECK(marks.in_file("to Helen.Barlow@example.org"));
  CHECK_FALSE(marks.in_file("call 07700 900 124"));
  CHECK_FALSE(marks.in_file("BRQ0BARLOW011"));
  CHECK_FALSE(marks.in_file("old.helen.barlow@example.organic"));
}
