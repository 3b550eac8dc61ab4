// The record of a session while a turn works on it: every value with the routine and the turn it
// came from. Copied freely, so that a proposal can be tried and dropped. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "routines/model.hpp"
#include "routines/values.hpp"

namespace dugout::orchestrator {

class Draft final : public routines::Values {
 public:
  struct Entry {
    std::string value;
    int routine = 0;
    std::string turn;
    bool operator==(const Entry&) const = default;
  };

  Draft(const std::map<std::string, std::string>& settings, core::WallTime today)
      : settings_(&settings), today_(today) {}

  // The stored form: {"field": {"value", "routine", "turn"}}. Rubbish gives an empty record.
  void load(std::string_view record);
  std::string dump() const;
  // field -> value only.
  core::Json values() const;

  std::optional<std::string> get(std::string_view name) const override;
  core::WallTime today() const override { return today_; }

  bool has(std::string_view field) const { return entries_.find(field) != entries_.end(); }
  void set(const std::string& field, std::string value, int routine, const std::string& turn);
  void clear(const std::string& field) { entries_.erase(field); }
  const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

 private:
  const std::map<std::string, std::string>* settings_;
  core::WallTime today_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace dugout::orchestrator
