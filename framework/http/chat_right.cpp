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

enum class TokenShown { kNone, kAsToken, kAsCookie };

TokenShown shown_for(Service& service, Exchange& exchange, const std::string& token,
                     const std::string& in_body) {
  if (token.empty()) return TokenShown::kNone;
  if (core::same_bytes(token, in_body) || core::same_bytes(token, bearer_of(exchange))) {
    return TokenShown::kAsToken;
  }
  if (!core::same_bytes(token, chat_cookie(exchange))) return TokenShown::kNone;
  // What another site's page makes a browser send, nobody has said.
  const bool meant =
      exchange.request().getMethod() != "POST" || of_our_pages(service, exchange, false);
  return meant ? TokenShown::kAsCookie : TokenShown::kNone;
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

using First = std::optional<store::FirstTurn>;

// Without a store nothing is ever begun, and no token is given.
Outcome<First> first_of(const Service& service, const std::string& id) {
  return service.options.store == nullptr ? Outcome<First>(First())
                                          : service.options.store->first_turn(id);
}

// Bound to that very conversation: of the same name there may be another one after it is deleted.
std::string token_of(const Service& service, const std::string& id, const First& first) {
  if (!first) return {};
  return core::hmac_sha256_hex(service.chat_key, "chat|" + id + "|" + first->turn).substr(0, 32);
}

// "" = it is not bound, or nothing of it is accepted yet.
Outcome<std::string> chat_token(const Service& service, const std::string& id) {
  if (!is_bound(service, id)) return std::string();
  const auto first = first_of(service, id);
  if (!first) return first.error();
  return token_of(service, id, *first);
}

}  // namespace

bool Beginnings::join(const std::string& session, const void* who, const std::string& message,
                      bool may_join) {
  const std::lock_guard lock(mutex_);
  auto& open = open_[session];
  const bool repeat = may_join && !message.empty() && message == open.message;
  if (open.requests > 0 && open.who != who && !repeat) return false;
  if (open.requests++ == 0) {
    open.who = who;
    open.message = message;
  }
  return true;
}

void Beginnings::leave(const std::string& session) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(session);
  if (--found->second.requests == 0) open_.erase(found);
}

std::string shown_session(Exchange& exchange) {
  auto bearer = bearer_of(exchange);
  return is_secret_id(bearer, kProgramPrefix) ? bearer : std::string();
}

ChatRight::~ChatRight() {
  for (const auto& session : beginning_) service_.beginnings.leave(session);
}

void ChatRight::let_go(const std::string& session_id) {
  const auto held = beginning_.equal_range(session_id);
  std::for_each(held.first, held.second,
                [this](const auto& session) { service_.beginnings.leave(session); });
  beginning_.erase(held.first, held.second);
}

std::optional<Problem> ChatRight::admit(std::string& session_id, const ChatClaim& claim) {
  if (session_id.empty()) session_id = shown_session(exchange_);
  if (session_id.empty()) {
    session_id =
        core::new_id(of_our_pages(service_, exchange_, false) ? kPagePrefix : kProgramPrefix);
  }
  if (!is_bound(service_, session_id)) return std::nullopt;
  const auto first = first_of(service_, session_id);
  if (!first) return problem_of(first.error());
  const auto shown =
      shown_for(service_, exchange_, token_of(service_, session_id, *first), claim.token);
  if (shown == TokenShown::kNone) {
    auto refused = begin(session_id, claim, *first);
    if (!refused) owed_.insert(session_id);
    return refused;
  }
  if (shown == TokenShown::kAsCookie) by_cookie_.insert(session_id);
  return std::nullopt;
}

// Whose first message got no answer has no token yet, and sends that message once more. With an id
// that nobody can guess this will do, until there is more than that message to be protected.
std::optional<Problem> ChatRight::begin(const std::string& session_id, const ChatClaim& claim,
                                        const First& first) {
  const bool secret = is_secret_id(session_id, kPagePrefix);
  if (!claim.may_begin) return not_yours();
  if (first) {
    const bool repeat =
        secret && first->alone && !claim.message.empty() && claim.message == first->message;
    return repeat ? std::nullopt : std::optional(not_yours());
  }
  if (!service_.beginnings.join(session_id, this, claim.message, secret)) {
    return problem_of({Code::kConflict, "Somebody is beginning this conversation just now.", ""});
  }
  beginning_.insert(session_id);
  // What has begun between the look and the hold is not ours.
  const auto now = first_of(service_, session_id);
  if (!now) return problem_of(now.error());
  return *now ? begin(session_id, claim, *now) : std::nullopt;
}

// Who has shown a token keeps it, and goes without a new one where the store cannot say.
Outcome<std::string> ChatRight::owed_token(const std::string& session_id) const {
  auto token = chat_token(service_, session_id);
  return token || owed_.count(session_id) > 0 ? token : std::string();
}

Status ChatRight::give(const std::string& session_id) {
  const auto token = owed_token(session_id);
  if (!token) return token.error();
  // It has begun or was refused, and whoever has the answer may say the next thing at once.
  let_go(session_id);
  if (token->empty()) return Done{};
  // A browser's page of ours keeps cookies.
  if (!of_our_pages(service_, exchange_, false)) {
    exchange_.give_session_token(*token);
    return Done{};
  }
  exchange_.header("Set-Cookie", std::string(kChatCookie) + "=" + *token +
                                     "; Path=/; Max-Age=" + std::to_string(kChatCookieSeconds) +
                                     "; HttpOnly; SameSite=Lax" +
                                     (is_secure(service_, exchange_) ? "; Secure" : ""));
  return Done{};
}

Outcome<std::string> ChatRight::token_for(const std::string& session_id) const {
  return by_cookie_.count(session_id) > 0 ? std::string() : owed_token(session_id);
}

Outcome<bool> may_read_chat(Service& service, Exchange& exchange, const std::string& session_id) {
  if (is_secret_id(session_id, kProgramPrefix)) return true;
  if (!is_secret_id(session_id, kPagePrefix)) return false;
  const auto token = chat_token(service, session_id);
  if (!token) return token.error();
  return shown_for(service, exchange, *token, "") != TokenShown::kNone;
}

}  // namespace dugout::http
