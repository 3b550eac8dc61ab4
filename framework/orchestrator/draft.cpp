#include "orchestrator/draft.hpp"

#include <nlohmann/json.hpp>

namespace dugout::orchestrator {

using core::Json;

void Draft::load(std::string_view record) {
  entries_.clear();
  const auto stored = core::parse_json(record);
  if (!stored || !stored->is_object()) return;
  for (const auto& [field, entry] : stored->items()) {
    Entry read;
    read.value = core::member(entry, "value");
    read.turn = core::member(entry, "turn");
    read.routine = entry.is_object() ? entry.value("routine", 0) : 0;
    entries_[field] = std::move(read);
  }
}

std::string Draft::dump() const {
  Json out = Json::object();
  for (const auto& [field, entry] : entries_) {
    out[field] = {{"value", entry.value}, {"routine", entry.routine}, {"turn", entry.turn}};
  }
  return core::canonical(out);
}

Json Draft::values() const {
  Json out = Json::object();
  for (const auto& [field, entry] : entries_) out[field] = entry.value;
  return out;
}

std::optional<std::string> Draft::get(std::string_view name) const {
  if (const auto found = entries_.find(name); found != entries_.end()) return found->second.value;
  const auto setting = settings_->find(std::string(name));
  if (setting != settings_->end()) return setting->second;
  return std::nullopt;
}

void Draft::set(const std::string& field, std::string value, int routine, const std::string& turn) {
  entries_[field] = Entry{std::move(value), routine, turn};
}

}  // namespace dugout::orchestrator
