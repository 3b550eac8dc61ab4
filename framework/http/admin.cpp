#include "http/admin.hpp"

#include <Poco/Net/NameValueCollection.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "http/audit_told.hpp"
#include "http/origin.hpp"

namespace dugout::http {
namespace {

constexpr std::string_view kScheme = "bearer ";  // case does not matter (RFC 9110, 11.1)
constexpr auto kRealm = "Bearer realm=\"operators\"";
constexpr auto kCookie = "dugout_operator";
constexpr auto kSignIn = "/admin/session";
constexpr std::size_t kTokenBytes = 4096;

std::string pass_of(Exchange& exchange) {
  Poco::Net::NameValueCollection cookies;
  exchange.request().getCookies(cookies);
  return cookies.get(kCookie, "");
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

// What is shown at a door, and who it lets in.
struct Shown {
  std::string token;      // empty = none
  bool anything = false;  // something was sent in its place
};
struct Door {
  WrongTokens& wrong;
  std::function<std::optional<Who>(const std::string& token)> find;
  // What the audit log calls it: the route's own pattern, as the address holds what a stranger
  // likes.
  std::string name;
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

// nullopt: it is answered.
std::optional<Who> admit_shown(Service& service, Exchange& exchange, const Door& door,
                               const Shown& shown) {
  if (!shown.token.empty() && answer_when_shut(service, exchange, door.wrong)) return std::nullopt;
  if (auto who = door.find(shown.token)) return who;
  if (!shown.token.empty()) {
    door.wrong.count(address_of(service, exchange), service.clock.now());
    tell_refusal(service, "", "token", door.name);
  }
  service.log.warning("admin.refused", {{"token_shown", shown.anything}});
  refuse_operator(service, exchange, 401, "For operators",
                  "Send the operator's token: Authorization: Bearer ...");
  return std::nullopt;
}

Shown shown_as_bearer(Exchange& exchange) {
  return {bearer_of(exchange), exchange.request().has("Authorization")};
}

std::optional<Who> who_has_pass(const Service& service, Exchange& exchange) {
  const auto pass = pass_of(exchange);
  return pass.empty() ? std::nullopt : service.passes.holder(pass, service.clock.now());
}

std::optional<Who> who_of_token(const Service& service, const std::string& token) {
  return service.operators.find(token, service.clock.now());
}

Door operators_door(Service& service, const std::string& name) {
  return {service.wrong_tokens,
          [&service](const std::string& token) { return who_of_token(service, token); }, name};
}

// With a cookie, what changes something comes from our own pages.
bool admit_cookie(Service& service, Exchange& exchange, const Route& route,
                  const std::string& who) {
  const auto& method = exchange.request().getMethod();
  if (method == "GET" || method == "HEAD" || of_our_pages(service, exchange, false)) return true;
  tell_refusal(service, who, "origin", route.path);
  refuse_operator(
      service, exchange, 403, "Not from here",
      "With a cookie, changes are taken from our own pages only; or send the operator's token.");
  return false;
}

bool admit_operator(Service& service, Exchange& exchange, const Route& route) {
  auto who = who_has_pass(service, exchange);
  if (who && !admit_cookie(service, exchange, route, who->name)) return false;
  if (!who) {
    who = admit_shown(service, exchange, operators_door(service, route.path),
                      shown_as_bearer(exchange));
  }
  if (!who) return false;
  exchange.asked_by(who->name);
  if (who->role >= route.role) return true;
  tell_refusal(service, who->name, "role", route.path);
  const auto detail = std::string("This needs the role ") + name_of(route.role) + "; " + who->name +
                      " has the role " + name_of(who->role) + ".";
  refuse_operator(service, exchange, 403, "Not for this role", detail.c_str());
  return false;
}

std::string cookie_text(const Service& service, Exchange& exchange, const std::string& id,
                        long long seconds) {
  return std::string(kCookie) + "=" + id + "; Path=/; Max-Age=" + std::to_string(seconds) +
         "; HttpOnly; SameSite=Strict" + (is_secure(service, exchange) ? "; Secure" : "");
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

std::string bearer_of(Exchange& exchange) {
  const std::string header = exchange.request().get("Authorization", "");
  if (core::lower(std::string_view(header).substr(0, kScheme.size())) != kScheme) return {};
  return std::string(core::trim(std::string_view(header).substr(kScheme.size())));
}

bool operators_known(Service& service, const PathParts& /*parts*/) {
  return service.operators.any();
}

bool is_operator(const Service& service, Exchange& exchange) {
  return who_has_pass(service, exchange) || who_of_token(service, bearer_of(exchange));
}

bool admit_scraper(Service& service, Exchange& exchange) {
  if (who_has_pass(service, exchange)) return true;
  const Door door{service.wrong_metrics_tokens,
                  [&service](const std::string& token) {
                    return same_secret(service.options.metrics_token, token)
                               ? std::optional(Who{"metrics", Role::kAnyone})
                               : who_of_token(service, token);
                  },
                  "/metrics"};
  return admit_shown(service, exchange, door, shown_as_bearer(exchange)).has_value();
}

bool admit(Service& service, Exchange& exchange, const Route& route) {
  if (route.cross_origin && route.method == "POST" && of_another_site(service, exchange)) {
    Problem problem;
    problem.status = 403;
    problem.title = "Not from here";
    problem.detail =
        "Only our own pages may send this, and those of access.cors.origins. Behind a proxy "
        "that changes the host: set public_url.";
    problem.close = true;
    exchange.problem(problem, service.clock);
    return false;
  }
  if (route.role == Role::kAnyone) return true;
  if (route.open_without_operators && !service.operators.any()) return true;
  return admit_operator(service, exchange, route);
}

void serve_operator(Service& service, Exchange& exchange) {
  auto who = who_has_pass(service, exchange);
  if (!who) who = who_of_token(service, bearer_of(exchange));
  if (!who)
    return exchange.problem(nothing_at(exchange.path()), service.clock);  // it ended just now
  exchange.json(200,
                core::canonical(core::Json{{"name", who->name}, {"role", name_of(who->role)}}));
}

void serve_session_begin(Service& service, Exchange& exchange) {
  if (!of_our_pages(service, exchange, true)) {
    tell_refusal(service, "", "origin", kSignIn);
    return refuse_operator(service, exchange, 403, "Not from here",
                           "Only our own pages may sign in.");
  }
  const auto shown = shown_in_body(service, exchange);
  if (!shown) return;
  const auto who = admit_shown(service, exchange, operators_door(service, kSignIn), {*shown, true});
  if (!who) return;
  const auto lasts = std::chrono::duration_cast<std::chrono::seconds>(OperatorPasses::kLasts);
  const auto id = service.passes.begin(service.clock.now(), *who);
  service.log.info("admin.signed_in", {{"operator", who->name}});
  tell_audit(service, who->name, "signed_in", name_of(who->role));
  exchange.header("Set-Cookie", cookie_text(service, exchange, id, lasts.count()));
  exchange.nothing(204);
}

void serve_session_end(Service& service, Exchange& exchange) {
  tell_audit(service, exchange.who(), "signed_out", "");
  service.passes.end(pass_of(exchange));
  exchange.header("Set-Cookie", cookie_text(service, exchange, "", 0));
  exchange.nothing(204);
}

}  // namespace dugout::http
