#include "store/sqlite_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/random.hpp"
#include "store/attempts.hpp"
#include "store/condition.hpp"
#include "store/jobs.hpp"
#include "store/journal.hpp"
#include "store/migrations.hpp"
#include "store/overviews.hpp"
#include "store/place.hpp"
#include "store/readers.hpp"
#include "store/records.hpp"
#include "store/traffic.hpp"
#include "store/turns.hpp"
#include "store/upkeep.hpp"
#include "store/writer.hpp"

namespace dugout::store {
namespace {

using core::Json;

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, std::unique_ptr<Database> writing, Owner owner,
              core::Clock& clock, SqliteOptions options)
      : clock_(clock),
        owner_(std::move(owner)),
        condition_(clock, options.log),
        place_(path),
        readers_(path, {true, options.busy_timeout}, std::max<std::size_t>(options.readers, 1),
                 [this] { return place_.still_there(); }),
        overviews_(path, {true, options.busy_timeout}, 1, [this] { return place_.still_there(); }),
        writer_(std::move(writing), duties()) {}

  ~SqliteStore() override {
    // Who cannot be told will see that our lock is gone.
    (void)writer_.run([&](Database& database) { return leave(database, holder()); });
  }

  Outcome<std::optional<Session>> session(std::string_view id) override {
    return read(readers_, [&](Database& database) { return find_session(database, id); });
  }

  Outcome<std::vector<Message>> messages(std::string_view session_id, std::size_t last) override {
    return read(readers_,
                [&](Database& database) { return last_messages(database, session_id, last); });
  }

  Outcome<AcceptedTurn> accept(std::string_view session_id, std::string_view client_message_id,
                               std::string_view request) override {
    if (session_id.empty()) return Error{Code::kInvalid, "a turn needs a session id"};
    const AcceptedTurn fresh{core::new_id("turn_"),
                             std::string(session_id),
                             std::string(client_message_id),
                             std::string(request),
                             {},
                             true};
    return write<AcceptedTurn>(
        [&](Database& database) { return accept_turn(database, fresh, holder()); });
  }

  Outcome<std::optional<FirstTurn>> first_turn(std::string_view session_id) override {
    return read(readers_,
                [&](Database& database) { return find_first_turn(database, session_id); });
  }

  Status commit(const TurnCommit& turn) override {
    return writer_.run([&](Database& database) { return commit_turn(database, turn, holder()); });
  }

  Outcome<std::vector<AcceptedTurn>> unanswered() override {
    return read(readers_, [](Database& database) { return unanswered_turns(database); });
  }

  Outcome<std::vector<AcceptedTurn>> take_unanswered(
      bool put_off_too, const std::function<void(const AcceptedTurn&)>& taking) override {
    return write<std::vector<AcceptedTurn>>([&](Database& database) {
      auto taken = take_unanswered_turns(database, holder(), put_off_too);
      if (!taken || !taking) return taken;
      for (const auto& turn : *taken) taking(turn);  // no message is accepted meanwhile
      return taken;
    });
  }

  Outcome<std::optional<AcceptedTurn>> take_unanswered_turn(std::string_view turn) override {
    return write<std::optional<AcceptedTurn>>(
        [&](Database& database) { return store::take_unanswered_turn(database, holder(), turn); });
  }

  Status release(std::string_view turn) override {
    return writer_.run([&](Database& database) { return release_turn(database, holder(), turn); });
  }

  Outcome<std::vector<JournalEntry>> open_intents(std::string_view turn) override {
    return read(readers_, [&](Database& database) { return unsettled_intents(database, turn); });
  }

  Status attempts(const AttemptFilter& filter,
                  const std::function<void(std::string_view)>& visit) override {
    return read(readers_,
                [&](Database& database) { return visit_attempts(database, filter, visit); });
  }

  Outcome<SessionPage> sessions(const SessionQuery& query) override {
    return read(overviews_, [&](Database& database) { return list_sessions(database, query); });
  }

  Outcome<std::optional<SessionStory>> story(std::string_view session_id,
                                             std::size_t last_turns) override {
    return read(overviews_, [&](Database& database) {
      return session_story(database, session_id, last_turns);
    });
  }

  Outcome<FlowTraffic> traffic(std::string_view flow, std::int64_t since_ms) override {
    return read(overviews_,
                [&](Database& database) { return flow_traffic(database, flow, since_ms); });
  }

  Outcome<std::vector<StandCount>> standing(std::int64_t stopped_before_ms) override {
    return read(overviews_,
                [&](Database& database) { return standing_sessions(database, stopped_before_ms); });
  }

  Outcome<JournalEntry> intend(const JournalEntry& entry) override {
    return write<JournalEntry>(
        [&](Database& database) { return write_intent(database, entry, holder()); });
  }

  Status settle(std::string_view key, std::string_view result) override {
    return writer_.run(
        [&](Database& database) { return write_result(database, key, result, now_ms()); });
  }

  Outcome<std::string> find_rows(std::string_view table, std::string_view where) override {
    const auto condition = parse_object(where, "where");
    if (!condition) return condition.error();
    return read(readers_,
                [&](Database& database) { return select_rows(database, table, *condition); });
  }

  Outcome<std::string> insert_row(std::string_view table, std::string_view unique,
                                  std::string_view text) override {
    auto row = parse_row(text);
    if (!row) return row.error();
    if (!row->contains("id")) (*row)["id"] = core::new_id("rec_");
    return write<std::string>(
        [&](Database& database) { return add_row(database, table, unique, *row, now_ms()); });
  }

  Outcome<std::string> update_row(std::string_view table, std::string_view id,
                                  std::string_view text) override {
    const auto changes = parse_object(text, "changes");
    if (!changes) return changes.error();
    return write<std::string>(
        [&](Database& database) { return merge_row(database, table, id, *changes, now_ms()); });
  }

  Status replace_tables(const Tables& tables) override {
    std::map<std::string, std::vector<Json>> parsed;
    for (const auto& [table, texts] : tables) {
      for (const auto& text : texts) {
        auto row = parse_row(text);
        if (!row) return row.error();
        parsed[table].push_back(std::move(*row));
      }
    }
    return writer_.run([&](Database& database) -> Status {
      for (const auto& [table, texts] : tables) {
        if (auto done = replace_rows(database, table, parsed[table], now_ms()); !done) return done;
      }
      return Done{};
    });
  }

  Outcome<int> take_events(std::string_view source, const std::vector<NewEvent>& events) override {
    return write<int>(
        [&](Database& database) { return add_events(database, source, events, now_ms()); });
  }

  Outcome<std::string> enqueue(const NewJob& fresh) override {
    return write<std::string>(
        [&](Database& database) { return add_job(database, fresh, now_ms()); });
  }

  Outcome<Job> begin_job(const NewJob& fresh, std::string_view owner,
                         std::chrono::milliseconds lease) override {
    return write<Job>([&](Database& database) {
      return add_running_job(database, fresh, lease_of(owner, lease));
    });
  }

  Outcome<std::optional<Job>> lease_job(std::string_view owner,
                                        std::chrono::milliseconds lease) override {
    // Looked for by a reader first: who finds nothing, which is mostly so, takes no write lock.
    const auto found =
        read(readers_, [&](Database& database) { return ready_job(database, now_ms()); });
    if (!found) return found.error();
    if (found->empty()) return std::optional<Job>{};
    return write<std::optional<Job>>(
        [&](Database& database) { return take_job(database, lease_of(owner, lease)); });
  }

  Status renew_job(std::string_view id, std::string_view owner,
                   std::chrono::milliseconds lease) override {
    return writer_.run(
        [&](Database& database) { return extend_lease(database, id, lease_of(owner, lease)); });
  }

  Status finish_job(std::string_view id, std::string_view owner, std::string_view result) override {
    return writer_.run(
        [&](Database& database) { return end_job(database, id, owner, result, now_ms()); });
  }

  Status fail_job(std::string_view id, std::string_view owner, std::string_view error,
                  std::optional<std::int64_t> retry_at_ms) override {
    return writer_.run([&](Database& database) {
      return end_try(database, id, owner, error, retry_at_ms, now_ms());
    });
  }

  Outcome<std::optional<Job>> job(std::string_view id) override {
    return read(readers_, [&](Database& database) { return find_job(database, id); });
  }

  Outcome<std::vector<Job>> jobs(const JobFilter& filter) override {
    return read(readers_, [&](Database& database) { return list_jobs(database, filter); });
  }

  Outcome<JobCounts> job_counts() override {
    return read(overviews_, [](Database& database) { return count_jobs(database); });
  }

  Status retry_job(std::string_view id) override {
    return writer_.run([&](Database& database) { return revive_job(database, id, now_ms()); });
  }

  Status probe() override {
    auto written = writer_.run([&](Database& database) {
      return database.run("UPDATE probe SET checked_ms = ?1", {now_ms()});
    });
    if (!written) return written;
    return read(readers_, [](Database& database) -> Status {
      Query row(database, "SELECT checked_ms FROM probe");
      if (row.next()) return Done{};
      return row.failed() ? row.error() : Error{Code::kUnavailable, "the database lost its rows"};
    });
  }

 private:
  // An id that is given must be a text with something in it.
  static Outcome<Json> parse_row(std::string_view text) {
    auto row = parse_object(text, "row");
    if (!row || !row->contains("id") || !core::member(*row, "id").empty()) return row;
    return Error{Code::kInvalid, "the id of a row is a text that is not empty"};
  }

  std::int64_t now_ms() const { return clock_.wall_now().time_since_epoch().count(); }

  Holder holder() const { return {owner_, now_ms()}; }

  WriterDuties duties() {
    WriterDuties duties;
    duties.fit = [this] {
      auto admitted = condition_.admit();
      return admitted ? place_.check() : admitted;
    };
    duties.ended = [this](const Status& outcome) { condition_.wrote(outcome); };
    duties.beat = [this](Database& database) { return renew_owner(database, holder()); };
    duties.every = owner_.lease() / 3;
    return duties;
  }

  template <typename Read>
  auto read(Readers& readers, Read what) -> decltype(what(std::declval<Database&>())) {
    auto found = readers.with(std::move(what));
    if (!found) condition_.read(found.error());
    return found;
  }

  JobLease lease_of(std::string_view owner, std::chrono::milliseconds lease) const {
    return {owner, now_ms(), now_ms() + lease.count()};
  }

  // Runs a write that has something to tell; its value counts only when the commit went through.
  template <typename T, typename Write>
  Outcome<T> write(Write work) {
    std::optional<T> value;
    auto done = writer_.run([&](Database& database) -> Status {
      Outcome<T> outcome = work(database);
      if (!outcome) return outcome.error();
      value = std::move(*outcome);
      return Done{};
    });
    if (!done) return done.error();
    return std::move(*value);
  }

  core::Clock& clock_;
  const Owner owner_;
  Condition condition_;
  Place place_;  // the writer's thread's, but for still_there()
  Readers readers_;
  Readers overviews_;  // one, so that whoever looks takes no turn's place
  Writer writer_;
};

Error cannot(const std::string& what, const std::string& path, const std::string& why) {
  return Error{Code::kUnavailable, "cannot " + what + " " + path + ": " + why};
}

// With what to do about it, where that is known.
Error not_opened(const std::string& path, Error error) {
  error.message = "cannot open the database " + path + ": " + error.message;
  if (trouble_of(error) == Trouble::kDamaged) {
    error.message +=
        ". `dugout store check` says more; `dugout store restore FILE` puts a backup in its place";
  } else if (const auto advice = advice_for(trouble_of(error)); !advice.empty()) {
    error.message += ". " + std::string(advice);
  }
  return error;
}

// Creates the folder and the file before SQLite does, to set their modes: they hold what people
// told about themselves and their children. SQLite gives the file's mode to its -wal and -shm.
Status prepare_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const auto folder = fs::path(path).parent_path();
  if (!fs::is_directory(folder, failed)) {
    fs::create_directories(folder, failed);
    if (failed) return cannot("create the folder", folder.string(), failed.message());
    fs::permissions(folder, fs::perms::owner_all, failed);
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
  } else if (errno != EEXIST) {
    return cannot("create the database", path, std::strerror(errno));
  } else {
    // By name: opening and closing the file here would drop the locks of a store that has it open.
    // Not ours to change is no error; SQLite will say whether it can be used.
    (void)::chmod(path.c_str(), 0600);
  }
  return Done{};
}

}  // namespace

Outcome<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, core::Clock& clock,
                                                  SqliteOptions options) {
  if (path.empty() || path.front() == ':') {
    return Error{Code::kInvalid,
                 "the store needs the path of a file; each of its connections "
                 "would see a memory database of its own"};
  }
  // Absolute, so that no name has a meaning of its own to SQLite.
  std::error_code failed;
  const auto file = std::filesystem::absolute(path, failed).string();
  if (failed) return cannot("find", path, failed.message());
  if (auto prepared = prepare_file(file); !prepared) return prepared.error();

  auto owner = Owner::join(file, options.lease);
  if (!owner) return Error{owner.error().code, file + ": " + owner.error().message};
  auto database = Database::open(file, {false, options.busy_timeout});
  if (!database) return not_opened(file, database.error());
  const auto size = std::filesystem::file_size(file, failed);
  if (!failed && size <= options.check_bytes) {
    if (const auto whole = quick_check(**database); !whole) return not_opened(file, whole.error());
  }
  if (auto migrated = migrate(**database); !migrated) return not_opened(file, migrated.error());
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(file, std::move(*database), std::move(*owner), clock, options));
}

}  // namespace dugout::store
