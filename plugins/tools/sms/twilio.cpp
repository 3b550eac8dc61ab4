// Twilio's Messages resource. Its answer is believed only when it names a message; whatever may
// have arrived without such an answer stays unknown.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "dugout/sdk/dates.hpp"
#include "dugout/sdk/http.hpp"
#include "sms/encoding.hpp"
#include "sms/service.hpp"

namespace sms {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

// Twilio's error numbers: its documentation calls these the recipient's or the sender's fault.
constexpr int kNumberFaults[] = {21211, 21214, 21217, 21408, 21610, 21612, 21614};
constexpr int kSenderFaults[] = {20003, 20404, 21212, 21603, 21606, 21659, 21660};
constexpr int kBadCallback = 21609;

template <std::size_t N>
bool is_one_of(const int (&list)[N], int code) {
  return std::find(std::begin(list), std::end(list), code) != std::end(list);
}

bool has_failed(const std::string& status) {
  return status == "failed" || status == "undelivered" || status == "canceled";
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

int code_in(const json& body) {
  const auto found = body.is_object() ? body.find("code") : body.end();
  return found != body.end() && found->is_number_integer() ? found->get<int>() : 0;
}

class Twilio final : public Service {
 public:
  Twilio(Settings settings, dugout::sdk::Host host)
      : settings_(std::move(settings)),
        host_(host),
        authorization_("Basic " + base64(settings_.account_sid + ":" + settings_.auth_token)),
        messages_(settings_.base_url + "/2010-04-01/Accounts/" + settings_.account_sid +
                  "/Messages.json") {}

  Posted post(const Message& message) const override {
    auto call = call_of("POST", messages_);
    call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    call.body = "To=" + percent_encoded(message.to) + "&From=" + percent_encoded(settings_.from) +
                "&Body=" + percent_encoded(message.text) +
                "&StatusCallback=" + percent_encoded(settings_.public_url + "/webhooks/twilio");
    const auto answer = dugout::sdk::send(host_, call);
    if (!answer) return unanswered(answer.error());
    return read(answer->status, json::parse(answer->body, nullptr, false));
  }

  Outcome<std::vector<std::string>> sids_of(const Message& message,
                                            std::int64_t since_ms) const override {
    // A day earlier: their clock need not be ours.
    const auto since = dugout::sdk::iso_day(dugout::sdk::date_of_unix_ms(since_ms - 86'400'000));
    auto call = call_of("GET", messages_ + "?To=" + percent_encoded(message.to) +
                                   "&From=" + percent_encoded(settings_.from) +
                                   "&DateSent%3E=" + since + "&PageSize=1000");
    call.effect = "none";
    const auto answer = dugout::sdk::send(host_, call);
    if (!answer) return Error{Code::kUnavailable, "Twilio cannot be asked"};
    if (answer->status == 401 || answer->status == 403) return credentials_refused();
    const auto body = json::parse(answer->body, nullptr, false);
    const auto list = body.is_object() ? body.find("messages") : body.end();
    if (answer->status != 200 || list == body.end() || !list->is_array()) {
      host_.log(2, "sms: Twilio's list of messages cannot be read, status " +
                       std::to_string(answer->status));
      return Error{Code::kUnavailable, "Twilio's list cannot be read"};
    }
    std::vector<std::string> sids;
    for (const auto& one : *list) {
      const bool same = text_in(one, "body") == message.text && text_in(one, "to") == message.to;
      if (same && !has_failed(text_in(one, "status")) && !text_in(one, "sid").empty()) {
        sids.push_back(text_in(one, "sid"));
      }
    }
    return sids;
  }

 private:
  // Short enough that try, look and second try fit a tool's time.
  dugout::sdk::HttpCall call_of(const char* method, std::string url) const {
    dugout::sdk::HttpCall call;
    call.method = method;
    call.url = std::move(url);
    call.headers = {{"Authorization", authorization_}, {"Accept", "application/json"}};
    call.timeout_ms = 6'000;
    call.deadline_ms = 8'000;
    return call;
  }

  Error credentials_refused() const {
    host_.log(3, "sms: Twilio refuses services.sms account_sid or auth_token");
    return {Code::kRefused, "Twilio refuses the credentials"};
  }

  static Posted not_sent(Error error, std::string cause) {
    return {Posted::State::kNotSent, "", std::move(error), true, std::move(cause)};
  }

  Posted unanswered(const Error& error) const {
    const Error told{Code::kUnavailable, "Twilio did not answer"};
    if (dugout::sdk::never_sent(error)) return not_sent(told, "not reached");
    return {Posted::State::kUnknown, "", told, false, "no answer"};
  }

  Posted read(int status, const json& body) const {
    const auto sid = text_in(body, "sid");
    const bool created = (status == 200 || status == 201) && !sid.empty();
    if (created && !has_failed(text_in(body, "status"))) {
      return {Posted::State::kSent, sid, {}, true, ""};
    }
    const auto cause = std::to_string(code_in(body) != 0 ? code_in(body) : status);
    if (created) return not_sent({Code::kUpstream, "the message failed at once"}, "failed");
    if (status == 429) return not_sent({Code::kUnavailable, "Twilio is busy"}, cause);
    if (status >= 400 && status < 500) return refused(status, code_in(body), cause);
    // 5xx, a page of HTML, an error under a good status: it may or may not have been taken. Only
    // Twilio itself writes a code; a gateway that gave up knows nothing of what goes on behind it.
    host_.log(2, "sms: the answer says nothing of the message, status " + std::to_string(status));
    const bool over = code_in(body) != 0;
    return {Posted::State::kUnknown, "", {Code::kUnavailable, "Twilio has trouble"}, over, cause};
  }

  Posted refused(int status, int code, const std::string& cause) const {
    if (status == 401 || status == 403) return not_sent(credentials_refused(), cause);
    if (is_one_of(kNumberFaults, code)) {
      return not_sent({Code::kInvalid, "this number cannot get an SMS"}, cause);
    }
    if (status == 404 || is_one_of(kSenderFaults, code)) {
      host_.log(3, "sms: Twilio refuses the sender; look at services.sms account_sid and from");
      return not_sent({Code::kRefused, "Twilio refuses the sender"}, cause);
    }
    // Numbers are masked in the log, so it says where Twilio's stands.
    host_.log(3, code == kBadCallback
                     ? "sms: Twilio refuses the status callback; can the world reach public_url?"
                     : "sms: Twilio refuses a message; its error is the cause in sms_messages");
    return not_sent({Code::kUpstream, "Twilio refuses the message"}, cause);
  }

  Settings settings_;
  dugout::sdk::Host host_;
  std::string authorization_, messages_;
};

}  // namespace

std::unique_ptr<Service> make_twilio(const Settings& settings, dugout::sdk::Host host) {
  return std::make_unique<Twilio>(settings, host);
}

}  // namespace sms
