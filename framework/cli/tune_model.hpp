// The tuner's model file: where it is, how it is read and replaced, and the tuner at work with one.
// One thread.
#pragma once

#include <memory>
#include <string>

#include "cli/app.hpp"
#include "core/json.hpp"

namespace dugout::cli {

inline constexpr auto kTunerPlugin = "tuner.learned";

// What its configuration says, or tuner.json in the data folder.
std::string model_path(const config::Settings& settings);

Outcome<core::Json> read_model_file(const std::string& path);
// Whole or not at all: a running server reads the old one or the new one.
Status replace_file(const std::string& path, const std::string& text);

// The tuner with another model file than the configured one. nullptr: findings say why.
std::shared_ptr<const host::TunerHandle> tuner_with(const Set& set, const std::string& model,
                                                    core::Findings& findings);

// A file that is gone when this is.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& text);  // throws when it cannot be written
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace dugout::cli
