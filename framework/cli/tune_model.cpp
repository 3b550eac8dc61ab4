#include "cli/tune_model.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/files.hpp"
#include "core/random.hpp"

namespace dugout::cli {
namespace {

using core::Json;
namespace fs = std::filesystem;

constexpr core::JsonLimits kModel{8, 1U << 20};

Json own_config(const config::Settings& settings) {
  const auto given = settings.plugins.find(kTunerPlugin);
  return given == settings.plugins.end() ? Json::object() : Json::parse(given->second);
}

}  // namespace

std::string model_path(const config::Settings& settings) {
  return core::member(own_config(settings), "model", settings.data + "/tuner.json");
}

Outcome<Json> read_model_file(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return Error{Code::kNotFound,
                 path + ": there is no model yet; `dugout tune train` makes one from the log"};
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kModel.bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto model = core::parse_json(text, kModel);
  if (!model) return Error{Code::kInvalid, path + ": " + model.error().message};
  return model;
}

Status replace_file(const std::string& path, const std::string& text) {
  std::error_code error;
  const auto folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  const auto fresh = path + core::new_id(".");
  if (const auto written = core::write_private(fresh, text); !written) {
    fs::remove(fresh, error);
    return Error{Code::kUnavailable, path + ": " + written.error().message};
  }
  fs::rename(fresh, path, error);
  if (!error) return Done{};
  const auto why = error.message();
  fs::remove(fresh, error);
  return Error{Code::kUnavailable, path + ": " + why};
}

std::shared_ptr<const host::TunerHandle> tuner_with(const Set& set, const std::string& model,
                                                    core::Findings& findings) {
  host::LoadOptions load;
  for (const auto& info : set.plugins()->plugins()) {
    if (info.manifest.id == kTunerPlugin && info.state == "loaded") {
      load.folders = {fs::path(info.manifest.folder).parent_path().string()};
    }
  }
  auto config = own_config(set.settings());
  config["model"] = model;
  load.configs[kTunerPlugin] = config.dump();
  return host::load(load, findings)->tuner("learned");
}

ScratchFile::ScratchFile(const std::string& text)
    : path_((fs::temp_directory_path() / core::new_id("dugout_tuner_")).string()) {
  if (const auto written = core::write_private(path_, text); !written) {
    throw std::runtime_error(path_ + ": " + written.error().message);
  }
}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

}  // namespace dugout::cli
