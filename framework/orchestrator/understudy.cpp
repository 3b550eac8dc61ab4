#include "orchestrator/understudy.hpp"

#include <nlohmann/json.hpp>

namespace dugout::orchestrator {

pipeline::Attempted<pipeline::Answer> Understudy::ask(const pipeline::Request& /*request*/,
                                                      core::Duration /*within*/,
                                                      const core::CancelToken& /*cancel*/) {
  auto proposals = decider_.read_text(decider_.routine(), decider_.base());
  proposals.insert(earlier_.begin(), earlier_.end());
  const auto& verdict = decider_.decide(proposals);
  auto collected = core::Json::array();
  for (const auto& [field, raw] : proposals)
    collected.push_back({{"field", field}, {"value", raw}});
  const core::Json reply{{"agent_final_response", verdict.say},
                         {"routine_number", verdict.to},
                         {"metadata", {{"collected", collected}}}};
  pipeline::Answer answer;
  answer.texts.push_back(core::canonical(reply));
  return answer;
}

}  // namespace dugout::orchestrator
