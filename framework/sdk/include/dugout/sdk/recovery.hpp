// The base of a recovery strategy: it sees one failed attempt and advises. Loop, clock and budget
// stay with the host's planner.
#pragma once

#include "dugout/sdk/module.hpp"

namespace dugout::sdk {

class Recovery {
 public:
  virtual ~Recovery() = default;

  // [any] failure: JSON {"class","code","message","status","attempt","target","repeats"}. Returns
  // the advice of abi.h as JSON; kNotApplicable when the pattern is not this strategy's.
  virtual Outcome<std::string> advise(std::string_view failure) const = 0;
};

struct RecoveryFace {
  using Base = Recovery;
  static constexpr std::string_view kId = DUGOUT_FACE_RECOVERY;

  static const void* table() {
    static const dugout_recovery_v1 table{sizeof(dugout_recovery_v1), 0, &advise};
    return &table;
  }

 private:
  static dugout_status advise(dugout_instance* self, dugout_text failure, dugout_sink* sink) {
    return guarded(sink, [&] {
      return answer(sink, reinterpret_cast<Recovery*>(self)->advise(view(failure)));
    });
  }
};

}  // namespace dugout::sdk

#define DUGOUT_RECOVERY_PLUGIN(TYPE, ID) DUGOUT_PLUGIN(TYPE, ::dugout::sdk::RecoveryFace, ID)
