#include "pages.hpp"

namespace reg_setup {
namespace {

using nlohmann::json;

json page(const std::string& title, const json& paragraphs, const json& buttons = json::array()) {
  return {{"title", title}, {"paragraphs", paragraphs}, {"buttons", buttons}};
}

// For a client that wants JSON: the same in three words.
json told(const std::string& status, const std::string& player, const std::string& message) {
  return {{"status", status}, {"player_name", player}, {"message", message}};
}

std::string whose(const std::string& player) {
  return player.empty() ? "the registration" : player + "'s registration";
}

const char* ordinal(int day) {
  if (day / 10 == 1) return "th";
  switch (day % 10) {
    case 1:
      return "st";
    case 2:
      return "nd";
    case 3:
      return "rd";
    default:
      return "th";
  }
}

const char* month_name(int month) {
  constexpr const char* kNames[] = {"January",   "February", "March",    "April",
                                    "May",       "June",     "July",     "August",
                                    "September", "October",  "November", "December"};
  return kNames[month - 1];
}

}  // namespace

std::string day_words(int day) {
  if (day == 0) return {};
  if (day == -1 || day > 28) return "on the last day";
  return "on the " + std::to_string(day) + ordinal(day);
}

json already_paid(const std::string& player) {
  const auto message = "The signing-on fee is paid and the Direct Debit is set up for " +
                       whose(player) + ". There is nothing left to do.";
  return {{"page", page("Already paid", {message})},
          {"json", told("already_paid", player, message)}};
}

json being_recorded(const std::string& player) {
  const auto message = "Thank you. We have the payment for " + whose(player) +
                       " and are recording it; an SMS confirms it in a moment.";
  return {{"page", page("Payment received", {message})},
          {"json", told("being_recorded", player, message)}};
}

json practice(const Due& due, const payments::Settings& settings) {
  const auto last = payments::add_days(settings.season.end, -1);
  const auto fee = "£" + payments::pounds(settings.signing_fee_pence) + " signing-on fee, now";
  const auto monthly = "£" + payments::pounds(due.monthly_pence) + " a month from " +
                       month_name(settings.season.first.month) + " to " + month_name(last.month) +
                       " by Direct Debit" + (due.day.empty() ? "" : ", " + due.day);
  const auto message =
      "Payment for " + whose(due.player_first_name) + ": " + fee + "; " + monthly + ".";
  auto data = json{
      {"page",
       page("Registration payment",
            {"For " + whose(due.player_first_name) + " there is to be paid:", fee + ".",
             monthly + ".",
             "This is a practice page: it stands in for the payment provider, and no money "
             "moves."},
            {{{"name", "action"}, {"value", "pay"}, {"label", "Pay and set up the Direct Debit"}},
             {{"name", "action"}, {"value", "later"}, {"label", "Not now"}}})},
      {"json", told("pending", due.player_first_name, message)}};
  return data;
}

json thanks(const std::string& player) {
  const auto message = "The practice payment for " + whose(player) +
                       " is made and the Direct Debit is set up. An SMS confirms it in a moment.";
  return {{"page", page("Thank you", {message,
                                      "No money has moved. You can close this page and go "
                                      "on with the chat."})},
          {"json", told("paid", player, message)}};
}

json not_now() {
  const std::string message =
      "Nothing has been paid. The link in the SMS stays valid; come back when it suits you.";
  return {{"page", page("Not now", {message})}, {"json", told("pending", "", message)}};
}

}  // namespace reg_setup
