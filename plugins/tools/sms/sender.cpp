#include "sms/sender.hpp"

#include <nlohmann/json.hpp>
#include <thread>

#include "dugout/sdk/tool_result.hpp"
#include "sms/claims.hpp"
#include "sms/service.hpp"

namespace sms {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

// What a look at the list and a second try may take together before the caller gives up; when they
// take longer all the same, the outcome is settled by reconcile.
constexpr auto kLookAndTry = std::chrono::seconds(8);

Sent sent_by(const json& row) {
  return {row.value("message_sid", ""), row.value("to", ""),
          row.value("sent_at_ms", std::int64_t{0})};
}

Message message_of(const json& row) {
  return {row.value("key", ""), row.value("to", ""), row.value("text", ""),
          row.value("billing_request_id", "")};
}

// One sending, from a claim to its end.
class Sending {
 public:
  Sending(const dugout::sdk::Host& host, const Service& service)
      : host_(host), claims_(host), service_(service) {}

  Outcome<Sent> run(const Message& message, const Patience& patience) const {
    const auto claim = claims_.take(message);
    if (!claim && claim.error().code == Code::kConflict) {
      return Error{Code::kUnavailable, claim.error().message};
    }
    if (!claim) return claim.error();
    if (!claim->sent.is_null()) return sent_by(claim->sent);
    const auto found = look_behind(claim->open);
    if (!found) {
      claims_.failed(claim->id, "unknown before");  // the earlier ones stay open
      return found.error();
    }
    for (const auto& row : claim->open) claims_.failed(row.value("id", ""), "taken over");
    if (!found->empty()) return finish(claim->id, *found, message.to);
    return deliver(claim->id, message, patience);
  }

  // As look_for, but "there is none" is said only when nobody can be sending it any more.
  Outcome<std::string> look_behind(const std::vector<json>& rows) const {
    bool all_ended = true;
    for (const auto& row : rows) {
      const auto stopped = claims_.stop(row);
      if (!stopped) return stopped.error();
      all_ended = all_ended && *stopped;
    }
    auto found = look_for(rows);
    if (found && found->empty() && !all_ended && service_.takes_time()) {
      return Error{Code::kUnavailable, "it is being sent right now"};
    }
    return found;
  }

  // The message of one of these rows that the service knows and we do not; empty = there is none.
  Outcome<std::string> look_for(const std::vector<json>& rows) const {
    for (const auto& row : rows) {
      const auto sids =
          service_.sids_of(message_of(row), row.value("claimed_at_ms", std::int64_t{0}));
      if (!sids) return sids.error();
      for (const auto& sid : *sids) {
        // A resend has the text of the first message: each row takes one that no other has.
        const auto known = claims_.is_known(sid);
        if (!known) return known.error();
        if (!*known) return sid;
      }
    }
    return std::string{};
  }

  Outcome<Sent> finish(const std::string& id, const std::string& sid, const std::string& to) const {
    if (const auto row = claims_.sent(id, sid)) return sent_by(*row);
    // The row stays open; whoever asks next finds the message at the service.
    return Sent{sid, to, host_.unix_ms()};
  }

 private:
  Outcome<Sent> deliver(const std::string& id, const Message& message,
                        const Patience& patience) const {
    const json row{{"key", message.key},
                   {"to", message.to},
                   {"text", message.text},
                   {"claimed_at_ms", host_.unix_ms()}};
    for (bool again = false;; again = true) {
      if (const auto ours = claims_.hold(id); !ours || !*ours) return not_ours(id, ours.ok());
      const auto posted = service_.post(message);
      if (posted.state == Posted::State::kSent) return finish(id, posted.sid, message.to);
      if (posted.state == Posted::State::kNotSent) {
        claims_.failed(id, posted.cause);
        return posted.error;
      }
      auto found = look_for({row});
      // Only after the service's own answer, or some time, is nothing under way any more.
      bool over = posted.over;
      const bool there = found && !found->empty();
      if (!there && !over && !again && wait(id, patience)) {
        over = true;
        found = look_for({row});
      }
      if (found && !found->empty()) return finish(id, *found, message.to);
      if (found && over && !again) continue;
      claims_.leave_open(id);
      return posted.error;
    }
  }

  // Nothing left yet in this try. Whoever has taken the claim over answers for it.
  Error not_ours(const std::string& id, bool lost) const {
    if (!lost) claims_.leave_open(id);
    return {Code::kUnavailable, lost ? "another call sends it" : "the store cannot be reached"};
  }

  // False: there is no time for it. Nobody else takes the claim up meanwhile.
  bool wait(const std::string& id, const Patience& patience) const {
    using Clock = std::chrono::steady_clock;
    if (patience.wait.count() <= 0) return false;
    if (Clock::now() + patience.wait + kLookAndTry > patience.until) return false;
    const auto ours = claims_.hold(id);
    if (!ours || !*ours) return false;
    std::this_thread::sleep_for(patience.wait);
    return true;
  }

  const dugout::sdk::Host& host_;
  Claims claims_;
  const Service& service_;
};

}  // namespace

Sender::Sender(dugout::sdk::Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      service_(settings_.is_local() ? make_outbox(settings_, host) : make_twilio(settings_, host)) {
}

Sender::~Sender() = default;
Sender::Sender(Sender&&) noexcept = default;

Outcome<Sent> Sender::send_once(std::string_view key, std::string_view to_e164,
                                const std::string& text, std::string_view billing_request_id,
                                const Patience& patience) const {
  if (!settings_.ready()) {
    host_.log(2, "sms: not sent, services.sms lacks account_sid, auth_token or from");
    return Error{Code::kRefused, "SMS is not configured"};
  }
  return Sending(host_, *service_)
      .run({std::string(key), std::string(to_e164), text, std::string(billing_request_id)},
           patience);
}

Outcome<Sent> Sender::settle(std::string_view key) const {
  const Claims claims(host_);
  const auto rows = claims.rows_of(key);
  if (!rows) return rows.error();
  std::vector<json> open;
  for (const auto& row : *rows) {
    if (row.value("state", "") == "sent") return sent_by(row);
    if (row.value("state", "") == "sending") open.push_back(row);
  }
  if (open.empty()) return Error{Code::kNotFound, "nothing was sent"};
  const Sending sending(host_, *service_);
  const auto found = sending.look_behind(open);
  if (!found) return found.error();
  for (std::size_t at = found->empty() ? 0 : 1; at < open.size(); ++at) {
    claims.failed(open[at].value("id", ""), "ended");
  }
  if (found->empty()) return Error{Code::kNotFound, "nothing was sent"};
  return sending.finish(open[0].value("id", ""), *found, open[0].value("to", ""));
}

std::string refusal(const Error& error) {
  switch (error.code) {
    case Code::kRefused:
      return dugout::sdk::refused("not_configured", "Text messages are not available just now.");
    case Code::kInvalid:
      return dugout::sdk::refused("invalid_phone", "This number cannot get an SMS.");
    case Code::kUpstream:
      return dugout::sdk::refused("not_sent", "The SMS could not be sent.");
    default:
      return dugout::sdk::refused("unavailable", "The SMS cannot be sent now.", true);
  }
}

}  // namespace sms
