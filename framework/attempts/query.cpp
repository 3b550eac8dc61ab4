#include "attempts/query.hpp"

#include <array>
#include <charconv>
#include <deque>
#include <fstream>

#include "attempts/file.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::attempts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestLine = 1U << 20;  // of ours none has a hundredth of it
constexpr std::int64_t kSecondMs = 1000, kMinuteMs = 60 * kSecondMs, kHourMs = 60 * kMinuteMs,
                       kDayMs = 24 * kHourMs;
constexpr int kMostBack = 1'000'000;  // of any unit

// The next line, at most so long; what goes beyond is read over.
bool next_line(std::istream& in, std::string& line) {
  line.clear();
  auto* buffer = in.rdbuf();
  for (;;) {
    const int c = buffer->sbumpc();
    if (c == std::char_traits<char>::eof()) return !line.empty();
    if (c == '\n') return true;
    if (line.size() <= kLongestLine) line += static_cast<char>(c);
  }
}

// The latest of what came, when only so many are wanted.
class Latest {
 public:
  Latest(std::size_t last, const Visit& visit) : last_(last), visit_(visit) {}

  void take(Attempt attempt, std::string line) {
    if (last_ == 0) return visit_(attempt, line);
    kept_.emplace_back(std::move(attempt), std::move(line));
    if (kept_.size() > last_) kept_.pop_front();
  }
  void finish() const {
    for (const auto& [attempt, line] : kept_) visit_(attempt, line);
  }

 private:
  const std::size_t last_;
  const Visit& visit_;
  std::deque<std::pair<Attempt, std::string>> kept_;
};

Error no_time(std::string_view text) {
  return Error{Code::kInvalid, "\"" + std::string(text.substr(0, 60)) +
                                   "\" is no time; write 90s, 30m, 2h, 7d or 2025-10-01T12:00:00Z"};
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || text.front() == '-' || error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> time_back(std::string_view text) {
  constexpr std::array<std::pair<char, std::int64_t>, 4> kUnits = {
      {{'s', kSecondMs}, {'m', kMinuteMs}, {'h', kHourMs}, {'d', kDayMs}}};
  for (const auto& [letter, ms] : kUnits) {
    if (text.empty() || text.back() != letter) continue;
    const auto count = number(text.substr(0, text.size() - 1));
    if (count && *count <= kMostBack) return *count * ms;
  }
  return std::nullopt;
}

// Fields of a fixed place: "2025-10-01T12:00:00".
std::optional<int> field(std::string_view text, std::size_t from, std::size_t size, int most) {
  const auto value = number(text.substr(from, size));
  return value && *value <= most ? value : std::nullopt;
}

std::optional<std::int64_t> day_ms(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = field(text, 0, 4, 9999), month = field(text, 5, 2, 12),
             day = field(text, 8, 2, 31);
  if (!year || !month || !day) return std::nullopt;
  const sdk::Date date{*year, *month, *day};
  if (!sdk::is_real(date)) return std::nullopt;
  return sdk::days_since_1970(date) * kDayMs;
}

// "Z" or "+01:00", as what is to be taken off.
std::optional<std::int64_t> offset_ms(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = field(text, 1, 2, 23), minutes = field(text, 4, 2, 59);
  if (!hours || !minutes) return std::nullopt;
  const auto ms = *hours * kHourMs + *minutes * kMinuteMs;
  return text[0] == '+' ? ms : -ms;
}

std::optional<std::int64_t> moment(std::string_view text) {
  const auto day = day_ms(text);
  if (!day || text.size() == 10) return day;
  const bool joined = text[10] == 'T' || text[10] == 't' || text[10] == ' ';
  if (!joined || text.size() < 20 || text[13] != ':' || text[16] != ':') return std::nullopt;
  const auto hour = field(text, 11, 2, 23), minute = field(text, 14, 2, 59),
             second = field(text, 17, 2, 60);
  if (!hour || !minute || !second) return std::nullopt;
  auto rest = text.substr(19);
  std::int64_t ms = 0;
  if (rest.front() == '.') {
    const auto end = rest.find_first_not_of("0123456789", 1);
    if (end == rest.npos || end == 1) return std::nullopt;
    const auto digits = (std::string(rest.substr(1, end - 1)) + "00").substr(0, 3);
    ms = number(digits).value_or(0);
    rest = rest.substr(end);
  }
  const auto offset = offset_ms(rest);
  if (!offset) return std::nullopt;
  return *day + *hour * kHourMs + *minute * kMinuteMs + *second * kSecondMs + ms - *offset;
}

}  // namespace

Outcome<Read> from_store(store::Store& store, const store::AttemptFilter& filter,
                         const Visit& visit) {
  Read out;
  const auto done = store.attempts(filter, [&](std::string_view line) {
    if (const auto attempt = read_attempt(line)) {
      visit(*attempt, line);
    } else {
      ++out.passed_over;
    }
  });
  if (!done) return done.error();
  return out;
}

Outcome<Read> from_files(const fs::path& path, const store::AttemptFilter& filter,
                         const Visit& visit) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return Error{Code::kNotFound, path.string() + ": there is no such file or folder"};
  }
  Read out;
  Latest latest(filter.last, visit);
  for (const auto& file : log_files(path)) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return Error{Code::kUnavailable, file.string() + ": cannot be read"};
    for (std::string line; next_line(in, line);) {
      auto attempt = read_attempt(line);
      if (!attempt) {
        if (!line.empty()) ++out.passed_over;
      } else if (fits(*attempt, filter)) {
        latest.take(*std::move(attempt), line);
      }
    }
  }
  latest.finish();
  return out;
}

Outcome<std::int64_t> time_named(std::string_view text, std::int64_t now_ms) {
  if (const auto back = time_back(text)) return now_ms - *back;
  if (const auto at = moment(text)) return *at;
  return no_time(text);
}

}  // namespace dugout::attempts
