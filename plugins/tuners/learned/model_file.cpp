#include "model_file.hpp"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dugout/sdk/dates.hpp"

namespace tuner_learned {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;
using nlohmann::json;

constexpr int kDepth = 8;
constexpr double kWeight = 1000.0;   // no sane model has a larger one
constexpr double kSeconds = 3600.0;  // of an attempt
constexpr double kCost = 1e6;
constexpr std::size_t kName = 64;

// Thrown inside this file only.
struct Refused {
  std::string why;
};

std::string checksum_of(json file) {
  file.erase("checksum");
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: finds damage, not forgery
  for (const unsigned char c : file.dump()) hash = (hash ^ c) * 1099511628211ULL;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

// Before it is parsed: a DOM that is nested too deep is dangerous to use.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false, escaped = false;
  for (const char c : text) {
    if (quoted) {
      quoted = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

const json& member(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end()) throw Refused{std::string("it has no ") + key};
  return *found;
}

double number(const json& value, const char* what, double least, double most) {
  if (!value.is_number()) throw Refused{std::string(what) + " has something that is no number"};
  const auto read = value.get<double>();
  if (!(read >= least && read <= most)) throw Refused{std::string(what) + " is out of range"};
  return read;
}

const json& list(const json& object, const char* key, std::size_t size) {
  const auto& found = member(object, key);
  if (!found.is_array() || found.size() != size) {
    throw Refused{std::string(key) + " is no list of " + std::to_string(size)};
  }
  return found;
}

std::int64_t count(const json& object, const char* key) {
  const auto& found = member(object, key);
  if (!found.is_number_integer() || found.get<std::int64_t>() < 0) {
    throw Refused{std::string("training/") + key + " is no count"};
  }
  return found.get<std::int64_t>();
}

void read_call_types(const json& file, Model& model) {
  const auto& types = member(file, "call_types");
  if (!types.is_array() || types.size() > kCallTypes) throw Refused{"call_types is no short list"};
  for (const auto& type : types) {
    if (!type.is_string() || type.get_ref<const std::string&>().size() > kName) {
      throw Refused{"call_types has something that is no name"};
    }
    model.call_types.push_back(type);
  }
}

void read_weights(const json& file, Model& model) {
  const auto names = Features(model.call_types).names();
  if (list(file, "features", names.size()) != json(names)) {
    throw Refused{"its features are not those of this version"};
  }
  for (const auto& weight : list(file, "weights", names.size())) {
    model.weights.push_back(number(weight, "weights", -kWeight, kWeight));
  }
}

void read_outcomes(const json& file, Model& model) {
  const auto& parts = list(file, "failure_shares", kDayParts);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (!parts[part].is_array() || parts[part].size() != kClasses.size()) {
      throw Refused{"failure_shares is no table"};
    }
    for (std::size_t cls = 0; cls < kClasses.size(); ++cls) {
      model.shares[part][cls] = number(parts[part][cls], "failure_shares", 0.0, 1.0);
    }
  }
  const auto& failed = list(file, "failed_seconds", kClasses.size());
  for (std::size_t cls = 0; cls < kClasses.size(); ++cls) {
    model.failed_seconds[cls] = number(failed[cls], "failed_seconds", 0.0, kSeconds);
  }
  const auto& seconds = member(file, "seconds");
  if (!seconds.is_object() || seconds.size() > kCallTypes + 1 || !seconds.contains("*")) {
    throw Refused{"seconds is no short table with *"};
  }
  for (const auto& [type, value] : seconds.items()) {
    model.seconds[type] = number(value, "seconds", 0.0, kSeconds);
  }
  model.cost = number(member(file, "cost"), "cost", 0.0, kCost);
}

void read_training(const json& training, Training& out) {
  out.rows = count(training, "rows");
  out.calls = count(training, "calls");
  out.failures = count(training, "failures");
  out.held_out = count(training, "held_out");
  out.from_ms = count(training, "from_ms");
  out.until_ms = count(training, "until_ms");
  out.trained_ms = count(training, "trained_ms");
  const auto& auc = member(training, "auc");
  if (!auc.is_null()) out.auc = number(auc, "training/auc", 0.0, 1.0);
  out.log_loss = number(member(training, "log_loss"), "training/log_loss", 0.0, kWeight);
  out.plain_log_loss =
      number(member(training, "plain_log_loss"), "training/plain_log_loss", 0.0, kWeight);
}

Model model_of(const json& file) {
  if (member(file, "kind") != kKind) throw Refused{"it is no model of this tuner"};
  const auto& schema = member(file, "schema");
  if (!schema.is_number_integer()) throw Refused{"its schema version is no number"};
  if (schema != kSchema) {
    throw Refused{"its schema version is " + schema.dump().substr(0, kName) +
                  ", this version reads " + std::to_string(kSchema) + "; train it anew"};
  }
  Model model;
  model.checksum = checksum_of(file);
  if (member(file, "checksum") != model.checksum) throw Refused{"its checksum does not fit"};
  read_call_types(file, model);
  read_weights(file, model);
  read_outcomes(file, model);
  read_training(member(file, "training"), model.training);
  return model;
}

json training_json(const Training& training) {
  return {{"rows", training.rows},
          {"calls", training.calls},
          {"failures", training.failures},
          {"held_out", training.held_out},
          {"from_ms", training.from_ms},
          {"until_ms", training.until_ms},
          {"trained_ms", training.trained_ms},
          {"trained_at", dugout::sdk::iso_time(training.trained_ms)},
          {"auc", training.auc ? json(*training.auc) : json()},
          {"log_loss", training.log_loss},
          {"plain_log_loss", training.plain_log_loss}};
}

}  // namespace

std::string write_model(const Model& model) {
  json file{
      {"schema", kSchema},
      {"kind", kKind},
      {"call_types", model.call_types},
      {"features", Features(model.call_types).names()},
      {"weights", model.weights},
      {"classes", kClasses},
      {"failure_shares", model.shares},
      {"failed_seconds", model.failed_seconds},
      {"seconds", json(std::map<std::string, double>(model.seconds.begin(), model.seconds.end()))},
      {"cost", model.cost},
      {"training", training_json(model.training)}};
  file["checksum"] = checksum_of(file);
  return file.dump(1) + "\n";
}

Outcome<Model> read_model(std::string_view text) {
  if (text.size() > kModelBytes) return Error{Code::kInvalid, "it is larger than a model can be"};
  if (too_deep(text)) return Error{Code::kInvalid, "it is nested too deep"};
  try {
    return model_of(json::parse(text));
  } catch (const Refused& refused) {
    return Error{Code::kInvalid, refused.why};
  } catch (const json::exception&) {
    return Error{Code::kInvalid, "it is no whole JSON text"};
  }
}

Outcome<Model> load_model_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return Error{Code::kNotFound, "there is no file"};
  if (!std::filesystem::is_regular_file(status)) return Error{Code::kInvalid, "it is no file"};
  std::ifstream file(path, std::ios::binary);
  // One byte more than it may have tells the size, whatever the file system says.
  std::string text(kModelBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) return Error{Code::kInvalid, "cannot be read"};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return read_model(text);
}

}  // namespace tuner_learned
