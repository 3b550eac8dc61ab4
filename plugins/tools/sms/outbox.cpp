// The SMS service of a fresh install: a folder with one file for each message. A message is there
// as a whole or not at all, under a name made from its key, so it is found again.
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "files/private_file.hpp"
#include "sms/service.hpp"
#include "text/fingerprint.hpp"

namespace sms {
namespace {

using dugout::Code;
using dugout::Outcome;
using nlohmann::json;

class Outbox final : public Service {
 public:
  Outbox(std::string folder, dugout::sdk::Host host) : folder_(std::move(folder)), host_(host) {}

  bool takes_time() const override { return false; }

  Posted post(const Message& message) const override {
    const auto sid = "SM" + text::long_fingerprint(message.key);
    const json row{{"idempotency_key", message.key},
                   {"message_sid", sid},
                   {"billing_request_id", message.billing_request_id},
                   {"to", message.to},
                   {"sent_at_ms", host_.unix_ms()},
                   {"text", message.text}};
    Posted out;
    out.state = Posted::State::kSent;
    out.sid = sid;
    if (write(message.key, row.dump(2, ' ', false, json::error_handler_t::replace))) return out;
    host_.log(3, "sms: the outbox folder cannot be written");
    out.state = Posted::State::kNotSent;
    out.error = {Code::kUnavailable, "the outbox cannot be written"};
    out.cause = "outbox";
    return out;
  }

  Outcome<std::vector<std::string>> sids_of(const Message& message,
                                            std::int64_t /*since_ms*/) const override {
    std::ifstream file(path(message.key));
    const auto row = file ? json::parse(file, nullptr, false) : json();
    if (!row.is_object() || row.value("idempotency_key", "") != message.key) {
      return std::vector<std::string>{};
    }
    return std::vector<std::string>{row.value("message_sid", "")};
  }

 private:
  std::string path(const std::string& key) const {
    return folder_ + "/" + text::long_fingerprint(key) + ".json";
  }

  bool write(const std::string& key, const std::string& text) const {
    return files::make_private_folder(folder_) && files::write_whole(path(key), text + "\n");
  }

  std::string folder_;
  dugout::sdk::Host host_;
};

}  // namespace

std::unique_ptr<Service> make_outbox(const Settings& settings, dugout::sdk::Host host) {
  return std::make_unique<Outbox>(settings.outbox, host);
}

}  // namespace sms
