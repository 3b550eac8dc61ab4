#include "http/routine_files.hpp"

#include <fstream>
#include <iterator>

#include "core/random.hpp"

namespace dugout::http {
namespace {

constexpr std::size_t kMostBytes = 256 * 1024;

}  // namespace

RoutineFiles::RoutineFiles(const routines::Application& application) {
  for (const auto& [name, flow] : application.flows) {
    for (const auto& [number, routine] : flow.routines) {
      if (const auto now = text(routine.file)) loaded_[routine.file] = core::stable_hash(*now);
    }
  }
}

std::optional<std::string> RoutineFiles::text(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (file.empty() || !stream) return std::nullopt;
  std::string text(kMostBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kMostBytes) return std::nullopt;
  return text;
}

bool RoutineFiles::changed(const std::string& file, const std::optional<std::string>& text) const {
  const auto found = loaded_.find(file);
  if (found == loaded_.end()) return text.has_value();
  return !text || core::stable_hash(*text) != found->second;
}

}  // namespace dugout::http
