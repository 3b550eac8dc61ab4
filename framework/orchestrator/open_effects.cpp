#include "orchestrator/open_effects.hpp"

#include "orchestrator/tool_runner.hpp"

namespace dugout::orchestrator {
namespace {

using LogField = observability::Field;

ToolRunner tools_for(const Parts& parts, const std::string& session, const std::string& turn) {
  constexpr auto kTime = std::chrono::seconds(30);
  return {*parts.plugins, parts.store, parts.log, parts.clock,
          ToolPlace{session, turn, parts.clock.now() + kTime}};
}

Settled settle(const Parts& parts, ToolRunner& tools, const store::JournalEntry& entry) {
  const auto settled = tools.settle_open(entry);
  if (settled == Settled::kUnknown) {
    parts.log.error("journal.unknown_outcome",
                    {LogField::safe("tool", entry.tool), LogField::id("turn", entry.turn),
                     LogField::id("entry", entry.key)});
  }
  return settled;
}

}  // namespace

Outcome<OpenEffects> settle_ended_turns(const Parts& parts) {
  const auto open = parts.store.open_intents("");
  if (!open) return open.error();
  OpenEffects count;
  for (const auto& entry : *open) {
    auto tools = tools_for(parts, entry.session, entry.turn);
    const auto settled = settle(parts, tools, entry);
    const bool closed = settled == Settled::kNotRun && tools.close_as_not_run(entry);
    ++(settled == Settled::kKnown || closed ? count.settled : count.unknown);
  }
  return count;
}

Outcome<bool> settle_begun(const Parts& parts, const store::AcceptedTurn& turn) {
  const auto begun = parts.store.open_intents(turn.id);
  if (!begun) return begun.error();
  auto tools = tools_for(parts, turn.session, turn.id);
  for (const auto& entry : *begun) (void)settle(parts, tools, entry);
  return !begun->empty();
}

void close_left_over(const Parts& parts, const store::AcceptedTurn& turn) {
  const auto left = parts.store.open_intents(turn.id);
  if (!left) return;  // the next start looks at them again
  auto tools = tools_for(parts, turn.session, turn.id);
  for (const auto& entry : *left) {
    if (tools.settle_open(entry) == Settled::kNotRun) (void)tools.close_as_not_run(entry);
  }
}

}  // namespace dugout::orchestrator
