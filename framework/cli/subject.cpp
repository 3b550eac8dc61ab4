// `dugout subject export|erase`: one family's data, of which docs/privacy.md tells more.
#include "store/subject.hpp"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/access.hpp"
#include "cli/commands.hpp"
#include "cli/subject_files.hpp"
#include "cli/terminal.hpp"
#include "core/files.hpp"
#include "core/json.hpp"

namespace dugout::cli {
namespace {

using core::Json;

// The store with the family that is asked for, or the exit code that says why not.
struct OpenedSubject {
  std::unique_ptr<Set> set;
  std::unique_ptr<store::Database> database;
  store::SubjectQuery query;
  std::unique_ptr<store::SubjectMarks> marks;
  store::Subject subject;
  std::string document;  // what the store keeps, as JSON
  int code = kGood;
};

int subject_refused(const Error& error) {
  std::cerr << error.message << "\n";
  return error.code == Code::kUnavailable ? kEnvironment : kFindings;
}

bool ask_for_somebody(const SubjectOptions& options) {
  if (options.email.empty() && options.phone.empty() && options.session.empty()) {
    std::cerr << "of whom? Give --email, --phone or --session\n";
    return false;
  }
  if (!options.phone.empty() && store::plain_phone(options.phone).empty()) {
    std::cerr << "that is no phone number\n";
    return false;
  }
  return true;
}

Status find(OpenedSubject& opened) {
  auto database = store::Database::open(opened.set->settings().store, {});
  if (!database) return database.error();
  opened.database = std::move(*database);
  opened.marks = std::make_unique<store::SubjectMarks>(opened.query);
  auto subject = store::find_subject(*opened.database, *opened.marks, opened.query);
  if (!subject) return subject.error();
  opened.subject = *std::move(subject);
  auto document = store::export_subject(*opened.database, opened.subject);
  if (!document) return document.error();
  opened.document = *std::move(document);
  return Done{};
}

OpenedSubject open(const AppOptions& options, const SubjectOptions& who) {
  OpenedSubject opened;
  opened.code = kUsage;
  if (!ask_for_somebody(who)) return opened;
  opened.query = {who.email, who.phone, who.session};
  core::Findings findings;
  opened.set = std::make_unique<Set>(options, findings);
  opened.code = kFindings;
  if (report(findings)) return opened;
  auto found = opened.set->open_store();
  if (found) found = find(opened);
  opened.code = found ? kGood : subject_refused(found.error());
  if (opened.code == kGood && opened.subject.empty()) {
    std::cerr << "nothing is kept under that email, phone number or session\n";
    opened.code = kFindings;
  }
  return opened;
}

std::vector<std::string> local_files(const OpenedSubject& opened) {
  return files_of(opened.set->settings().data, opened.document, *opened.marks);
}

std::string backend(const Set& set, const std::string& need) {
  const auto& services = set.settings().services;
  const auto found = services.find(need);
  if (found == services.end()) return "local";
  const auto block = core::parse_json(found->second);
  return block ? core::member(*block, "backend", "local") : "local";
}

// The ids under names that end so.
Json ids_of(const store::Subject& subject, std::initializer_list<const char*> ends) {
  std::set<std::string> found;
  for (const auto& [name, ids] : subject.ids) {
    for (const auto* end : ends) {
      if (name.ends_with(end)) found.insert(ids.begin(), ids.end());
    }
  }
  return found;
}

Json photo_names(const store::Subject& subject) {
  Json names = Json::array();
  for (const auto& [number, row] : subject.rows) {
    const auto body = core::parse_json(row.body);
    if (row.table == "photos" && body) names.push_back(core::member(*body, "filename"));
  }
  return names;
}

// What outside services keep, and by which ids they find it. Nobody here can look there.
Json elsewhere(const OpenedSubject& opened) {
  const auto& set = *opened.set;
  const auto& subject = opened.subject;
  Json out = Json::array();
  const auto add = [&](const std::string& where, const std::string& what, Json ids) {
    out.push_back({{"where", where}, {"what", what}, {"ids", std::move(ids)}});
  };
  if (backend(set, "payments") == "gocardless") {
    add("GoCardless", "the customer, the mandate, payments and subscriptions; cancel these first",
        ids_of(subject, {"billing_request_id", "billing_request_ids", "mandate_id", "payment_id",
                         "subscription_id", "customer_id"}));
  }
  if (backend(set, "sms") == "twilio") {
    add("Twilio", "the text messages that were sent", ids_of(subject, {"message_sid"}));
  }
  if (backend(set, "photos") == "s3") {
    add("the S3 bucket", "the photo", photo_names(subject));
  }
  if (backend(set, "records") == "airtable") {
    add("Airtable", "the rows of the registration", ids_of(subject, {"record_id"}));
  }
  if (backend(set, "addresses") == "google") {
    add("Google", "addresses that were looked up", Json::array());
  }
  for (const auto& [name, provider] : set.settings().providers) {
    if (provider.api_key.empty()) continue;
    add("model provider " + name, "what was said in the conversations, as long as it keeps it",
        Json::array());
  }
  add("backups", "what copies of the store were made", Json::array());
  return out;
}

// Players of last season come from YAML, so what is erased here is there again at the next start.
Json seeded_tables(const store::Subject& subject) {
  std::set<std::string> tables;
  for (const auto& [number, row] : subject.rows) {
    if (row.seeded) tables.insert("agents/data/" + row.table + ".yaml");
  }
  return tables;
}

Json whole_document(const OpenedSubject& opened) {
  auto document = core::parse_json(opened.document);
  Json out = document ? *std::move(document) : Json::object();
  Json asked = Json::object();
  if (!opened.query.email.empty()) asked["email"] = opened.query.email;
  if (!opened.query.phone.empty()) asked["phone"] = opened.query.phone;
  if (!opened.query.session.empty()) asked["session"] = opened.query.session;
  out["asked_for"] = std::move(asked);
  out["files"] = local_files(opened);
  out["kept_elsewhere"] = elsewhere(opened);
  if (const auto seeded = seeded_tables(opened.subject); !seeded.empty()) {
    out["also_in_the_application"] = seeded;
  }
  return out;
}

bool confirmed(const SubjectOptions& options) {
  if (options.yes) return true;
  if (!stdin_is_terminal()) {
    std::cerr << "this cannot be undone: say --yes\n";
    return false;
  }
  std::cout << "This cannot be undone. Type yes to erase it: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return true;
  std::cerr << "nothing was erased\n";
  return false;
}

void print_counts(const std::map<std::string, std::int64_t>& counts, std::size_t files) {
  for (const auto& [kind, count] : counts) std::cout << "  " << kind << ": " << count << "\n";
  if (files > 0) std::cout << "  local files: " << files << "\n";
}

// A server that reads just now keeps the log from being cut short; it reads in moments.
Status scrub_patiently(Set& set, store::Database& database) {
  constexpr int kMost = 20;
  for (int tries = 1;; ++tries) {
    auto done = store::scrub(database);
    if (done || tries == kMost) return done;
    (void)set.clock().sleep(std::chrono::milliseconds(250), {});
  }
}

std::size_t remove_files(const std::vector<std::string>& files) {
  std::size_t left = 0;
  for (const auto& file : files) {
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error) ++left;
  }
  return left;
}

void print_elsewhere(const OpenedSubject& opened) {
  std::cout << "What remains elsewhere, to be asked for there:\n";
  for (const auto& one : elsewhere(opened)) {
    std::cout << "  " << core::member(one, "where") << ": " << core::member(one, "what");
    for (const auto& id : one["ids"]) std::cout << " " << id.get<std::string>();
    std::cout << "\n";
  }
  for (const auto& file : seeded_tables(opened.subject)) {
    std::cout << "  " << file.get<std::string>() << ": a row; take it out, or the next start "
              << "brings it back\n";
  }
}

// By what somebody was looked for; who it is is nobody's business there.
std::string looked_for(const OpenedSubject& opened) {
  std::string by;
  const auto add = [&by](const std::string& value, const char* word) {
    if (!value.empty()) by += (by.empty() ? "by " : ", ") + std::string(word);
  };
  add(opened.query.email, "email");
  add(opened.query.phone, "phone");
  add(opened.query.session, "session");
  return by + "; conversations: " + std::to_string(opened.subject.sessions.size());
}

int erase(OpenedSubject& opened, const std::vector<std::string>& files) {
  auto& set = *opened.set;
  const auto now = set.clock().wall_now().time_since_epoch().count();
  const auto erased = store::erase_subject(*opened.database, *opened.marks, opened.query, now);
  tell_audit(set, command_user(), "subject.erase", looked_for(opened), erased ? "ok" : "failed");
  if (!erased) return subject_refused(erased.error());
  const auto left = remove_files(files);
  const auto scrubbed = scrub_patiently(set, *opened.database);
  set.log().info("subject.erased", {{"rows", erased->subject.rows.size()},
                                    {"conversations", erased->subject.sessions.size()},
                                    {"files", files.size() - left}});
  std::cout << Style::for_stdout().good("erased") << "\n";
  print_counts(erased->counts, files.size() - left);
  print_elsewhere(opened);
  if (left > 0) std::cerr << left << " local files could not be removed\n";
  if (!scrubbed) {
    std::cerr << "the database file may still hold traces (" << scrubbed.error().message
              << "): stop the server and start it again, which cleans its log\n";
  }
  return left == 0 && scrubbed ? kGood : kEnvironment;
}

}  // namespace

int subject_export(const AppOptions& options, const SubjectOptions& subject) {
  auto opened = open(options, subject);
  if (opened.code != kGood) return opened.code;
  tell_audit(*opened.set, command_user(), "subject.export", looked_for(opened));
  const auto text = whole_document(opened).dump(2, ' ', false, Json::error_handler_t::replace);
  if (subject.output.empty()) {
    std::cout << text << "\n";
    return kGood;
  }
  const auto written = core::write_private(subject.output, text + "\n");
  if (written) return kGood;
  std::cerr << subject.output << ": " << written.error().message << "\n";
  return kEnvironment;
}

int subject_erase(const AppOptions& options, const SubjectOptions& subject) {
  auto opened = open(options, subject);
  if (opened.code != kGood) return opened.code;
  const auto files = local_files(opened);
  if (!subject.yes) {
    const auto counts = store::count_subject(*opened.database, opened.subject);
    if (!counts) return subject_refused(counts.error());
    std::cout << "Found\n";
    print_counts(*counts, files.size());
  }
  if (!confirmed(subject)) return kUsage;
  return erase(opened, files);
}

}  // namespace dugout::cli
