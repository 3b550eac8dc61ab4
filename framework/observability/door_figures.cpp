#include "observability/door_figures.hpp"

namespace dugout::observability {

std::string_view name_of(Refusal refusal) {
  constexpr std::string_view kNames[kRefusals] = {"connections_address",
                                                  "connections_all",
                                                  "rate_address",
                                                  "rate_session",
                                                  "slow_head",
                                                  "slow_body",
                                                  "slow_reader",
                                                  "head_too_large",
                                                  "target_too_long",
                                                  "body_too_large",
                                                  "no_length",
                                                  "bad_request",
                                                  "handshake"};
  return kNames[static_cast<std::size_t>(refusal)];
}

}  // namespace dugout::observability
