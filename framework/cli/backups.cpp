#include "cli/backups.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/access.hpp"
#include "core/files.hpp"
#include "dugout/sdk/dates.hpp"
#include "store/upkeep.hpp"

namespace dugout::cli {
namespace {

namespace fs = std::filesystem;
using observability::Field;

constexpr std::string_view kPrefix = "dugout-", kSuffix = ".db";

// "dugout-20251001T023000Z.db"; by name is by time.
std::string backup_name(std::int64_t now_ms) {
  constexpr std::size_t kSeconds = 19;  // "2025-10-01T02:30:00"
  auto time = sdk::iso_time(now_ms).substr(0, kSeconds);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return std::string(kPrefix) + time + "Z" + std::string(kSuffix);
}

bool has_form(std::string_view name, std::string_view form) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::equal(name.begin(), name.end(), form.begin(), form.end(),
                    [&](char c, char like) { return digit(like) ? digit(c) : c == like; });
}

// A copy that was under way when its process was killed; one that is under way now is younger.
bool is_left_over(const fs::path& path, std::string_view form) {
  const auto file = path.filename().string();
  const std::string_view name = file;
  if (!has_form(name.substr(0, form.size()), form)) return false;
  if (!name.substr(form.size()).starts_with(".part-")) return false;
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  return !error && fs::file_time_type::clock::now() - written > std::chrono::hours(24);
}

// The oldest go, and what a kill has left of one; what is not ours stays.
std::int64_t drop_old_backups(const fs::path& folder, int keep, observability::Log& log) {
  const auto form = backup_name(0);
  std::vector<fs::path> found, going;
  core::for_each_entry(folder, [&](const fs::path& path) {
    if (has_form(path.filename().string(), form)) found.push_back(path);
    if (is_left_over(path, form)) going.push_back(path);
  });
  std::sort(found.rbegin(), found.rend());
  const auto kept = std::min(found.size(), static_cast<std::size_t>(keep));
  going.insert(going.end(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end());
  std::int64_t gone = 0;
  for (const auto& path : going) {
    std::error_code error;
    if (fs::remove(path, error)) ++gone;
    if (!error) continue;
    log.warning("store.backup_kept", {Field::safe("file", path.filename().string()),
                                      Field::safe("why", error.message())});
  }
  return gone;
}

Outcome<fs::path> make_backup(Set& set, const core::CancelToken& stop) {
  const fs::path folder = set.settings().backup.folder;
  std::error_code error;
  // It is never made: where its disk is not mounted just now the copies would fill this one.
  if (!fs::is_directory(folder, error)) {
    return Error{Code::kUnavailable, "backup.folder " + folder.string() +
                                         " is not there; make it once, on the disk it is meant for "
                                         "(mkdir -m 700)"};
  }
  const auto now = set.clock().wall_now().time_since_epoch().count();
  const auto file = folder / backup_name(now);
  if (auto done = store::backup_store(set.settings().store, file.string(),
                                      [&stop](int, int) { return !stop.cancelled(); });
      !done) {
    return done.error();
  }
  return file;
}

}  // namespace

jobs::Work backup_work(Set& set) {
  return [&set](const store::Job&, const core::CancelToken& stop) -> jobs::Worked {
    const auto begun = set.clock().now();
    const auto made = make_backup(set, stop);
    tell_audit(set, "jobs", "store.backup", made ? made->filename().string() : "",
               made ? "ok" : "failed");
    if (!made) {
      set.log().error("store.backup_failed", {{"why", made.error().message}});
      return {false, true, "", "unavailable: " + made.error().message};
    }
    const auto gone = drop_old_backups(made->parent_path(), set.settings().backup.keep, set.log());
    std::error_code error;
    const auto bytes = static_cast<std::int64_t>(fs::file_size(*made, error));
    set.log().info("store.backed_up", {Field::safe("file", made->filename().string()),
                                       {"bytes", bytes},
                                       {"removed", gone},
                                       {"s", core::seconds(set.clock().now() - begun)}});
    return {true, false, core::Json{{"file", made->filename().string()}}.dump(), ""};
  };
}

}  // namespace dugout::cli
