#include "cli/batch_output.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace dugout::cli {
namespace {

using core::Json;

Error unavailable(const std::string& path) {
  return {Code::kUnavailable, "cannot use " + path + ": " + std::strerror(errno)};
}

bool is_result(const Outcome<Json>& line) {
  if (!line || !line->is_object()) return false;
  const auto index = line->find("index"), status = line->find("status");
  return index != line->end() && index->is_number_unsigned() && status != line->end() &&
         status->is_number_integer();
}

Error no_result(const std::string& place) {
  return Error{Code::kMalformed, place +
                                     ":1: this is no result of dugout batch; "
                                     "name another file with -o, or remove the line"};
}

// The members of a result are sorted, so each begins in one of two ways.
bool begins_a_result(std::string_view text) {
  for (const std::string_view start : {R"({"id":)", R"({"index":)"}) {
    const auto length = std::min(start.size(), text.size());
    if (text.substr(0, length) == start.substr(0, length)) return true;
  }
  return false;
}

}  // namespace

BatchOutput::~BatchOutput() {
  if (file_ > 2) ::close(file_);
}

Status BatchOutput::open(const std::string& path) {
  if (path.empty()) return Done{};
  // What people told about themselves is for the owner's eyes.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return unavailable(path);
  file_ = file;
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    return Error{Code::kConflict, path + " is being written by another dugout batch"};
  }
  return read(path);
}

Status BatchOutput::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string line;
  off_t whole = 0;  // bytes of the lines that have an end
  int number = 1;
  for (; std::getline(in, line) && !in.eof(); ++number) {
    if (auto taken = take(line, path + ":" + std::to_string(number)); !taken) return taken;
    whole += static_cast<off_t>(line.size()) + 1;
  }
  if (in.bad()) return unavailable(path);
  // Only what a kill left of a result is cut off, never the one line of somebody else's file.
  if (!line.empty() && in.eof() && !begins_a_result(line)) {
    return no_result(path + ":" + std::to_string(number));
  }
  return ::ftruncate(file_, whole) == 0 ? Status(Done{}) : Status(unavailable(path));
}

Status BatchOutput::take(const std::string& line, const std::string& place) {
  const auto result = core::parse_json(line);
  if (!is_result(result)) {
    return no_result(place);
  }
  const auto id = result->find("id");
  if (id == result->end()) {
    places_.insert((*result)["index"].get<std::size_t>());
  } else {
    ids_.insert(core::canonical(*id));
  }
  ++((*result)["status"] == 200 ? good_ : failed_);
  return Done{};
}

bool BatchOutput::has(const std::string& id, std::size_t index) const {
  return id.empty() ? places_.count(index) != 0 : ids_.count(id) != 0;
}

bool BatchOutput::write(const std::string& line) {
  const auto text = line + "\n";
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(file_, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace dugout::cli
