// A learned model and its file: JSON with a schema version and a checksum. What is read may be cut,
// damaged, from a later version or made to harm, so every figure is held against its range. [any]
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dugout/sdk/outcome.hpp"
#include "features.hpp"

namespace tuner_learned {

inline constexpr int kSchema = 1;
inline constexpr std::string_view kKind = "dugout.tuner.learned";
inline constexpr std::size_t kModelBytes = 1U << 20;
inline constexpr std::size_t kCallTypes = 16;
inline constexpr int kDayParts = 8;  // of three hours: which failures are likely then

struct Training {
  std::int64_t rows = 0, calls = 0, failures = 0, held_out = 0;
  std::int64_t from_ms = 0, until_ms = 0, trained_ms = 0;
  std::optional<double> auc;  // of the held-out rows, which are the latest; absent: one class only
  double log_loss = 0.0, plain_log_loss = 0.0;  // plain: of the mean rate alone
};

struct Model {
  std::vector<std::string> call_types;
  std::vector<double> weights;  // in the order of Features::names()
  // Of the failures in a part of the day, the share of each class.
  std::array<std::array<double, kClasses.size()>, kDayParts> shares{};
  std::map<std::string, double, std::less<>> seconds;  // of a success by call type; "*" = of any
  std::array<double, kClasses.size()> failed_seconds{};
  double cost = 0.0;  // of an attempt, mean
  Training training;
  std::string checksum;
};

std::string write_model(const Model& model);
// kInvalid with what is wrong.
dugout::Outcome<Model> read_model(std::string_view text);
// kNotFound: there is no such file, which is no fault.
dugout::Outcome<Model> load_model_file(const std::string& path);

}  // namespace tuner_learned
