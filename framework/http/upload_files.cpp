#include "http/upload_files.hpp"

#include <filesystem>
#include <limits>
#include <set>

#include "core/files.hpp"
#include "core/random.hpp"
#include "http/upload_job.hpp"

namespace dugout::http {
namespace {

namespace fs = std::filesystem;

constexpr auto kPrefix = "upload_";

// "upload_12ab" of "upload_12ab.prepared.jpg"
std::string stem(const fs::path& path) {
  const auto name = path.filename().string();
  return name.substr(0, name.find('.'));
}

}  // namespace

Status write_upload(const std::string& path, const std::string& bytes) {
  std::error_code error;
  const auto folder = fs::path(path).parent_path();
  fs::create_directories(folder, error);
  const auto draft = folder / core::new_id(kPrefix);
  auto done = core::write_private(draft, bytes);
  if (done) fs::rename(draft, path, error);
  if (done && error) done = Error{Code::kUnavailable, error.message()};
  if (!done) fs::remove(draft, error);
  return done;
}

void remove_upload(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
  const fs::path upload(path);
  core::for_each_entry(upload.parent_path(), [&](const fs::path& other) {
    if (stem(other) == stem(upload)) fs::remove(other, ignored);
  });
}

void sweep_uploads(const std::string& folder, jobs::Jobs& jobs) {
  std::set<std::string> wanted;
  for (const char* state : {"waiting", "running"}) {
    const auto found = jobs.list({kUploadKind, state, std::numeric_limits<std::int32_t>::max()});
    if (!found) return;
    for (const auto& job : *found) wanted.insert(stem(upload_of(job).path));
  }
  core::for_each_entry(folder, [&](const fs::path& path) {
    std::error_code ignored;
    const auto name = stem(path);
    if (name.rfind(kPrefix, 0) == 0 && wanted.count(name) == 0) fs::remove(path, ignored);
  });
}

}  // namespace dugout::http
