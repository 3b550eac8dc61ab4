// Files: folders gone through, and files that only we may read. Nothing here throws. [any]
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "dugout/sdk/outcome.hpp"

namespace dugout::core {

// Each entry of a folder, as far as it can be read; files may come and go meanwhile.
template <typename Visit>
void for_each_entry(const std::filesystem::path& folder, Visit visit) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    visit(at->path());
  }
}

// What tells one state of a file from another without reading it; all zero = it is not there. Who
// writes a file in place or renames another one to its name changes it.
struct FileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t bytes = 0, modified_ns = 0, changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const std::filesystem::path& path);  // links are followed
FileStamp stamp_of_open(int file);

// Writes a file that its owner alone may read, whoever made it before. kUnavailable with the
// system's reason; what was written until then stays.
Status write_private(const std::filesystem::path& path, std::string_view bytes);
// The same, but whoever reads it meanwhile finds the old text or the new one, never a half, and it
// is on the disk when this returns. What is there is replaced, whatever it is.
Status replace_private(const std::filesystem::path& path, std::string_view bytes);

// Of root: gives a file or folder that it has just made to the owner of `model`, or of the folder
// that is in while there is none; else the server could not open it. Nothing for anybody else.
void belong_like(int made, const std::filesystem::path& model);

// Opens a file of ours, or makes it, for its owner alone and like `model`; -1 with its errno. What
// is a link is none of ours (ELOOP): for root it could lead to anything.
int open_ours(const std::filesystem::path& path, int flags, const std::filesystem::path& model);

// What was made in a folder is there for good only after this.
Status sync_folder(const std::filesystem::path& folder);

}  // namespace dugout::core
