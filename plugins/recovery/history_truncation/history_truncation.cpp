// Drops the oldest part of a conversation that has grown too long for the model.
#include "patterned/patterned.hpp"

namespace {

using patterned::json;

class HistoryTruncation final : public patterned::Strategy {
 public:
  explicit HistoryTruncation(std::string_view config) : HistoryTruncation(read(config)) {}

 private:
  explicit HistoryTruncation(const json& config)
      : Strategy(config), fraction_(config.value("fraction", 0.5)) {}

  json advice() const override { return {{"action", "truncate_history"}, {"fraction", fraction_}}; }

  const double fraction_;
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(HistoryTruncation, "recovery.history_truncation")
