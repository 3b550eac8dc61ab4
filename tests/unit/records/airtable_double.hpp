// A base of Airtable as host::HttpService: records by table, formulas that are really read, the key
// that must be there, and the rate that must be kept, on the virtual clock.
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/host.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {

class AirtableDouble final : public host::HttpService {
 public:
  using Json = nlohmann::json;

  explicit AirtableDouble(FakeClock& clock) : clock_(clock) {}

  Outcome<host::HttpAnswer> send(const host::HttpCall& call) override {
    const std::lock_guard lock(mutex_);
    calls.push_back(call);
    const auto now = clock_.now();
    CHECK(call.timeout.count() > 0);
    CHECK(call.deadline >= call.timeout);
    while (!times_.empty() && now - times_.front() >= std::chrono::seconds(1)) times_.pop_front();
    times_.push_back(now);
    if (times_.size() > 5) ++too_fast;
    if (!next.empty()) {
      auto step = std::move(next.front());
      next.pop_front();
      if (auto answer = step(call)) return *std::move(answer);
    }
    return serve(call);
  }

  Json& add(const std::string& table, Json fields) {
    const auto id = "rec" + std::string(13, '0') + std::to_string(++made_);
    auto& rows = tables[table];
    rows.push_back({{"id", id}, {"createdTime", "2025-10-01T12:00:00.000Z"}, {"fields", fields}});
    return rows.back();
  }
  std::size_t count(const std::string& method) const {
    std::size_t found = 0;
    for (const auto& call : calls) found += call.method == method ? 1U : 0U;
    return found;
  }

  static host::HttpAnswer answer(int status, const std::string& body) {
    return {status, {{"content-type", "application/json"}}, body, 1};
  }

  // What happens instead of, or before, the next calls; nullopt = go on and serve it.
  std::deque<std::function<std::optional<Outcome<host::HttpAnswer>>(const host::HttpCall&)>> next;
  std::map<std::string, std::vector<Json>> tables{{"tblReg", {}}};
  std::vector<host::HttpCall> calls;
  std::size_t page = 100;
  int too_fast = 0;
  Json schema = Json::object();

  // Does the call, then loses the answer.
  std::optional<Outcome<host::HttpAnswer>> lose_answer(const host::HttpCall& call) {
    (void)serve(call);
    return Outcome<host::HttpAnswer>(Error{Code::kTimeout, "no answer", R"({"sent":true})"});
  }

 private:
  static int digit(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }
  static std::string plain(std::string_view escaped) {
    std::string out;
    for (std::size_t at = 0; at < escaped.size(); ++at) {
      if (escaped[at] != '%') {
        out += escaped[at];
        continue;
      }
      out += static_cast<char>(digit(escaped[at + 1]) * 16 + digit(escaped[at + 2]));
      at += 2;
    }
    return out;
  }

  // AND({a}='x',{b}=7): a recursive reading would be more than the product writes.
  static bool holds(const std::string& formula, const Json& fields) {
    if (!formula.starts_with("AND(") || formula.back() != ')') {
      FAIL("no formula: " << formula);
    }
    std::size_t at = 4;
    bool all = true;
    while (at < formula.size() - 1) {
      const auto close = formula.find("}=", at);
      REQUIRE(formula[at] == '{');
      REQUIRE(close != formula.npos);
      const auto name = formula.substr(at + 1, close - at - 1);
      at = close + 2;
      const Json value = literal(formula, at);
      const auto found = fields.find(name);
      // As the real one compares: without regard to letter case.
      all = all && (found == fields.end() ? value.is_null() : folded(*found) == folded(value));
      if (formula[at] == ',') ++at;
    }
    return all;
  }
  static Json folded(const Json& value) {
    if (!value.is_string()) return value;
    auto text = value.get<std::string>();
    for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }
  static Json literal(const std::string& formula, std::size_t& at) {
    if (formula[at] != '\'') {
      const auto end = formula.find_first_of(",", at) == formula.npos ? formula.size() - 1
                                                                      : formula.find(',', at);
      const auto word = formula.substr(at, end - at);
      at = end;
      if (word == "BLANK()") return nullptr;
      if (word == "TRUE()") return true;
      return Json::parse(word);
    }
    std::string text;
    for (++at; formula[at] != '\''; ++at) {
      if (formula[at] == '\\') {
        ++at;
        text += formula[at] == 'n' ? '\n' : formula[at] == 't' ? '\t' : formula[at];
      } else {
        text += formula[at];
      }
    }
    ++at;
    return text;
  }

  host::HttpAnswer serve(const host::HttpCall& call) {
    const auto key = call.headers.find("Authorization");
    if (key == call.headers.end() || key->second != "Bearer pat-test") {
      return answer(401, R"({"error":{"type":"AUTHENTICATION_REQUIRED","message":"no"}})");
    }
    CHECK(call.url.find("pat-test") == call.url.npos);
    static const std::string kRoot = "https://api.airtable.com/v0/";
    REQUIRE(call.url.starts_with(kRoot));
    auto path = call.url.substr(kRoot.size());
    if (path == "meta/bases/appTest/tables") return answer(200, schema.dump());
    REQUIRE(path.starts_with("appTest/"));
    path = path.substr(8);
    const auto question = path.find('?');
    const auto query = question == path.npos ? "" : path.substr(question + 1);
    path = path.substr(0, question);
    const auto slash = path.find('/');
    const auto table = plain(path.substr(0, slash));
    const auto id = slash == path.npos ? "" : path.substr(slash + 1);
    if (!tables.contains(table)) return answer(404, R"({"error":"NOT_FOUND"})");
    return on_table(call, tables[table], table, id, query);
  }

  host::HttpAnswer on_table(const host::HttpCall& call, std::vector<Json>& rows,
                            const std::string& table, const std::string& id,
                            const std::string& query) {
    if (call.method == "GET" && id.empty()) return list(rows, query);
    if (call.method == "POST") {
      CHECK(call.effect == host::Effects::kOnce);
      return answer(200, add(table, Json::parse(call.body).at("fields")).dump());
    }
    for (auto& row : rows) {
      if (row["id"] != id) continue;
      if (call.method == "PATCH") patch(call, row);
      return answer(200, row.dump());
    }
    return answer(404, R"({"error":"NOT_FOUND"})");
  }

  static void patch(const host::HttpCall& call, Json& row) {
    CHECK(call.effect == host::Effects::kIdempotent);
    const auto changes = Json::parse(call.body).at("fields");
    for (const auto& [name, value] : changes.items()) {
      if (value.is_null()) {
        row["fields"].erase(name);
      } else {
        row["fields"][name] = value;
      }
    }
  }

  host::HttpAnswer list(const std::vector<Json>& rows, const std::string& query) const {
    std::map<std::string, std::string> arguments;
    for (std::size_t at = 0; at < query.size();) {
      const auto end = std::min(query.find('&', at), query.size());
      const auto equal = query.find('=', at);
      arguments[query.substr(at, equal - at)] = plain(query.substr(equal + 1, end - equal - 1));
      at = end + 1;
    }
    Json found = Json::array();
    for (const auto& row : rows) {
      const auto formula = arguments.find("filterByFormula");
      if (formula == arguments.end() || holds(formula->second, row["fields"])) found.push_back(row);
    }
    const auto from = arguments.contains("offset") ? std::stoul(arguments["offset"]) : 0U;
    Json out{{"records", Json::array()}};
    for (auto at = from; at < std::min(found.size(), from + page); ++at) {
      out["records"].push_back(found[at]);
    }
    if (from + page < found.size()) out["offset"] = std::to_string(from + page);
    return answer(200, out.dump());
  }

  FakeClock& clock_;
  std::mutex mutex_;
  std::deque<core::MonoTime> times_;
  int made_ = 0;
};

}  // namespace dugout::test
