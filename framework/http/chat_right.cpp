#include "http/chat_right.hpp"

#include <Poco/Net/NameValueCollection.h>

#include <algorithm>

#include "core/digest.hpp"
#include "core/random.hpp"
#include "http/admin.hpp"
#include "http/origin.hpp"
#include "store/store.hpp"

namespace dugout::http {
namespace {

constexpr auto kChatCookie = "dugout_chat";
constexpr long kChatCookieSeconds = 30L * 86'400;  // as long as the page keeps the conversation
constexpr std::string_view kProgramPrefix = "ses_", kPagePrefix = "web_";

bool is_secret_id(std::string_view id, std::string_view prefix) {
  if (id.size() != prefix.size() + 32 || !id.starts_with(prefix)) return false;
  return std::all_of(id.begin() + static_cast<std::ptrdiff_t>(prefix.size()), id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_bound(const Service& service, const std::string& id) {
  if (is_secret_id(id, kPagePrefix)) return true;
  return service.options.access.bound_names && !is_secret_id(id, kProgramPrefix);
}

std::string chat_cookie(Exchange& exchange) {
  Poco::Net::NameValueCollection cookies;
  exchange.request().getCookies(cookies);
  return cookies.get(kChatCookie, "");
}

bool shows_token(Service& service, Exchange& exchange, const std::string& token,
                 const std::string& shown) {
  if (core::same_bytes(token, shown) || core::same_bytes(token, bearer_of(exchange))) return true;
  if (!core::same_bytes(token, chat_cookie(exchange))) return false;
  // What another site's page makes a browser send, nobody has said.
  return exchange.request().getMethod() != "POST" || of_our_pages(service, exchange, false);
}

Problem not_yours() {
  Problem problem;
  problem.status = 401;
  problem.title = "Somebody else's conversation";
  problem.detail =
      "It is bound to the browser or client that began it: send its session_token as "
      "Authorization: Bearer ..., or begin a new one.";
  problem.authenticate = "Bearer realm=\"conversation\"";
  return problem;
}

// How many messages of it are answered; nullopt: there is no such conversation.
Outcome<std::optional<std::int64_t>> answered(Service& service, const std::string& id) {
  using Count = std::optional<std::int64_t>;
  if (service.options.store != nullptr) {
    const auto session = service.options.store->session(id);
    if (!session) return session.error();
    return *session ? Count((*session)->version) : Count();
  }
  const auto view = service.orchestrator.view(id);
  if (!view && view.error().code == Code::kUnavailable) return view.error();
  return view ? Count(static_cast<std::int64_t>(view->said.size())) : Count();
}

// Whose first message got no answer has no token yet, and sends it once more. With an id that
// nobody can guess that will do, until there is more than that first message to be protected.
bool may_begin(Service& service, const std::string& id, std::optional<Problem>& problem) {
  const auto count = answered(service, id);
  if (!count) {
    problem = problem_of(count.error());
    return false;
  }
  return !count->has_value() || (is_secret_id(id, kPagePrefix) && **count <= 1);
}

void give_token(const Service& service, Exchange& exchange, const std::string& token) {
  // A browser's page of ours keeps cookies.
  if (!of_our_pages(service, exchange, false)) return exchange.give_session_token(token);
  exchange.header("Set-Cookie", std::string(kChatCookie) + "=" + token +
                                    "; Path=/; Max-Age=" + std::to_string(kChatCookieSeconds) +
                                    "; HttpOnly; SameSite=Lax" +
                                    (is_secure(service, exchange) ? "; Secure" : ""));
}

}  // namespace

std::string chat_token(const Service& service, const std::string& session_id) {
  if (!is_bound(service, session_id)) return {};
  return core::hmac_sha256_hex(service.chat_key, "chat|" + session_id).substr(0, 32);
}

std::string shown_session(Exchange& exchange) {
  auto bearer = bearer_of(exchange);
  return is_secret_id(bearer, kProgramPrefix) ? bearer : std::string();
}

std::optional<Problem> admit_chat(Service& service, Exchange& exchange, std::string& session_id,
                                  const std::string& shown) {
  if (session_id.empty()) session_id = shown_session(exchange);
  if (session_id.empty()) {
    session_id =
        core::new_id(of_our_pages(service, exchange, false) ? kPagePrefix : kProgramPrefix);
  }
  const auto token = chat_token(service, session_id);
  if (token.empty()) return std::nullopt;
  std::optional<Problem> problem;
  if (!shows_token(service, exchange, token, shown) && !may_begin(service, session_id, problem)) {
    return problem ? problem : not_yours();
  }
  give_token(service, exchange, token);
  return std::nullopt;
}

bool may_read_chat(Service& service, Exchange& exchange, const std::string& session_id) {
  if (is_secret_id(session_id, kProgramPrefix)) return true;
  return is_secret_id(session_id, kPagePrefix) &&
         shows_token(service, exchange, chat_token(service, session_id), "");
}

}  // namespace dugout::http
