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

bool is_backup(const std::string& name) {
  return name.size() == backup_name(0).size() && name.starts_with(kPrefix) &&
         name.ends_with(kSuffix);
}

// The oldest go; what is not ours stays.
std::int64_t drop_old_backups(const fs::path& folder, int keep) {
  std::vector<fs::path> found;
  core::for_each_entry(folder, [&](const fs::path& path) {
    if (is_backup(path.filename().string())) found.push_back(path);
  });
  std::sort(found.rbegin(), found.rend());
  std::int64_t gone = 0;
  std::error_code error;
  for (std::size_t at = static_cast<std::size_t>(keep); at < found.size(); ++at) {
    if (fs::remove(found[at], error)) ++gone;
  }
  return gone;
}

Outcome<fs::path> make_backup(Set& set) {
  const fs::path folder = set.settings().backup.folder;
  std::error_code error;
  // Its own folder only: the one above may be where a disk is not mounted just now.
  if (fs::create_directory(folder, error)) {
    fs::permissions(folder, fs::perms::owner_all, error);
  } else if (!fs::is_directory(folder, error)) {
    return Error{Code::kUnavailable,
                 "backup.folder " + folder.string() + " is not there and cannot be made"};
  }
  const auto now = set.clock().wall_now().time_since_epoch().count();
  const auto file = folder / backup_name(now);
  if (auto done = store::backup_store(set.settings().store, file.string(), {}); !done) {
    return done.error();
  }
  return file;
}

}  // namespace

jobs::Work backup_work(Set& set) {
  return [&set](const store::Job&) -> jobs::Worked {
    const auto begun = set.clock().now();
    const auto made = make_backup(set);
    tell_audit(set, "jobs", "store.backup", made ? made->filename().string() : "",
               made ? "ok" : "failed");
    if (!made) {
      set.log().error("store.backup_failed", {{"why", made.error().message}});
      return {false, true, "", "unavailable: " + made.error().message};
    }
    const auto gone = drop_old_backups(made->parent_path(), set.settings().backup.keep);
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
