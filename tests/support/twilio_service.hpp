// Plays Twilio's Messages resource behind http/1 of the plugin harness: checks the credentials,
// keeps every message, and fails as it is told. For tests only.
#pragma once

#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/plugin_harness.hpp"

namespace dugout::test {

class TwilioService {
 public:
  static constexpr const char* kAccount = "ACtest0001";
  static constexpr const char* kToken = "test-token";
  static constexpr const char* kAuthorization =
      "Basic QUN0ZXN0MDAwMTp0ZXN0LXRva2Vu";  // account:token
  static constexpr const char* kFrom = "+447700900999";

  TwilioService() {
    answer_http([this](const auto& call) { return answer(call); });
  }
  ~TwilioService() { answer_http(nullptr); }
  TwilioService(const TwilioService&) = delete;
  TwilioService& operator=(const TwilioService&) = delete;

  static nlohmann::json settings() {
    return {{"sms",
             {{"backend", "twilio"},
              {"account_sid", kAccount},
              {"auth_token", kToken},
              {"from", kFrom}}},
            {"public_url", "https://join.example.org"}};
  }

  // The next POST is answered so; `arrives`: the message goes out all the same.
  void fail_post(ServiceReply reply, bool arrives = false) {
    posts_.push_back({std::move(reply), arrives});
  }
  void fail_get(ServiceReply reply) { gets_.push_back(std::move(reply)); }

  // Of every message that went out: sid, to, body, status.
  std::vector<nlohmann::json> messages;
  std::vector<std::string> refused;  // what broke the rules of the interface
  int posts = 0, gets = 0;

 private:
  using Call = ServiceCall;
  using Reply = ServiceReply;

  Reply answer(const Call& call) {
    const std::lock_guard lock(mutex_);
    const auto address =
        std::string("https://api.twilio.com/2010-04-01/Accounts/") + kAccount + "/Messages.json";
    if (call.url.substr(0, call.url.find('?')) != address) return refuse(404, 20404, "address");
    if (call.header("Authorization") != kAuthorization) return refuse(401, 20003, "credentials");
    return call.method == "POST" ? post(call) : get(call);
  }

  Reply refuse(int status, int code, const char* why) {
    refused.emplace_back(why);
    return {status, nlohmann::json{{"code", code}, {"message", why}, {"status", status}}.dump()};
  }

  Reply post(const Call& call) {
    ++posts;
    const auto form = pairs_of(call.body);
    if (call.effect != "once" || form.value("From", "") != kFrom ||
        form.value("Body", "").empty() ||
        form.value("StatusCallback", "") != "https://join.example.org/webhooks/twilio" ||
        call.header("Content-Type") != "application/x-www-form-urlencoded") {
      return refuse(400, 21602, "form");
    }
    const auto next = posts_.empty() ? Planned{{201, ""}, true} : posts_.front();
    const bool as_usual = posts_.empty();
    if (!as_usual) posts_.pop_front();
    if (!next.arrives) return next.reply;
    const nlohmann::json message{{"sid", "SM" + std::to_string(1000 + messages.size())},
                                 {"to", form.value("To", "")},
                                 {"body", form.value("Body", "")},
                                 {"status", "queued"}};
    messages.push_back(message);
    return as_usual ? Reply{201, message.dump()} : next.reply;
  }

  Reply get(const Call& call) {
    ++gets;
    const auto query =
        pairs_of(call.url.substr(std::min(call.url.find('?'), call.url.size() - 1) + 1));
    if (call.effect != "none" || query.value("From", "") != kFrom || !query.contains("DateSent>")) {
      return refuse(400, 20001, "query");
    }
    if (!gets_.empty()) {
      const auto reply = gets_.front();
      gets_.pop_front();
      return reply;
    }
    auto found = nlohmann::json::array();
    for (const auto& one : messages) {
      if (one["to"] == query.value("To", "")) found.push_back(one);
    }
    return {200, nlohmann::json{{"messages", found}, {"next_page_uri", nullptr}}.dump()};
  }

  static nlohmann::json pairs_of(std::string text) {
    auto out = nlohmann::json::object();
    text += '&';
    for (std::size_t at = 0; at < text.size(); at = text.find('&', at) + 1) {
      const auto pair = text.substr(at, text.find('&', at) - at);
      const auto equals = pair.find('=');
      if (equals == pair.npos) continue;
      out[decoded(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
    }
    return out;
  }

  static std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '%') {
        out += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
        at += 2;
      } else {
        out += text[at] == '+' ? ' ' : text[at];
      }
    }
    return out;
  }

  struct Planned {
    Reply reply;
    bool arrives;
  };
  std::mutex mutex_;
  std::deque<Planned> posts_;
  std::deque<Reply> gets_;
};

}  // namespace dugout::test
