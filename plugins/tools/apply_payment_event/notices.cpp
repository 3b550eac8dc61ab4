#include "notices.hpp"

#include "payments/registrations.hpp"
#include "sms/phone.hpp"
#include "teams/manager.hpp"

namespace apply_payment_event {
namespace {

using dugout::Code;
using nlohmann::json;
using payments::text_of;

std::string name_in(const json& row, const char* member) {
  return sms::one_line(text_of(row, member));
}

}  // namespace

dugout::Status Notices::confirm(const json& registration) const {
  const auto to = sms::mobile_of(text_of(registration, "parent_telephone"));
  if (to.empty()) {
    host_.log(2, "payments: a registration without a mobile gets no confirmation SMS");
    return dugout::Done{};
  }
  const auto text = "Hi " + name_in(registration, "parent_first_name") +
                    ", your payment is confirmed. " + name_in(registration, "player_full_name") +
                    "'s registration with " + sender_.settings().club_name +
                    " is complete and the Direct Debit is set up. Thank you!";
  const auto sent =
      sender_.send_once("confirmation:" + text_of(registration, "billing_request_id"), to, text);
  if (sent) return dugout::Done{};
  if (sent.error().code == Code::kUnavailable) return sent.error();
  host_.log(2, "payments: a confirmation SMS could not be sent: " + sent.error().message);
  return dugout::Done{};
}

void Notices::tell_manager(const json& registration) const {
  const auto to = teams::manager_phone(host_, registration);
  if (to.empty()) {
    return host_.log(2,
                     "payments: a suspended registration is active again, and its team has no "
                     "manager_phone: the manager was not told");
  }
  const auto text = name_in(registration, "player_full_name") + " (" +
                    name_in(registration, "team") + " " + name_in(registration, "age_group") +
                    ") has paid and may play again.";
  const auto sent =
      sender_.send_once("reactivated:" + text_of(registration, "billing_request_id"), to, text);
  if (!sent) host_.log(2, "payments: a manager's notice was not sent: " + sent.error().message);
}

}  // namespace apply_payment_event
