// Learning: L2-regularised logistic regression (liblinear) of an attempt's success, and the plain
// means that turn chances into seconds. The same log gives the same model. [worker]
#pragma once

#include <cstdint>
#include <string_view>

#include "model_file.hpp"

namespace tuner_learned {

inline constexpr std::size_t kLeastRows = 200, kLeastOfEach = 20;

// Once, before the first use: the library writes to stdout unless told otherwise. [load]
void quiet_library();

// kInvalid: there is too little in the log; the message says what is missing.
dugout::Outcome<Model> learn(std::string_view log, std::int64_t now_ms);

double chance(double score);

}  // namespace tuner_learned
