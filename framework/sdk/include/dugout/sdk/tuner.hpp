// The base of a retry tuner: proposes retry options for a call to come, from what was learned of
// earlier ones. The host holds every proposal inside its bounds, and may only watch it (shadow).
#pragma once

#include "dugout/sdk/module.hpp"

namespace dugout::sdk {

class Tuner {
 public:
  virtual ~Tuner() = default;

  // [any] Shapes as in abi.h; kNotApplicable = there is no usable model.
  virtual Outcome<std::string> propose(std::string_view situation) const = 0;
  // [worker] The text of a model file, learned from a log of attempts (JSON lines). kInvalid: the
  // log has too little in it, or is none; the message says what is missing.
  virtual Outcome<std::string> train(std::string_view log) const = 0;
};

struct TunerFace {
  using Base = Tuner;
  static constexpr std::string_view kId = DUGOUT_FACE_TUNER;

  static const void* table() {
    static const dugout_tuner_v1 table{sizeof(dugout_tuner_v1), 0, &propose, &train};
    return &table;
  }

 private:
  static dugout_status propose(dugout_instance* self, dugout_text situation, dugout_sink* sink) {
    return guarded(sink, [&] {
      return answer(sink, reinterpret_cast<Tuner*>(self)->propose(view(situation)));
    });
  }

  static dugout_status train(dugout_instance* self, dugout_text log, dugout_sink* sink) {
    return guarded(sink,
                   [&] { return answer(sink, reinterpret_cast<Tuner*>(self)->train(view(log))); });
  }
};

}  // namespace dugout::sdk

#define DUGOUT_TUNER_PLUGIN(TYPE, ID) DUGOUT_PLUGIN(TYPE, ::dugout::sdk::TunerFace, ID)
