// A server that serves the overviews of operators: the shipped routines in a folder of their own,
// and a store with sessions in it.
#pragma once

#include <filesystem>
#include <fstream>

#include "doors_fixture.hpp"
#include "routines/load.hpp"
#include "store/sqlite.hpp"
#include "unit/store/store_fixture.hpp"

namespace dugout::test {

inline const std::string kOperator = "a-token-of-operators";

struct Overviews {
  TempFolder folder;
  core::SystemClock clock;
  std::string root = folder.file("root");
  std::unique_ptr<store::Store> store = open_store();
  // Of every turn that is asked for; empty = nothing is known.
  std::string explanation;
  std::unique_ptr<Doors> doors = open_doors();

  Answer get(const std::string& path) {
    return doors->send("GET", path, "", {{"Authorization", "Bearer " + kOperator}});
  }
  // One turn of `session` along these edges of new_registration.
  void go(const std::string& session, const std::vector<std::pair<int, int>>& edges,
          const std::string& record = "{}") {
    const auto stored = store->session(session);
    const auto turn = store->accept(session, "", R"({"user_message":"My name is Zebedee"})");
    if (!stored || !turn) throw std::runtime_error("the store of the test cannot serve");
    store::TurnCommit commit;
    if (stored->has_value()) commit.session = **stored;
    commit.session.id = session;
    commit.session.agent = "new_registration";
    commit.session.record = record;
    if (!edges.empty()) commit.session.routine = edges.back().second;
    commit.turn = turn->id;
    commit.reply = R"({"response":"Hello Zebedee","routine_number":)" +
                   std::to_string(commit.session.routine) + "}";
    commit.messages = {{0, turn->id, "user", "My name is Zebedee", false}};
    commit.flow = "new_registration";
    commit.path = edges;
    if (!store->commit(commit)) throw std::runtime_error("the turn was not committed");
  }
  // Makes all that was stored look so much older.
  void age(int hours) {
    const auto database = store::Database::open(folder.file("dugout.db"), {});
    const auto by = std::to_string(static_cast<std::int64_t>(hours) * 3'600'000);
    const auto sql = "UPDATE sessions SET updated_ms = updated_ms - " + by;
    if (!database || !(*database)->run(sql)) throw std::runtime_error("nothing has aged");
  }
  std::string file(const std::string& name) const {
    return root + "/routines/new_registration/" + name;
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name), std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream stream(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::unique_ptr<store::Store> open_store() {
    std::filesystem::create_directories(root);
    for (const auto* part : {"agents", "routines"}) {
      std::filesystem::copy(std::string(DUGOUT_SOURCE_DIR "/") + part, root + "/" + part,
                            std::filesystem::copy_options::recursive);
    }
    auto opened = store::open_sqlite_store(folder.file("dugout.db"), clock);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
  }
  // Without plugins: of the findings, those of a check that knows the tools matter to no test here.
  routines::Application load(core::Findings& findings) const {
    return routines::load_application(root, {}, findings);
  }
  std::unique_ptr<Doors> open_doors() {
    const auto options = [this](http::ServerOptions& chosen) {
      chosen.admin_token = kOperator;
      chosen.store = store.get();
      chosen.explain = [this](const std::string&) -> Outcome<std::string> {
        if (explanation.empty()) return Error{Code::kNotFound, "nothing"};
        return explanation;
      };
      chosen.check = [this] {
        core::Findings findings;
        (void)load(findings);
        std::erase_if(findings, [](const auto& finding) {
          return finding.message.find("tool") != std::string::npos ||
                 finding.file.find("/agents/") != std::string::npos;
        });
        return findings;
      };
    };
    return std::make_unique<Doors>(options, [this](routines::Application& application) {
      core::Findings ignored;
      application = load(ignored);
    });
  }
};

}  // namespace dugout::test
