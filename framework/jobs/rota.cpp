#include "jobs/rota.hpp"

#include "dugout/sdk/dates.hpp"

namespace dugout::jobs {
namespace {

using Days = std::chrono::days;

// What is declared, changed by the settings; disabled when it does not run by itself.
JobOptions::Schedule schedule_of(const host::ToolSchedule& declared,
                                 const JobOptions::Schedule* change) {
  JobOptions::Schedule made{true, declared.at, static_cast<double>(declared.every_s)};
  made.enabled = declared.set();
  if (change == nullptr || !made.enabled) return made;
  made.enabled = change->enabled;
  if (!change->at.empty()) {
    made.at = change->at;
    made.every = 0.0;
  } else if (change->every > 0.0) {
    made.at.clear();
    made.every = change->every;
  }
  return made;
}

}  // namespace

std::string lane_of_kind(const std::string& kind) {
  return "tool:" + kind;
}

Rota::Rota(const host::Generation& plugins, const std::map<std::string, host::ToolSchedule>& own,
           const std::map<std::string, JobOptions::Schedule>& changes) {
  auto declared = own;
  for (const auto& name : plugins.tool_names()) {
    declared.emplace(name, plugins.tool(name)->declaration().schedule);
  }
  for (const auto& [kind, schedule] : declared) {
    const auto change = changes.find(kind);
    const auto made = schedule_of(schedule, change == changes.end() ? nullptr : &change->second);
    if (!made.enabled) continue;
    Entry entry{kind, {}, {}};
    if (made.at.empty()) {
      entry.every = std::chrono::milliseconds(static_cast<std::int64_t>(made.every * 1000.0));
    } else {
      // Settings and declarations are checked before, so there is a time.
      entry.at = core::time_of_day(made.at).value_or(std::chrono::minutes(0));
    }
    entries_.push_back(std::move(entry));
  }
}

// The day's date or the interval's number; empty = not due yet today.
std::string Rota::number_of(const Entry& entry, core::WallTime now) {
  if (entry.every.count() > 0) return std::to_string(now.time_since_epoch() / entry.every);
  const auto since_midnight = now - std::chrono::floor<Days>(now);
  return since_midnight < entry.at
             ? ""
             : sdk::iso_day(sdk::date_of_unix_ms(now.time_since_epoch().count()));
}

std::vector<Rota::Due> Rota::due(core::WallTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<Due> due;
  for (const auto& entry : entries_) {
    const auto number = number_of(entry, now);
    if (number.empty()) continue;
    const auto unique = entry.kind + "|" + number;
    const auto noted = noted_.find(entry.kind);
    if (noted != noted_.end() && noted->second == unique) continue;
    due.push_back(
        {{entry.kind, "{}", unique, lane_of_kind(entry.kind), 0}, entry.every.count() > 0});
  }
  return due;
}

void Rota::note(const store::NewJob& made) {
  const std::lock_guard lock(mutex_);
  noted_[made.kind] = made.unique;
}

}  // namespace dugout::jobs
