// What the tuner learns and proposes, which model files it refuses, through the boundary.
#include <array>
#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "support/plugin_harness.hpp"

using dugout::test::logged;
using dugout::test::PluginUnderTest;
using dugout::test::reset_services;
using nlohmann::json;

namespace {

constexpr auto kId = "tuner.learned";
constexpr std::int64_t kStart = 1'759'276'800'000;  // 2025-10-01 00:00 UTC

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "dugout_tuner_XXXXXX") {
    auto name = path_.string();
    path_ = mkdtemp(name.data());
    reset_services();
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string model() const { return (path_ / "tuner.json").string(); }
  void put(const std::string& text) const { std::ofstream(model(), std::ios::binary) << text; }
  json config(json more = json::object()) const {
    more["data_folder"] = path_.string();
    return more;
  }

 private:
  std::filesystem::path path_;
};

json line_of(int call, int attempt, const char* outcome, double waited, int hour, double took) {
  return {{"schema", 1},
          {"at_ms", kStart + call * 60'000LL},
          {"turn", "turn_" + std::to_string(call)},
          {"call", 1},
          {"call_type", call % 3 == 0 ? "photo" : "registration"},
          {"attempt", attempt},
          {"target", "p/m"},
          {"outcome", outcome},
          {"took_ms", took * 1000},
          {"waited_ms", waited * 1000},
          {"messages", 4},
          {"routine", 2},
          {"recent_success_rate", 0.8},
          {"recent_latency", 1.5},
          {"hour", hour},
          {"weekday", call / 1440 % 7}};
}

// By day a failure is gone at once; by night only a wait of some seconds helps.
std::string drifting_log(int calls) {
  std::mt19937_64 engine(7);
  const auto unit = [&] { return static_cast<double>(engine() >> 11) * 0x1.0p-53; };
  std::string text;
  for (int call = 0; call < calls; ++call) {
    const int hour = call / 60 % 24;
    const bool night = hour < 6;
    double waited = 0.0;
    for (int attempt = 1; attempt <= 4; ++attempt) {
      double good = night ? 0.5 : 0.9;
      if (attempt > 1) good = night ? 0.85 * (1.0 - std::exp(-waited / 3.0)) : 0.95;
      const bool success = unit() < good;
      const double took = success ? 1.2 : night ? 3.0 : 0.3;
      const char* outcome = success ? "ok" : night ? "overloaded" : "server";
      text += line_of(call, attempt, outcome, waited, hour, took).dump() + "\n";
      if (success) break;
      waited = unit() * 8.0;
    }
  }
  return text;
}

const std::string& model_text() {
  static const auto text = [] {
    reset_services();
    PluginUnderTest plugin(kId, {{"model", "/nonexistent/tuner.json"}});
    const auto answer = plugin.train(drifting_log(6000));
    if (!answer.done()) throw std::runtime_error(answer.text);
    return answer.text;
  }();
  return text;
}

json situation(int hour) {
  return {{"call_type", "registration"},
          {"messages", 4},
          {"routine", 2},
          {"recent_success_rate", 0.8},
          {"recent_latency", 1.5},
          {"hour", hour},
          {"weekday", 2},
          {"max_retries", 3},
          {"base_delay", 1.0},
          {"multiplier", 2.0}};
}

}  // namespace

TEST_CASE("LearnedTest.NoModelFileIsSilentlyNotApplicable") {
  const Folder folder;
  PluginUnderTest plugin(kId, folder.config());

  CHECK(plugin.propose(situation(12).dump()).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(logged().empty());
}

TEST_CASE("LearnedTest.TheModelTellsWhatItWasLearnedFrom") {
  const auto model = json::parse(model_text());

  CHECK(model["schema"] == 1);
  CHECK(model["kind"] == "dugout.tuner.learned");
  CHECK(model["features"].size() == model["weights"].size());
  CHECK(model["call_types"] == json({"registration", "photo"}));
  const auto& training = model["training"];
  CHECK(training["calls"] == 6000);
  CHECK(training["rows"].get<int>() > 6500);
  CHECK(training["auc"].get<double>() > 0.6);
  CHECK(training["log_loss"].get<double>() < training["plain_log_loss"].get<double>());
  CHECK(training["trained_at"] == "2025-10-01T12:00:00Z");
}

TEST_CASE("LearnedTest.TheSameLogGivesTheSameModel") {
  const Folder folder;
  PluginUnderTest plugin(kId, folder.config());

  CHECK(plugin.train(drifting_log(600)).text == plugin.train(drifting_log(600)).text);
}

TEST_CASE("LearnedTest.ByNightItWaitsLongerThanByDay") {
  const Folder folder;
  folder.put(model_text());
  PluginUnderTest plugin(kId, folder.config());

  const auto day = plugin.propose(situation(12).dump());
  const auto night = plugin.propose(situation(3).dump());

  REQUIRE(day.done());
  REQUIRE(night.done());
  CHECK(logged().empty());
  CHECK(day.json()["base_delay"] == 0.5);
  CHECK(night.json()["base_delay"].get<double>() > 1.0);
  CHECK(night.json()["p_success"].get<double>() < day.json()["p_success"].get<double>());
  for (const auto& answer : {day.json(), night.json()}) {
    CHECK(answer["expected"]["success"].get<double>() <= 1.0);
    CHECK(answer["model"] == json::parse(model_text())["checksum"]);
  }
}

TEST_CASE("LearnedTest.EveryProposalIsInsideTheBoundsOfItsConfig") {
  const Folder folder;
  folder.put(model_text());
  PluginUnderTest plugin(kId, folder.config({{"retries_least", 1},
                                             {"retries_most", 2},
                                             {"base_delay_least", 0.8},
                                             {"base_delay_most", 1.1},
                                             {"multiplier_most", 1.7},
                                             {"least_gain", 0}}));

  for (int hour = 0; hour < 24; ++hour) {
    auto asked = situation(hour);
    asked["max_retries"] = 0;  // nothing is worse, so there is always a gain
    const auto answer = plugin.propose(asked.dump()).json();
    INFO(answer.dump());
    CHECK((answer["max_retries"] == 1 || answer["max_retries"] == 2));
    CHECK((answer["base_delay"] >= 0.8 && answer["base_delay"] <= 1.1));
    CHECK((answer["multiplier"] >= 1.5 && answer["multiplier"] <= 1.7));
  }
}

TEST_CASE("LearnedTest.ASmallGainChangesNothing") {
  const Folder folder;
  folder.put(model_text());
  PluginUnderTest plugin(kId, folder.config({{"least_gain", 1000}}));

  const auto answer = plugin.propose(situation(3).dump()).json();

  CHECK(answer["max_retries"] == 3);
  CHECK(answer["base_delay"] == 1.0);
  CHECK(answer["multiplier"] == 2.0);
  CHECK(answer["expected"] == answer["as_it_is"]);
}

TEST_CASE("LearnedTest.AJudgeHearsOfHisOwnOptionsOnly") {
  const Folder folder;
  folder.put(model_text());
  PluginUnderTest plugin(kId, folder.config());
  auto asked = situation(3);
  asked.update({{"judge", true}, {"attempt", 2}, {"class", "overloaded"}});

  const auto some = plugin.propose(asked.dump()).json();
  asked["max_retries"] = 1;
  const auto none = plugin.propose(json(asked).dump()).json();
  asked["attempt"] = 3;
  const auto past = plugin.propose(asked.dump()).json();

  CHECK(some["base_delay"] == 1.0);
  CHECK(some["p_success"].get<double>() > none["p_success"].get<double>());
  CHECK(none["expected"]["attempts"].get<double>() == Approx(1.0));
  CHECK(past["expected"]["attempts"].get<double>() == 0.0);
}

TEST_CASE("LearnedTest.HostileSituationsGiveAnErrorOrAProposalInBounds") {
  const Folder folder;
  folder.put(model_text());
  PluginUnderTest plugin(kId, folder.config());

  for (const char* text :
       {"", "[]", "null", "7", "{\"max_retries\":1e999}", "{", "\xff\xfe", "[[[[[[[["}) {
    CHECK(plugin.propose(text).status == DUGOUT_E_INVALID);
  }
  for (const char* text :
       {"{}", R"({"max_retries":-5,"base_delay":-1,"multiplier":1e300,"hour":99,"weekday":-3})",
        R"({"max_retries":"x","call_type":7,"attempt":1e300,"class":"none","jitter":-9})",
        R"({"attempt":5,"class":"no such class","max_total_delay":0})"}) {
    const auto answer = plugin.propose(text);
    INFO(text << " " << answer.text);
    REQUIRE(answer.done());
    CHECK(std::isfinite(answer.json()["p_success"].get<double>()));
    CHECK(answer.json()["max_retries"].get<double>() >= 0);
  }
}

TEST_CASE("LearnedTest.ALogThatIsTooSmallSaysWhatIsMissing") {
  const Folder folder;
  PluginUnderTest plugin(kId, folder.config());

  const auto empty = plugin.train("");
  const auto broken = plugin.train("{\"outcome\":\nnot json\n\xff\n");
  std::string good;
  for (int call = 0; call < 500; ++call) good += line_of(call, 1, "ok", 0, 12, 1).dump() + "\n";
  const auto flawless = plugin.train(good);

  CHECK(empty.status == DUGOUT_E_INVALID);
  CHECK(empty.text.find("0 of the 200 attempts") != std::string::npos);
  CHECK(broken.text.find("3 lines are unreadable") != std::string::npos);
  CHECK(flawless.status == DUGOUT_E_INVALID);
  CHECK(flawless.text.find("0 of the 20 failures, 0 of the 20 retries") != std::string::npos);
  CHECK(flawless.text.find("attempts") == std::string::npos);
}

TEST_CASE("LearnedTest.AttemptsThatSayNothingOfAProviderAreLeftOut") {
  const Folder folder;
  PluginUnderTest plugin(kId, folder.config());
  std::string noise;
  for (int call = 0; call < 300; ++call) {
    auto line = line_of(call + 9000, 1, std::array{"cache_hit", "cancelled", "not_asked"}[call % 3],
                        0, 12, 1);
    noise += line.dump() + "\n";
    line["outcome"] = "ok";
    line["target"] = "understudy";
    noise += line.dump() + "\n";
    line["target"] = "p/m";
    line["hedge"] = true;
    noise += line.dump() + "\n";
  }

  CHECK(plugin.train(drifting_log(600) + noise).text == plugin.train(drifting_log(600)).text);
}

TEST_CASE("LearnedTest.MissingMembersTakeTheirUsualValues") {
  const Folder folder;
  PluginUnderTest plugin(kId, folder.config());
  std::string bare;
  for (int at = 0; at < 600; ++at) {
    bare += json{{"outcome", at % 4 == 0 ? "server" : "ok"}, {"attempt", 1 + at % 2}}.dump() + "\n";
  }

  const auto answer = plugin.train(bare);

  INFO(answer.text.substr(0, 200));
  CHECK(answer.done());
}

TEST_CASE("LearnedTest.BadModelFilesAreRefusedWithOneWarning") {
  const auto changed = [](auto change) {
    auto model = json::parse(model_text());
    change(model);
    return model.dump();
  };
  const std::vector<std::pair<std::string, std::string>> files = {
      {"empty", ""},
      {"cut", model_text().substr(0, model_text().size() / 2)},
      {"no object", "[1,2,3]"},
      {"another kind", changed([](json& model) { model["kind"] = "something.else"; })},
      {"from the future", changed([](json& model) { model["schema"] = 2; })},
      {"schema as text", changed([](json& model) { model["schema"] = "1"; })},
      {"changed by hand", changed([](json& model) { model["weights"][0] = 5.0; })},
      {"a weight too few", changed([](json& model) { model["weights"].erase(0); })},
      {"a weight that is none", changed([](json& model) { model["weights"][3] = nullptr; })},
      {"an endless weight", changed([](json& model) { model["weights"][3] = 1e300; })},
      {"NaN", R"({"schema":1,"kind":"dugout.tuner.learned","weights":[NaN]})"},
      {"1e999", R"({"schema":1,"kind":"dugout.tuner.learned","weights":[1e999]})"},
      {"nested too deep", std::string(200'000, '[')},
      {"nested too deep in objects", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{"},
      {"huge", "{\"a\":\"" + std::string(3U << 20, 'a') + "\"}"},
      {"no UTF-8", "{\"kind\":\"\xff\xfe\"}"},
  };
  for (const auto& [name, text] : files) {
    INFO(name);
    const Folder folder;
    folder.put(text);

    PluginUnderTest plugin(kId, folder.config());

    CHECK(plugin.propose(situation(12).dump()).status == DUGOUT_E_NOT_APPLICABLE);
    CHECK(plugin.propose(situation(12).dump()).status == DUGOUT_E_NOT_APPLICABLE);
    REQUIRE(logged().size() == 1);
    CHECK(logged()[0].first == 2);
    CHECK(logged()[0].second.find("is not used: ") != std::string::npos);
  }
}

TEST_CASE("LearnedTest.AModelFileWithARightChecksumIsStillHeldAgainstItsRanges") {
  // The checksum finds damage, not forgery: what it covers is checked all the same.
  const auto checksum = [](const json& model) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const unsigned char c : model.dump()) hash = (hash ^ c) * 1099511628211ULL;
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return std::string(text);
  };
  const auto forged = [&](auto change) {
    auto model = json::parse(model_text());
    model.erase("checksum");
    change(model);
    model["checksum"] = checksum(model);
    return model.dump();
  };
  const auto used = [&](const std::string& text) {
    const Folder folder;
    folder.put(text);
    PluginUnderTest plugin(kId, folder.config());
    return plugin.propose(situation(12).dump()).done();
  };

  CHECK(used(forged([](json&) {})));
  CHECK_FALSE(used(forged([](json& model) { model["weights"][3] = 1e300; })));
  CHECK_FALSE(used(forged([](json& model) { model["weights"][3] = "1"; })));
  CHECK_FALSE(used(forged([](json& model) { model["weights"].push_back(1); })));
  CHECK_FALSE(used(forged([](json& model) { model["features"][0] = "x"; })));
  CHECK_FALSE(used(forged([](json& model) { model["failure_shares"][2] = 1; })));
  CHECK_FALSE(used(forged([](json& model) { model["failure_shares"][2][1] = -0.5; })));
  CHECK_FALSE(used(forged([](json& model) { model["failed_seconds"][1] = 1e9; })));
  CHECK_FALSE(used(forged([](json& model) { model["seconds"].erase("*"); })));
  CHECK_FALSE(used(forged([](json& model) { model["cost"] = -1; })));
  CHECK_FALSE(used(forged([](json& model) { model["training"].erase("rows"); })));
  CHECK_FALSE(used(forged([](json& model) { model["training"]["auc"] = 7; })));
  CHECK_FALSE(used(forged([](json& model) {
    model["call_types"] = json::array();
    for (int at = 0; at < 100; ++at) model["call_types"].push_back(std::to_string(at));
  })));
}

TEST_CASE("LearnedTest.AFolderInPlaceOfTheModelFileIsRefused") {
  const Folder folder;
  std::filesystem::create_directory(folder.model());

  PluginUnderTest plugin(kId, folder.config());

  CHECK(plugin.propose(situation(12).dump()).status == DUGOUT_E_NOT_APPLICABLE);
  CHECK(logged().size() == 1);
}

TEST_CASE("LearnedTest.BoundsTheWrongWayRoundAreRefused") {
  CHECK_THROWS(PluginUnderTest(kId, {{"retries_least", 4}, {"retries_most", 2}}));
}
