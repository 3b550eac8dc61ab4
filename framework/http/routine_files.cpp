#include "http/routine_files.hpp"

#include <fstream>
#include <iterator>

#include "core/random.hpp"

namespace dugout::http {
namespace {

constexpr std::size_t kMostBytes = 256 * 1024;

}  // namespace

std::optional<std::string> file_text(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (file.empty() || !stream) return std::nullopt;
  std::string text(kMostBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kMostBytes) return std::nullopt;
  return text;
}

bool changed(const routines::Routine& routine, const std::optional<std::string>& text) {
  return !text || core::stable_hash(*text) != routine.hash;
}

}  // namespace dugout::http
