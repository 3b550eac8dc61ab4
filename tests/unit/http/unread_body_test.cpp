// What a client puts into a body is never taken for a request of its own (smuggling).
#include <catch2/catch.hpp>

#include "doors_fixture.hpp"
#include "http/endpoints.hpp"
#include "raw_client.hpp"

using namespace dugout;
using http::Role;
using test::Doors;

namespace {

const std::string kHidden = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

const std::map<Role, std::string> kTokens{{Role::kViewer, "token-of-the-viewer-1"},
                                          {Role::kOperator, "token-of-the-operator-1"},
                                          {Role::kAdmin, "token-of-the-admin-1"}};

std::unique_ptr<Doors> doors_with_staff(bool reload_is_good = true) {
  return std::make_unique<Doors>([&](http::ServerOptions& options) {
    options.admin_token = kTokens.at(Role::kAdmin);
    options.access.operators = {{"vera", Role::kViewer, "", kTokens.at(Role::kViewer)},
                                {"otto", Role::kOperator, "", kTokens.at(Role::kOperator)}};
    options.reload = [=] { return http::ReloadAnswer{reload_is_good, reload_is_good, "{}"}; };
  });
}

// A request whose body is a request.
std::string with_one_inside(const std::string& path, const std::string& headers) {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
         "Content-Length: " + std::to_string(kHidden.size()) + "\r\n\r\n" + kHidden;
}

std::string bearer_line(const std::string& token) {
  return "Authorization: Bearer " + token + "\r\n";
}

std::string pass_line(Doors& doors) {
  const auto answer =
      doors.send("POST", "/admin/session", R"({"token":")" + kTokens.at(Role::kViewer) + "\"}",
                 {{"Content-Type", "application/json"}});
  const auto& set = answer.headers.at("Set-Cookie");
  return "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
}

std::string example_path(std::string pattern) {
  while (pattern.find('{') != std::string::npos) {
    pattern.replace(pattern.find('{'), pattern.find('}') - pattern.find('{') + 1, "example_1");
  }
  return pattern;
}

}  // namespace

TEST_CASE("UnreadBodyTest.NoRowTakesABodyForTheNextRequest") {
  const auto doors = doors_with_staff();
  const auto pass = pass_line(*doors);
  std::vector<std::string> heads{"", "Sec-Fetch-Site: cross-site\r\n", bearer_line("wrong"), pass,
                                 pass + "Sec-Fetch-Site: same-origin\r\n"};
  for (const auto& [role, token] : kTokens) heads.push_back(bearer_line(token));

  int rows = 0;
  for (const auto& route : http::routes()) {
    if (route.method != "POST") continue;
    ++rows;
    for (const auto& head : heads) {
      for (const auto* type : {"", "Content-Type: application/json\r\n"}) {
        const auto heard =
            test::say_raw(doors->port(), with_one_inside(example_path(route.path), head + type));
        INFO(route.path << " " << head << type << "\n" << heard);
        CHECK(test::answers_in(heard) == 1);
        CHECK(heard.find("(reset)") == std::string::npos);
      }
    }
  }
  CHECK(rows >= 9);
}

TEST_CASE("UnreadBodyTest.NeitherDoARefusedReloadAnAddressThatIsShutOutAndAWrongMethod") {
  const auto doors = doors_with_staff(false);
  const auto once = [&](const std::string& path, const std::string& head) {
    return test::answers_in(test::say_raw(doors->port(), with_one_inside(path, head)));
  };

  CHECK(once("/admin/reload", bearer_line(kTokens.at(Role::kOperator))) == 1);
  CHECK(once("/health", "") == 1);
  for (int guess = 0; guess < 10; ++guess) once("/admin/reload", bearer_line("wrong"));
  const auto heard =
      test::say_raw(doors->port(), with_one_inside("/admin/reload", bearer_line("wrong")));
  CHECK(heard.starts_with("HTTP/1.1 429"));
  CHECK(test::answers_in(heard) == 1);
}

TEST_CASE("UnreadBodyTest.ALengthWithABlankBeforeItsColonIsRefused") {
  const auto doors = doors_with_staff();
  const auto heard =
      test::say_raw(doors->port(), "POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length : " +
                                       std::to_string(kHidden.size()) + "\r\n\r\n" + kHidden);

  CHECK(heard.starts_with("HTTP/1.1 400"));
  CHECK(test::answers_in(heard) == 1);
}

TEST_CASE("UnreadBodyTest.ABodyThatWasReadKeepsTheConnection") {
  const auto doors = doors_with_staff();
  const std::string ask =
      "POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\n\r\n{}";

  CHECK(test::answers_in(test::say_raw(doors->port(), ask + kHidden)) == 2);
}
