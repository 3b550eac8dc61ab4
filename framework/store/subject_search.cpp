#include "store/subject_search.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"

namespace dugout::store {
namespace {

using core::Json;

constexpr std::size_t kShortestId = 8;  // shorter ones are found in too many texts by chance
constexpr std::size_t kFewestDigits = 10;

// Names under which ids of one family stand; each also with words before it, as in
// ongoing_subscription_id. What several families share (a team, a season) must never be here.
constexpr std::array<std::string_view, 9> kOwnIds = {
    "record_id",  "billing_request_id", "billing_request_ids", "subscription_id", "payment_id",
    "mandate_id", "customer_id",        "message_sid",         "upload_id"};

// Staff, addresses without people, and what is kept of families that were erased.
constexpr const char* kRows =
    "SELECT number, table_name, id, body, coalesce(unique_key, ''), seeded FROM records "
    "WHERE table_name NOT IN ('teams', 'addresses', 'payments_kept', 'privacy_audit')";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_own_id(std::string_view name) {
  return std::any_of(kOwnIds.begin(), kOwnIds.end(), [name](std::string_view known) {
    return name.ends_with(known) &&
           (name.size() == known.size() || name[name.size() - known.size() - 1] == '_');
  });
}

// Is `part` in `text`, with no letter or digit right before or behind it?
bool stands_in(std::string_view text, std::string_view part) {
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    const auto end = at + part.size();
    const bool starts = at == 0 || !is_letter_or_digit(text[at - 1]);
    if (starts && (end == text.size() || !is_letter_or_digit(text[end]))) return true;
  }
  return false;
}

// The text with nothing between the digits of its numbers.
std::string close_up(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto next = text.find_first_not_of(" -().", at);
    const bool inside = next != text.npos && next > at && is_digit(text[next]);
    if (inside && !out.empty() && is_digit(out.back())) at = next;
    out += text[at];
  }
  return out;
}

// Depth is bounded by parse_json.
bool learn_from(SubjectMarks& marks, const Json& value) {
  bool grown = false;
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      grown |= member.is_object() ? learn_from(marks, member) : marks.learn(name, member);
    }
  }
  return grown;
}

class Search {
 public:
  Search(Database& database, SubjectMarks& marks) : database_(database), marks_(marks) {}

  Outcome<Subject> run(const SubjectQuery& query) {
    if (!query.session.empty()) {
      if (auto done = start_with(query.session); !done) return done.error();
    }
    for (bool grown = true; grown;) {
      grown = false;
      for (const auto look : {&Search::sessions, &Search::rows}) {
        const auto more = (this->*look)();
        if (!more) return more.error();
        grown |= *more;
      }
    }
    if (auto done = jobs(); !done) return done.error();
    if (auto done = journal(); !done) return done.error();
    found_.sessions = marks_.sessions();
    found_.ids = marks_.ids();
    return std::move(found_);
  }

 private:
  // A first message may have been accepted and never answered: then there is only the turn.
  Status start_with(const std::string& session) {
    Query row(database_,
              "SELECT 1 FROM sessions WHERE id = ?1 UNION SELECT 1 FROM turns WHERE session = ?1",
              {session});
    if (row.next()) marks_.learn_session(session);
    return row.failed() ? Status(row.error()) : Status(Done{});
  }

  Outcome<bool> sessions() {
    bool grown = false;
    Query row(database_, "SELECT id, record FROM sessions");
    while (row.next()) {
      const auto id = row.text(0), record = row.text(1);
      if (!marks_.sessions().contains(id) && !marks_.in_json(record)) continue;
      grown |= marks_.learn_session(id);
      const auto fields = core::parse_json(record);
      if (!fields || !fields->is_object()) continue;
      for (const auto& [name, entry] : fields->items()) {
        if (entry.is_object() && entry.contains("value")) {
          grown |= marks_.learn(name, entry.at("value"));
        }
      }
    }
    if (row.failed()) return row.error();
    return grown;
  }

  Outcome<bool> rows() {
    bool grown = false;
    Query row(database_, kRows);
    while (row.next()) {
      const SubjectRow one{row.integer(0), row.text(1), row.text(2), row.text(3),
                           row.integer(5) == 1};
      const bool known = found_.rows.contains(one.number);
      if (!known && !marks_.in_json(one.body) && !marks_.in_text(row.text(4))) continue;
      found_.rows[one.number] = one;
      if (known) continue;
      grown = true;
      marks_.learn(one.table == "registrations" ? "record_id" : one.table + "_record_id", one.id);
      if (const auto body = core::parse_json(one.body)) learn_from(marks_, *body);
    }
    if (row.failed()) return row.error();
    return grown;
  }

  Status jobs() {
    Query row(database_,
              "SELECT id, arguments, coalesce(result, ''), coalesce(unique_key, ''), "
              "coalesce(lane, ''), coalesce(error, '') FROM jobs");
    while (row.next()) {
      const bool ours = marks_.in_json(row.text(1)) || marks_.in_json(row.text(2)) ||
                        marks_.in_text(row.text(3)) || marks_.in_text(row.text(4)) ||
                        marks_.in_text(row.text(5));
      if (ours) found_.jobs.insert(row.text(0));
    }
    return row.failed() ? Status(row.error()) : Status(Done{});
  }

  Status journal() {
    Query row(database_, "SELECT key, session, arguments, coalesce(result, '') FROM journal");
    while (row.next()) {
      if (marks_.sessions().contains(row.text(1))) continue;
      if (marks_.in_json(row.text(2)) || marks_.in_json(row.text(3))) {
        found_.journal.insert(row.text(0));
      }
    }
    return row.failed() ? Status(row.error()) : Status(Done{});
  }

  Database& database_;
  SubjectMarks& marks_;
  Subject found_;
};

}  // namespace

std::string plain_phone(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (is_digit(c)) {
      digits += c;
    } else if (std::string_view(" +-().").find(c) == std::string_view::npos) {
      return {};
    }
  }
  if (digits.starts_with("00")) digits.erase(0, 2);
  if (digits.starts_with("44")) digits = "0" + digits.substr(digits[2] == '0' ? 3 : 2);
  if (!digits.empty() && digits.front() != '0') digits.insert(0, "0");
  return digits.size() < kFewestDigits ? std::string() : digits;
}

SubjectMarks::SubjectMarks(const SubjectQuery& query)
    : email_(core::lower(core::trim(query.email))), phone_(plain_phone(query.phone)) {}

bool SubjectMarks::is_contact(std::string_view text) const {
  if (!email_.empty() && core::lower(core::trim(text)) == email_) return true;
  return !phone_.empty() && plain_phone(text) == phone_;
}

bool SubjectMarks::has_id(std::string_view text) const {
  if (sessions_.contains(std::string(text))) return true;  // clients choose them: whole values only
  return std::any_of(known_.begin(), known_.end(),
                     [text](const std::string& id) { return stands_in(text, id); });
}

bool SubjectMarks::in_value(const Json& value) const {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return is_contact(text) || has_id(text);
  }
  if (!value.is_structured()) return false;
  return std::any_of(value.begin(), value.end(), [this](const Json& one) { return in_value(one); });
}

bool SubjectMarks::in_json(std::string_view text) const {
  const auto value = core::parse_json(text);
  return value ? in_value(*value) : in_text(text);
}

bool SubjectMarks::in_text(std::string_view text) const {
  if (has_id(text)) return true;
  const auto parts = core::split(text, '|');
  return std::any_of(parts.begin(), parts.end(),
                     [this](const std::string& part) { return is_contact(part); });
}

bool SubjectMarks::in_file(std::string_view text) const {
  if (has_id(text)) return true;
  if (!email_.empty() && stands_in(core::lower(text), email_)) return true;
  if (phone_.empty()) return false;
  const auto closed = close_up(text);
  return stands_in(closed, phone_) || closed.find("+44" + phone_.substr(1)) != closed.npos;
}

bool SubjectMarks::learn(const std::string& name, const Json& value) {
  if (value.is_array()) {
    bool grown = false;
    for (const auto& one : value) grown |= one.is_string() && learn(name, one);
    return grown;
  }
  if (!value.is_string() || !is_own_id(name)) return false;
  const auto& id = value.get_ref<const std::string&>();
  if (id.size() < kShortestId) return false;
  ids_[name].insert(id);
  return known_.insert(id).second;
}

bool SubjectMarks::learn_session(const std::string& id) {
  return sessions_.insert(id).second;
}

Outcome<Subject> find_subject(Database& database, SubjectMarks& marks, const SubjectQuery& query) {
  return Search(database, marks).run(query);
}

}  // namespace dugout::store
