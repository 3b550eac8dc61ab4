#include "steps.hpp"

#include "dugout/sdk/dates.hpp"

namespace chasing {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kDueDays[] = {3, 5, 7, 8};

// The number in text[at, at + size); -1 when it is none.
int number_at(std::string_view text, std::size_t at, std::size_t size) {
  if (text.size() < at + size) return -1;
  int value = 0;
  for (const char c : text.substr(at, size)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Seconds into the day; 0 for a text without a time, -1 for one that is none.
int seconds_of(std::string_view text) {
  if (text.empty()) return 0;
  if (text.size() < 6 || (text[0] != 'T' && text[0] != ' ') || text[3] != ':') return -1;
  const int hour = number_at(text, 1, 2), minute = number_at(text, 4, 2);
  const bool exact = text.size() >= 9 && text[6] == ':';
  const int second = exact ? number_at(text, 7, 2) : 0;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  return hour * 3600 + minute * 60 + second;
}

}  // namespace

int due_step(std::int64_t days, int count) {
  if (count < 0 || count >= kSuspends || days < kDueDays[count]) return 0;
  return count + 1;
}

std::optional<std::int64_t> whole_days(std::string_view created, std::int64_t now_ms) {
  if (created.size() < 10 || created[4] != '-' || created[7] != '-') return std::nullopt;
  const dugout::sdk::Date date{number_at(created, 0, 4), number_at(created, 5, 2),
                               number_at(created, 8, 2)};
  const int seconds = seconds_of(created.substr(10));
  if (date.year < 1970 || !dugout::sdk::is_real(date) || seconds < 0) return std::nullopt;
  const auto created_ms =
      dugout::sdk::days_since_1970(date) * kDayMs + std::int64_t{seconds} * 1000;
  return now_ms < created_ms ? 0 : (now_ms - created_ms) / kDayMs;
}

std::string parent_text(int step, const Names& names) {
  const auto hello = "Hi " + names.parent + ", ";
  switch (step) {
    case 1:
      return hello + "a friendly reminder from " + names.club + ": " + names.player +
             "'s place is waiting for you. Please pay the signing-on fee and set up the monthly "
             "subscription here: " +
             names.link;
    case 2:
      return hello + names.player + "'s registration with " + names.club +
             " is still waiting for its payment. It only takes a few minutes, and the place is "
             "safe: " +
             names.link;
    case 3:
      return hello + "this is the last reminder from " + names.club + ": " + names.player +
             "'s registration has not been paid for and will be suspended soon. You can still "
             "secure the place here: " +
             names.link;
    default:
      return hello + "as no payment has reached us, " + names.player + "'s registration with " +
             names.club +
             " is suspended for now. Nothing is lost: once you have paid here, it is active "
             "again: " +
             names.link;
  }
}

std::string manager_text(const std::string& club, const std::string& player,
                         const std::string& team) {
  return club + ": the registration of " + player + " (" + team +
         ") is suspended, as it has not been paid for. The parent has been told and can still pay.";
}

}  // namespace chasing
