#include "chase.hpp"

#include "dugout/sdk/dates.hpp"
#include "payments/registrations.hpp"
#include "sms/phone.hpp"
#include "teams/manager.hpp"
#include "text/cell.hpp"

namespace chasing {
namespace {

using dugout::Code;
using dugout::Error;
using nlohmann::json;
using text::cell;

constexpr const char* kTable = "registrations";

// -1 = no count.
int count_in(const json& row) {
  const auto text = cell(row, "payment_follow_up_count");
  if (text.empty()) return 0;
  return text.size() == 1 && text[0] >= '0' && text[0] <= '9' ? text[0] - '0' : -1;
}

bool is_paid(const json& row) {
  return cell(row, "signing_on_fee_paid") == "Y";
}

bool is_pending(const json& row) {
  const auto status = cell(row, "registration_status");
  return !is_paid(row) && (status.empty() || status == "pending_payment");
}

// Suspended by a run that has not come to telling anybody.
bool is_half_suspended(const json& row) {
  return !is_paid(row) && cell(row, "registration_status") == "suspended" &&
         count_in(row) == kSuspends - 1 && !cell(row, "suspend_date").empty();
}

const char* code_name(Code code) {
  switch (code) {
    case Code::kRefused:
      return "not_configured";
    case Code::kInvalid:
      return "invalid_phone";
    case Code::kUpstream:
      return "not_sent";
    case Code::kMissingField:
      return "no_payment_link";
    default:
      return "unavailable";
  }
}

}  // namespace

Chase::Due Chase::due(const json& row) {
  Due out{cell(row, "id"), cell(row, "billing_request_id"), 0, 0};
  if (is_half_suspended(row)) {
    out.step = kSuspends;
    return out;
  }
  if (!is_pending(row)) return out;
  const auto days = whole_days(cell(row, "initial_db_write_timestamp"), host_.unix_ms());
  if (!days || count_in(row) < 0) {
    count("unreadable");
    return out;
  }
  out.days = *days;
  out.step = due_step(*days, count_in(row));
  return out;
}

void Chase::plan(const json& row) {
  const auto what = due(row);
  if (what.step == 0) return;
  told_["steps"].push_back({{"record_id", what.id},
                            {"days", what.days},
                            {"step", what.step},
                            {"does", what.step == kSuspends ? "suspend" : "remind"}});
}

void Chase::act(const json& row) {
  auto what = due(row);
  if (what.step == 0) return;
  // The list may be minutes old: a parent who has just paid is left in peace.
  const auto fresh = host_.find_rows(kTable, json{{"id", what.id}}.dump());
  if (!fresh) return fail(what, {Code::kUnavailable, "store"});
  const auto rows = json::parse(*fresh);
  if (rows.empty()) return;
  what = due(rows.front());
  if (what.step == 0) return;
  if (!sms::is_token(what.token)) return fail(what, {Code::kMissingField, "no payment link"});
  if (!is_first_of_run(what)) return;
  if (what.step == kSuspends) {
    suspend(what, rows.front());
  } else {
    remind(what, rows.front());
  }
}

// A job that is tried again must not hurry a row that is long overdue through all its steps.
bool Chase::is_first_of_run(const Due& what) {
  if (run_.empty()) return true;
  const json row{{"record_id", what.id}, {"step", what.step}};
  const auto inserted = host_.insert_row("payment_chases", run_ + "|" + what.id, row.dump());
  if (inserted) return true;
  if (inserted.error().code != Code::kConflict) {
    fail(what, {Code::kUnavailable, "store"});
    return false;
  }
  const auto holder = json::parse(inserted.error().detail).at("detail");
  return holder.value("step", 0) == what.step;
}

// A step counts as taken also when its SMS can never arrive: who cannot be reached must not stay
// pending for ever. It is not counted as sent.
void Chase::remind(const Due& what, const json& row) {
  const auto told = tell_parent(what, row);
  if (told == Told::kLater) return;
  const json changes{{"payment_follow_up_count", std::to_string(what.step)}};
  if (write(what, changes) && told == Told::kYes) count("sent");
}

void Chase::suspend(const Due& what, json row) {
  if (!is_half_suspended(row)) {
    const json changes{
        {"registration_status", "suspended"},
        {"suspend_date", dugout::sdk::iso_day(dugout::sdk::date_of_unix_ms(host_.unix_ms()))}};
    if (!write(what, changes)) return;
  }
  if (!still_unpaid(what, row)) return;
  const auto parent = tell_parent(what, row);
  if (!still_unpaid(what, row)) return;
  const auto manager = tell_manager(what, row);
  if (parent == Told::kLater || manager == Told::kLater) return;
  const json changes{{"payment_follow_up_count", std::to_string(kSuspends)}};
  if (write(what, changes)) count("suspended");
}

// Reads the row again, as its payment may come in at any moment; puts a paid one right.
bool Chase::still_unpaid(const Due& what, json& row) {
  const auto fresh = host_.find_rows(kTable, json{{"id", what.id}}.dump());
  if (!fresh) {
    fail(what, {Code::kUnavailable, "store"});
    return false;
  }
  const auto rows = json::parse(*fresh);
  if (rows.empty()) return false;  // removed meanwhile
  row = rows.front();
  if (!is_paid(row)) return true;
  const auto repairs = payments::repairs(row);
  if (!repairs.empty()) (void)write(what, repairs);
  return false;
}

Chase::Told Chase::tell_parent(const Due& what, const json& row) {
  const auto phone = sms::mobile_of(cell(row, "parent_telephone"));
  if (phone.empty()) {
    fail(what, {Code::kInvalid, "no mobile"});
    return Told::kNever;
  }
  const auto& settings = sender_.settings();
  const Names names{sms::one_line(cell(row, "parent_first_name")),
                    sms::one_line(cell(row, "player_first_name")), settings.club_name,
                    settings.payment_link(what.token)};
  return send(what, std::to_string(what.step), phone, parent_text(what.step, names), what.token);
}

Chase::Told Chase::tell_manager(const Due& what, const json& row) {
  if (barred_) return Told::kLater;
  const auto phone = teams::manager_phone(host_, row);
  if (phone.empty()) {
    count("managers_unknown");
    return Told::kNever;
  }
  const auto player =
      sms::one_line(cell(row, "player_first_name") + " " + cell(row, "player_last_name"));
  const auto team = sms::one_line(cell(row, "team") + " " + cell(row, "age_group"));
  const auto told =
      send(what, "manager", phone, manager_text(sender_.settings().club_name, player, team), "");
  if (told == Told::kYes) count("managers_told");
  return told;
}

Chase::Told Chase::send(const Due& what, const std::string& key, const std::string& phone,
                        const std::string& text, const std::string& about) {
  const auto sent = sender_.send_once("chase|" + what.token + "|" + key, phone, text, about);
  if (sent) return Told::kYes;
  fail(what, sent.error());
  const auto code = sent.error().code;
  return code == Code::kInvalid || code == Code::kUpstream ? Told::kNever : Told::kLater;
}

bool Chase::write(const Due& what, const json& changes) {
  if (host_.update_row(kTable, what.id, changes.dump())) return true;
  fail(what, {Code::kUnavailable, "store"});
  return false;
}

void Chase::fail(const Due& what, const Error& error) {
  count("failed");
  told_["failures"].push_back(
      {{"record_id", what.id}, {"step", what.step}, {"code", code_name(error.code)}});
  again_ = again_ || error.code == Code::kUnavailable;
  barred_ = barred_ || error.code == Code::kRefused;
}

}  // namespace chasing
