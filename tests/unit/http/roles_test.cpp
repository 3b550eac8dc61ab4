// Who may do what: the whole table of routes, row by row, and tokens that are known by their hash.
#include <catch2/catch.hpp>

#include "core/digest.hpp"
#include "doors_fixture.hpp"
#include "http/endpoints.hpp"
#include "support/fake_clock.hpp"
#include "support/own_file.hpp"

using namespace dugout;
using http::Role;
using test::Answer, test::Doors;
using RoleHeaders = std::map<std::string, std::string>;

namespace {

constexpr int kFewIterations = 1000;
const std::string kAdminToken = "a-token-of-the-admin";

// A viewer and an operator by their hashes, an admin by the token itself.
struct Staff {
  core::FreshToken viewer = core::fresh_token(kFewIterations);
  core::FreshToken operating = core::fresh_token(kFewIterations);

  void put(http::ServerOptions& options) const {
    options.admin_token = kAdminToken;
    options.access.operators = {{"vera", Role::kViewer, viewer.hash, ""},
                                {"otto", Role::kOperator, operating.hash, ""}};
    options.dashboard = [] { return std::make_shared<const std::string>("{}"); };
    options.explain = [](const std::string&) { return Outcome<std::string>(std::string("{}")); };
  }
  std::string token(Role role) const {
    if (role == Role::kViewer) return viewer.token;
    return role == Role::kOperator ? operating.token : kAdminToken;
  }
};

RoleHeaders role_bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}};
}

// A path of the row, with something in its places.
std::string example_of(const std::string& pattern) {
  std::string path = pattern;
  while (path.find('{') != std::string::npos) {
    path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "example_1");
  }
  return path;
}

// Open on purpose: the chat, doors of services and of tools, what says whether the server is well,
// and pages without figures. Whoever adds a row that is for everybody adds it here.
const std::set<std::string> kOpenRows{"POST /chat",
                                      "POST /chat/batch",
                                      "GET /chat/{session_id}",
                                      "POST /upload",
                                      "POST /upload-async",
                                      "GET /upload-status/{upload_id}",
                                      "POST /webhooks/{name}",
                                      "GET /webhooks/{name}/test",
                                      "GET /health",
                                      "GET /ready",
                                      "GET /metrics",
                                      "GET /api/page",
                                      "GET /api/page.css",
                                      "POST /admin/session",
                                      "GET /openapi.json",
                                      "GET /page.css",
                                      "GET /",
                                      "GET /dashboard",
                                      "GET /routines",
                                      "GET /theme.js",
                                      "GET /icon.svg",
                                      "GET /assets/{name}",
                                      "GET /{page}/{id}",
                                      "POST /{page}/{id}"};

}  // namespace

TEST_CASE("RolesTest.EveryRowOfOperatorsRefusesWhoeverMayNot") {
  const Staff staff;
  const auto put = [&](http::ServerOptions& options) { staff.put(options); };
  auto doors_of_now = std::make_unique<Doors>(put);
  std::set<std::string> seen;

  for (const auto& route : http::routes()) {
    const auto row = route.method + " " + route.path;
    INFO(row);
    if (kOpenRows.count(row) == 1) {
      CHECK(route.role == Role::kAnyone);
      continue;
    }
    seen.insert(row);
    if (seen.size() % 8 == 0) doors_of_now = std::make_unique<Doors>(put);  // wrong tokens add up
    auto& doors = *doors_of_now;
    REQUIRE(route.role != Role::kAnyone);
    const auto path = example_of(route.path);
    if (route.path == "/api/dashboard/events") {  // it would go on for ever
      CHECK(doors.send("GET", path).status == 401);
      CHECK(doors.send("HEAD", path, "", role_bearer(staff.viewer.token)).status == 200);
      continue;
    }
    CHECK(doors.send(route.method, path).status == 401);
    CHECK(doors.send(route.method, path, "", role_bearer("some-other-token-here")).status == 401);
    for (const auto role : {Role::kViewer, Role::kOperator, Role::kAdmin}) {
      INFO(http::name_of(role));
      const auto status = doors.send(route.method, path, "", role_bearer(staff.token(role))).status;
      CHECK((status == 403) == (role < route.role));
      CHECK(status != 401);
    }
  }

  CHECK(seen.size() >= 16);
  CHECK(seen.count("POST /admin/log-level") == 1);
  CHECK(seen.count("GET /api/audit") == 1);
}

TEST_CASE("RolesTest.APassHasTheRoleOfItsToken") {
  const Staff staff;
  Doors doors([&](http::ServerOptions& options) { staff.put(options); });
  const auto sign_in =
      doors.send("POST", "/admin/session", R"({"token":")" + staff.viewer.token + "\"}",
                 {{"Content-Type", "application/json"}});
  REQUIRE(sign_in.status == 204);
  const auto& set = sign_in.headers.at("Set-Cookie");
  const auto cookie = set.substr(0, set.find(';'));

  const auto who = doors.send("GET", "/admin/session", "", {{"Cookie", cookie}});
  CHECK(who.json() == test::Json{{"name", "vera"}, {"role", "viewer"}});
  CHECK(doors.send("GET", "/admin/log-level", "", {{"Cookie", cookie}}).status == 200);
  const auto refused = doors.send("POST", "/admin/log-level", R"({"level":"debug"})",
                                  {{"Cookie", cookie},
                                   {"Sec-Fetch-Site", "same-origin"},
                                   {"Content-Type", "application/json"}});
  CHECK(refused.status == 403);
  CHECK_THAT(refused.body, Catch::Contains("needs the role operator"));
  CHECK(doors.whole_log().find(staff.viewer.token) == std::string::npos);
}

TEST_CASE("RolesTest.WithoutOperatorsTheCatalogueIsOpenAndTheRestIsNotThere") {
  Doors doors;

  CHECK(doors.send("GET", "/api/agents").status == 200);
  CHECK(doors.send("GET", "/api/sessions").status == 404);
  CHECK(doors.send("GET", "/api/audit").status == 404);
  CHECK(doors.send("GET", "/admin/session").status == 404);
}

TEST_CASE("RolesTest.WhatOperatorsDoIsInTheAuditLog") {
  const Staff staff;
  core::SystemClock clock;
  const std::string folder = test::own_file("roles_audit");
  std::filesystem::remove_all(folder);  // of an earlier process with our number
  observability::AuditLog audit(folder, clock);
  Doors doors([&](http::ServerOptions& options) {
    staff.put(options);
    options.access.audit = &audit;
  });
  const RoleHeaders json{{"Content-Type", "application/json"}};
  doors.send("POST", "/admin/session", R"({"token":")" + staff.operating.token + "\"}", json);
  doors.send("POST", "/admin/session", R"({"token":"a wrong one"})", json);
  auto as_operator = role_bearer(staff.operating.token);
  as_operator["Content-Type"] = "application/json";
  doors.send("POST", "/admin/log-level", R"({"level":"error"})", as_operator);
  for (int again = 0; again < 3; ++again) {
    doors.send("GET", "/api/attempts/turn_1", "", role_bearer(staff.viewer.token));
  }
  doors.send("POST", "/admin/log-level", "{}", role_bearer(staff.viewer.token));

  std::vector<std::string> lines;
  const auto check = observability::check_audit(folder, {}, [&](const auto& line) {
    lines.push_back(line.who + "|" + line.what + "|" + line.target + "|" + line.outcome);
  });
  CHECK(check->broken.empty());
  CHECK(lines ==
        std::vector<std::string>{"otto|signed_in|operator|ok", "|token|/admin/session|refused",
                                 "otto|log.level|error|ok", "vera|attempts.viewed|turn_1|ok",
                                 "vera|role|/admin/log-level|refused"});
  CHECK(doors.send("GET", "/api/audit", "", role_bearer(staff.operating.token)).status == 403);
  std::filesystem::remove_all(folder);
}

TEST_CASE("RolesTest.TheAuditLogNamesDoorsAndNothingThatAStrangerWrites") {
  const Staff staff;
  core::SystemClock clock;
  const std::string folder = test::own_file("roles_audit_doors");
  std::filesystem::remove_all(folder);  // of an earlier process with our number
  observability::AuditLog audit(folder, clock);
  Doors doors([&](http::ServerOptions& options) {
    staff.put(options);
    options.access.audit = &audit;
  });
  const RoleHeaders json{{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "same-origin"}};
  const auto in = doors.send("POST", "/admin/session", R"({"token":")" + kAdminToken + "\"}", json);
  const auto& set = in.headers.at("Set-Cookie");
  const auto alien = [&](RoleHeaders headers) {
    headers["Sec-Fetch-Site"] = "cross-site";
    return headers;
  };

  doors.send("GET", "/api/attempts/\x1b[2Jcleared", "", role_bearer("a wrong one"));
  doors.send("POST", "/admin/reload", "", alien({{"Cookie", set.substr(0, set.find(';'))}}));
  doors.send("POST", "/admin/session", R"({"token":"x"})", alien(json));

  std::vector<std::string> lines;
  const auto check = observability::check_audit(folder, {}, [&](const auto& line) {
    lines.push_back(line.who + "|" + line.what + "|" + line.target + "|" + line.outcome);
  });
  CHECK(check->broken.empty());
  CHECK(lines == std::vector<std::string>{
                     "admin|signed_in|admin|ok", "|token|/api/attempts/{id}|refused",
                     "admin|origin|/admin/reload|refused", "|origin|/admin/session|refused"});
  std::filesystem::remove_all(folder);
}

TEST_CASE("AuditToldTest.GuessesBeyondANumberAMinuteAreCounted") {
  http::AuditTold told;
  core::MonoTime now{std::chrono::hours(1)};
  int left_out = 0, written = 0;
  for (int guess = 0; guess < 100; ++guess) written += told.may_refuse(now, left_out) ? 1 : 0;

  CHECK(written == http::AuditTold::kRefusalsPerMinute);
  CHECK(told.may_refuse(now + std::chrono::minutes(1), left_out));
  CHECK(left_out == 100 - http::AuditTold::kRefusalsPerMinute);
}

TEST_CASE("OperatorsTest.ATokenIsRememberedForAWhileAndWrongOnesCostNothing") {
  const Staff staff;
  const http::Operators operators(kAdminToken, {{"vera", Role::kViewer, staff.viewer.hash, ""}});
  core::MonoTime now{std::chrono::hours(1)};

  CHECK(operators.find(kAdminToken, now)->name == "admin");
  CHECK(operators.find(staff.viewer.token, now)->role == Role::kViewer);
  CHECK(operators.find(staff.viewer.token, now + std::chrono::minutes(11))->name == "vera");
  CHECK_FALSE(operators.find(staff.operating.token, now));
  CHECK_FALSE(operators.find("", now));
  CHECK_FALSE(operators.find(staff.viewer.hash, now));
}
