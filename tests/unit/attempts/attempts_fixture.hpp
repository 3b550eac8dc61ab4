// Lines of the attempt log as the orchestrator writes them, and a folder for them.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>

#include "attempts/attempt.hpp"

namespace dugout::test {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class LogFolder {
 public:
  LogFolder() {
    std::string name = (fs::temp_directory_path() / "dugout_attempts_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~LogFolder() {
    std::error_code ignored;
    fs::permissions(path, fs::perms::owner_all, ignored);
    fs::remove_all(path, ignored);
  }
  LogFolder(const LogFolder&) = delete;
  LogFolder& operator=(const LogFolder&) = delete;

  std::string text(const std::string& name = "attempts.jsonl") const {
    std::ifstream in(path / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(path / name, std::ios::binary) << content;
  }

  fs::path path;
};

// A line; `changes` replaces members.
inline std::string line(const Json& changes = Json::object()) {
  Json out{{"schema", 2},
           {"at", "2025-10-01T12:00:00.000Z"},
           {"at_ms", 1759320000000},
           {"session", "00112233445566ff"},
           {"turn", "turn_1"},
           {"call", 1},
           {"routine", 8},
           {"attempt", 1},
           {"target", "a/m"},
           {"outcome", "ok"},
           {"status", 0},
           {"call_type", "registration"},
           {"agent", "new_registration"},
           {"parser", "structured"},
           {"waited_ms", 0.0},
           {"took_ms", 1000.0},
           {"input_tokens", 100},
           {"output_tokens", 10},
           {"cost", 0.5}};
  out.update(changes);
  return out.dump();
}

inline attempts::Attempt attempt(const Json& changes = Json::object()) {
  return *attempts::read_attempt(line(changes));
}

}  // namespace dugout::test
