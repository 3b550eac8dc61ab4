// The base of a validator: how far may an answer be trusted? It never sees who said what to whom
// beyond the answer itself, and never decides alone: the host weighs all validators of an agent.
#pragma once

#include "dugout/sdk/module.hpp"

namespace dugout::sdk {

class Validator {
 public:
  virtual ~Validator() = default;

  // [any] Shapes as in abi.h. Returns the verdict as JSON; kNotApplicable when it has no opinion on
  // an answer of this kind.
  virtual Outcome<std::string> validate(std::string_view answer,
                                        std::string_view context) const = 0;
};

struct ValidatorFace {
  using Base = Validator;
  static constexpr std::string_view kId = DUGOUT_FACE_VALIDATOR;

  static const void* table() {
    static const dugout_validator_v1 table{sizeof(dugout_validator_v1), 0, &validate};
    return &table;
  }

 private:
  static dugout_status validate(dugout_instance* self, dugout_text given, dugout_text context,
                                dugout_sink* sink) {
    return guarded(sink, [&] {
      return answer(sink, reinterpret_cast<Validator*>(self)->validate(view(given), view(context)));
    });
  }
};

}  // namespace dugout::sdk

#define DUGOUT_VALIDATOR_PLUGIN(TYPE, ID) DUGOUT_PLUGIN(TYPE, ::dugout::sdk::ValidatorFace, ID)
