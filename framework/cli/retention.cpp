#include "cli/retention.hpp"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/access.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "core/files.hpp"
#include "store/retention.hpp"

namespace dugout::cli {
namespace {

namespace fs = std::filesystem;
using core::Json;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kUploadDays = 2;  // a photo whose job is still tried is younger

std::int64_t now_ms(Set& set) {
  return set.clock().wall_now().time_since_epoch().count();
}

// Files older than `days` below a folder; removed unless it is a dry run.
std::int64_t sweep(const fs::path& folder, const std::string& prefix, int days, std::int64_t now,
                   bool dry_run) {
  std::int64_t count = 0;
  core::for_each_entry(folder, [&](const fs::path& path) {
    if (!path.filename().string().starts_with(prefix)) return;
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return;
    const auto changed = std::chrono::file_clock::to_sys(fs::last_write_time(path, error));
    const auto age =
        now - std::chrono::floor<std::chrono::milliseconds>(changed).time_since_epoch().count();
    if (error || age < days * kDayMs) return;
    if (dry_run || fs::remove(path, error)) ++count;
  });
  return count;
}

Outcome<store::Counts> retain(Set& set, bool dry_run) {
  const auto& days = set.settings().retention;
  const auto now = now_ms(set);
  const auto database = store::Database::open(set.settings().store, {});
  if (!database) return database.error();
  auto counts = store::apply_retention(
      **database, {days.unfinished_days, days.finished_days, days.jobs_days}, now, dry_run);
  if (!counts) return counts;
  const fs::path data = set.settings().data;
  const auto uploads = sweep(data / "uploads", "upload_", kUploadDays, now, dry_run);
  if (uploads > 0) (*counts)["uploaded files"] = uploads;
  const auto sent = sweep(data / "outbox", "", days.finished_days, now, dry_run);
  if (sent > 0) (*counts)["files of the outbox"] = sent;
  return counts;
}

}  // namespace

jobs::Work retention_work(Set& set) {
  return [&set](const store::Job&, const core::CancelToken&) -> jobs::Worked {
    const auto counts = retain(set, false);
    tell_audit(set, "jobs", "retention.run", "", counts ? "ok" : "failed");
    if (!counts) return {false, true, "", "unavailable: " + counts.error().message};
    return {true, false, Json(*counts).dump(), ""};
  };
}

int retention_run(const AppOptions& options, const RetentionOptions& retention) {
  core::Findings findings;
  Set set(options, findings);
  if (report(findings)) return kFindings;
  const auto opened = set.open_store();
  const auto counts =
      opened ? retain(set, retention.dry_run) : Outcome<store::Counts>(opened.error());
  if (!retention.dry_run) {
    tell_audit(set, command_user(), "retention.run", "", counts ? "ok" : "failed");
  }
  if (!counts) {
    std::cerr << counts.error().message << "\n";
    return kEnvironment;
  }
  if (retention.json) {
    std::cout << Json{{"dry_run", retention.dry_run}, {"removed", *counts}}.dump(2) << "\n";
    return kGood;
  }
  const auto style = Style::for_stdout();
  std::cout << style.good(retention.dry_run ? "dry run" : "done")
            << (retention.dry_run ? "  nothing was changed; this would go\n" : "  removed\n");
  for (const auto& [kind, count] : *counts) std::cout << "  " << kind << ": " << count << "\n";
  if (counts->empty()) std::cout << "  nothing\n";
  return kGood;
}

}  // namespace dugout::cli
