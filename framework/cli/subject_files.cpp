#include "cli/subject_files.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace dugout::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLongestText = 64U << 10;  // a message is shorter, a photo is no text
constexpr std::size_t kShortestName = 8;            // shorter ones stand in any text by chance

std::string content_of(const fs::path& file) {
  std::error_code error;
  if (fs::file_size(file, error) > kLongestText || error) return {};
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool belongs(const fs::path& file, const std::string& document, const store::SubjectMarks& marks) {
  const auto name = file.filename().string();
  const auto stem = file.stem().string();
  // What is made of an upload stands beside it, under its name and a dot.
  for (const auto& known : {name, stem}) {
    if (known.size() >= kShortestName && document.find(known) != std::string::npos) return true;
  }
  return marks.in_file(content_of(file));
}

}  // namespace

std::vector<std::string> files_of(const std::string& data, const std::string& document,
                                  const store::SubjectMarks& marks) {
  std::vector<std::string> out;
  for (const auto* folder : {"outbox", "photos", "uploads"}) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(fs::path(data) / folder, error), end;
         !error && it != end; it.increment(error)) {
      std::error_code ignored;
      if (!it->is_regular_file(ignored) || it->is_symlink(ignored)) continue;
      if (belongs(it->path(), document, marks)) out.push_back(it->path().string());
    }
  }
  return out;
}

}  // namespace dugout::cli
