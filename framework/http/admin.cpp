#include "http/admin.hpp"

#include <Poco/Net/NameValueCollection.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"

namespace dugout::http {
namespace {

constexpr std::string_view kScheme = "bearer ";  // case does not matter (RFC 9110, 11.1)
constexpr auto kRealm = "Bearer realm=\"operators\"";
constexpr auto kCookie = "dugout_operator";
constexpr std::size_t kTokenBytes = 4096;

std::string bearer_of(Exchange& exchange) {
  const std::string header = exchange.request().get("Authorization", "");
  if (core::lower(std::string_view(header).substr(0, kScheme.size())) != kScheme) return {};
  return std::string(core::trim(std::string_view(header).substr(kScheme.size())));
}

std::string pass_of(Exchange& exchange) {
  Poco::Net::NameValueCollection cookies;
  exchange.request().getCookies(cookies);
  return cookies.get(kCookie, "");
}

// Whose wrong tokens are counted together.
std::string address_of(const Service& service, Exchange& exchange) {
  return address_key(client_address(exchange.request(), service.proxies));
}

// "https://join.example.org/x" -> "https://join.example.org"
std::string origin_of(const std::string& url) {
  const auto host = url.find("://");
  return host == std::string::npos ? "" : core::lower(url.substr(0, url.find('/', host + 3)));
}

// Another site's page can make a browser send our cookie, but not forge these two headers.
bool of_our_pages(const Service& service, Exchange& exchange, bool when_not_told) {
  const auto& request = exchange.request();
  const std::string site = request.get("Sec-Fetch-Site", "");
  if (!site.empty()) return site == "same-origin";
  const auto origin = core::lower(request.get("Origin", ""));
  if (origin.empty()) return when_not_told;
  const auto host = core::lower(request.get("Host", ""));
  return origin == origin_of(service.options.public_url) || origin == "http://" + host ||
         origin == "https://" + host;
}

void refuse_operator(Service& service, Exchange& exchange, int status, const char* title,
                     const char* detail) {
  Problem problem;
  problem.status = status;
  problem.title = title;
  problem.detail = detail;
  if (status == 401) problem.authenticate = kRealm;
  exchange.problem(problem, service.clock);
}

// What is shown at a door, and what opens it.
struct Shown {
  std::string token;      // empty = none
  bool anything = false;  // something was sent in its place
};
struct Door {
  WrongTokens& wrong;
  std::vector<std::string_view> secrets;
};

bool answer_when_shut(Service& service, Exchange& exchange, const WrongTokens& wrong) {
  const auto wait = wrong.shut_for(address_of(service, exchange), service.clock.now());
  if (wait == core::Duration::zero()) return false;
  Problem problem;
  problem.status = 429;
  problem.title = "Too many wrong tokens";
  problem.detail = "Wait a minute, then try the right one.";
  problem.retry_after = static_cast<int>(core::seconds(wait)) + 1;
  exchange.problem(problem, service.clock);
  return true;
}

// False: it is answered.
bool admit_shown(Service& service, Exchange& exchange, const Door& door, const Shown& shown) {
  if (!shown.token.empty() && answer_when_shut(service, exchange, door.wrong)) return false;
  bool right = false;
  for (const auto secret : door.secrets) right = same_secret(secret, shown.token) || right;
  if (right) return true;
  if (!shown.token.empty()) door.wrong.count(address_of(service, exchange), service.clock.now());
  service.log.warning("admin.refused", {{"token_shown", shown.anything}});
  refuse_operator(service, exchange, 401, "For operators",
                  "Send the operator's token: Authorization: Bearer ...");
  return false;
}

Shown shown_as_bearer(Exchange& exchange) {
  return {bearer_of(exchange), exchange.request().has("Authorization")};
}

bool has_pass(const Service& service, Exchange& exchange) {
  const auto pass = pass_of(exchange);
  return !pass.empty() && service.passes.holds(pass, service.clock.now());
}

Door operators_door(Service& service) {
  return {service.wrong_tokens, {service.options.admin_token}};
}

bool knows_operators(Service& service, Exchange& exchange) {
  if (!service.options.admin_token.empty()) return true;
  exchange.problem(nothing_at(exchange.path()), service.clock);
  return false;
}

bool is_secure(const Service& service) {
  return service.options.public_url.starts_with("https://");
}

std::string cookie_text(const Service& service, const std::string& id, long long seconds) {
  return std::string(kCookie) + "=" + id + "; Path=/; Max-Age=" + std::to_string(seconds) +
         "; HttpOnly; SameSite=Strict" + (is_secure(service) ? "; Secure" : "");
}

// The member "token" of the body; nullopt = it is answered.
std::optional<std::string> shown_in_body(Service& service, Exchange& exchange) {
  std::string body;
  auto fault = exchange.require_type("application/json");
  if (!fault) {
    fault = exchange.read_body(kTokenBytes, service.options.read_timeout, service.clock, body);
  }
  if (fault) {
    exchange.problem(*fault, service.clock);
    return std::nullopt;
  }
  const auto read = core::parse_json(body);
  auto token = read && read->is_object() ? core::member(*read, "token") : std::string();
  if (!token.empty()) return token;
  refuse_operator(service, exchange, 422, "The request cannot be used",
                  "Send {\"token\": \"...\"}.");
  return std::nullopt;
}

}  // namespace

bool same_secret(std::string_view secret, std::string_view shown) {
  if (secret.empty()) return false;
  // Each byte of what was shown is looked at; the length of the secret is no secret.
  volatile unsigned char differ = secret.size() == shown.size() ? 0 : 1;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    const auto wanted = static_cast<unsigned char>(secret[at % secret.size()]);
    differ = differ | (wanted ^ static_cast<unsigned char>(shown[at]));
  }
  return differ == 0;
}

bool operators_known(Service& service, const PathParts& /*parts*/) {
  return !service.options.admin_token.empty();
}

bool is_operator(const Service& service, Exchange& exchange) {
  return has_pass(service, exchange) ||
         same_secret(service.options.admin_token, bearer_of(exchange));
}

bool admit_scraper(Service& service, Exchange& exchange) {
  if (has_pass(service, exchange)) return true;
  const Door door{service.wrong_metrics_tokens,
                  {service.options.metrics_token, service.options.admin_token}};
  return admit_shown(service, exchange, door, shown_as_bearer(exchange));
}

bool admit_operator(Service& service, Exchange& exchange) {
  if (!knows_operators(service, exchange)) return false;
  if (!has_pass(service, exchange)) {
    return admit_shown(service, exchange, operators_door(service), shown_as_bearer(exchange));
  }
  const auto& method = exchange.request().getMethod();
  if (method == "GET" || method == "HEAD" || of_our_pages(service, exchange, false)) return true;
  refuse_operator(
      service, exchange, 403, "Not from here",
      "With a cookie, changes are taken from our own pages only; or send the operator's token.");
  return false;
}

void serve_session_begin(Service& service, Exchange& exchange) {
  if (!knows_operators(service, exchange)) return;
  if (!of_our_pages(service, exchange, true)) {
    return refuse_operator(service, exchange, 403, "Not from here",
                           "Only our own pages may sign in.");
  }
  const auto shown = shown_in_body(service, exchange);
  if (!shown || !admit_shown(service, exchange, operators_door(service), {*shown, true})) return;
  const auto lasts = std::chrono::duration_cast<std::chrono::seconds>(OperatorPasses::kLasts);
  const auto id = service.passes.begin(service.clock.now());
  service.log.info("admin.signed_in", {});
  exchange.header("Set-Cookie", cookie_text(service, id, lasts.count()));
  exchange.nothing(204);
}

void serve_session_end(Service& service, Exchange& exchange) {
  if (!admit_operator(service, exchange)) return;
  service.passes.end(pass_of(exchange));
  exchange.header("Set-Cookie", cookie_text(service, "", 0));
  exchange.nothing(204);
}

}  // namespace dugout::http
