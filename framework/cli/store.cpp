// `dugout store`: looks at the store, copies it while a server uses it, puts a copy back.
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/access.hpp"
#include "cli/command_line.hpp"
#include "cli/terminal.hpp"
#include "observability/audit.hpp"
#include "store/trouble.hpp"
#include "store/upkeep.hpp"

namespace dugout::cli {
namespace {

using core::Json;

std::int64_t wall_ms() {
  return core::SystemClock().wall_now().time_since_epoch().count();
}

// Where the store is and whose audit log it belongs to; settings only, as a store that needs help
// may not open.
struct StorePlace {
  std::string path, data;

  // One that cannot be noted was done all the same, and says so.
  void note(std::string_view what, const std::string& target, bool done) const {
    core::SystemClock clock;
    observability::AuditLog audit(observability::audit_folder(data), clock);
    const auto noted = audit.write(command_user(), what, target, done ? "ok" : "failed");
    if (noted) return;
    std::cerr << Style::for_stderr().note("not in the audit log") << ": " << noted.error().message
              << "\n";
  }
};

// Or why there is none.
std::optional<StorePlace> store_place(const AppOptions& options) {
  core::Findings findings;
  auto settings = settings_of(options, findings);
  if (report(findings)) return std::nullopt;
  return StorePlace{settings.store, settings.data};
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

int refused(const std::string& what, const Error& error) {
  std::cerr << Style::for_stderr().bad(what) << ": " << error.message << "\n";
  const auto advice = store::advice_for(store::trouble_of(error));
  if (!advice.empty()) std::cerr << advice << "\n";
  return error.code == Code::kInvalid ? kFindings : kEnvironment;
}

int store_check(const AppOptions& options, bool json) {
  const auto place = store_place(options);
  if (!place) return kFindings;
  const auto found = store::check_store(place->path, wall_ms());
  if (!found) return refused("not checked", found.error());
  const bool good = found->findings.empty();
  if (json) {
    std::cout << Json{{"good", good}, {"findings", found->findings}, {"notes", found->notes}}.dump(
                     2, ' ', false, Json::error_handler_t::replace)
              << "\n";
    return good ? kGood : kFindings;
  }
  const auto style = Style::for_stdout();
  for (const auto& finding : found->findings) {
    std::cout << style.bad("finding") << "  " << style.markdown(finding) << "\n";
  }
  for (const auto& note : found->notes) std::cout << style.dim("note     " + note) << "\n";
  if (good) std::cout << style.good("good") << "     nothing is wrong with the store\n";
  return good ? kGood : kFindings;
}

int store_drop(const AppOptions& options, const std::string& turn) {
  const auto place = store_place(options);
  if (!place) return kFindings;
  const auto done = store::drop_from_store(place->path, turn, wall_ms());
  if (done) place->note("store.drop", turn, true);
  if (!done) {
    refused("nothing was dropped", done.error());
    const bool known = done.error().code != Code::kUnavailable;
    return known ? kFindings : kEnvironment;
  }
  std::cout << Style::for_stdout().good("dropped") << "  " << turn
            << "; the family's next message is answered as if it had not been there\n";
  return kGood;
}

store::Progress progress_at_terminal() {
  if (!stderr_is_terminal()) return {};
  return [](int done, int of) {
    const int percent = of > 0 ? static_cast<int>(std::int64_t{100} * done / of) : 100;
    std::cerr << "\r" << percent << " % of " << of << " pages" << (done == of ? "\n" : "")
              << std::flush;
    return true;
  };
}

int store_backup(const AppOptions& options, const std::string& file) {
  const auto place = store_place(options);
  if (!place) return kFindings;
  if (const auto done = store::backup_store(place->path, file, progress_at_terminal()); !done) {
    return refused("no backup was made", done.error());
  }
  place->note("store.backup", file_name(file), true);
  std::cout << Style::for_stdout().good("done") << "  " << file
            << " holds the store as it was just now, and has been checked\n";
  return kGood;
}

int store_restore(const AppOptions& options, const std::string& file) {
  const auto place = store_place(options);
  if (!place) return kFindings;
  const auto aside = store::restore_store(place->path, file, wall_ms());
  // Also one that was refused or failed: somebody wanted to exchange what families said.
  place->note("store.restore", file_name(file), static_cast<bool>(aside));
  if (!aside) {
    const bool used = aside.error().code == Code::kConflict;
    if (!used) return refused("nothing was restored", aside.error());
    std::cerr << Style::for_stderr().bad("nothing was restored")
              << ": something uses the store; stop `dugout serve` and whatever else does\n";
    return kEnvironment;
  }
  std::cout << Style::for_stdout().good("restored") << "  from " << file << "\n";
  if (!aside->empty()) std::cout << "  what was there before is now " << *aside << "\n";
  return kGood;
}

}  // namespace

void add_store(CLI::App& app, CommandLine& line) {
  auto* store = app.add_subcommand("store", "The store: check it, back it up, restore it");
  store->require_subcommand(1);
  auto* check = command(*store, "check", "Is all well with it? Exit 1 with findings",
                        "  dugout store check\n  dugout store check --data var --json", line);
  check->add_flag("--json", line.json, "As JSON");
  check->callback([&line] { line.run = [&line] { return store_check(line.app, line.json); }; });

  const auto turn = std::make_shared<std::string>();
  auto* drop = command(*store, "drop", "A turn that `check` lists shall never be answered",
                       "  dugout store drop turn_0123456789abcdef", line);
  drop->add_option("turn", *turn, "The id of the turn")->required();
  drop->callback(
      [&line, turn] { line.run = [&line, turn] { return store_drop(line.app, *turn); }; });

  const auto file = std::make_shared<std::string>();
  auto* backup = command(*store, "backup", "Copy it to a file, also while a server runs",
                         "  dugout store backup backups/monday.db\n"
                         "  dugout store backup --data /srv/dugout /backup/dugout.db",
                         line);
  backup->add_option("file", *file, "The file; an earlier one is replaced")->required();
  backup->callback(
      [&line, file] { line.run = [&line, file] { return store_backup(line.app, *file); }; });

  auto* restore = command(*store, "restore",
                          "Put a backup in its place; the server must not run. The old files are "
                          "kept aside",
                          "  dugout store restore backups/monday.db", line);
  restore->add_option("file", *file, "The backup")->required();
  restore->callback(
      [&line, file] { line.run = [&line, file] { return store_restore(line.app, *file); }; });
}

}  // namespace dugout::cli
