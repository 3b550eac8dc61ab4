// Invented values for every name a text may read, so that an editor sees it as a parent does. The
// people are nobody, their addresses are on example.org, their numbers are those that Ofcom keeps
// for drama. Pure. [any]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "routines/model.hpp"
#include "routines/values.hpp"

namespace dugout::http {

class SampleValues final : public routines::Values {
 public:
  // REQUIRES: both outlive it.
  SampleValues(const routines::Flow& flow, const std::map<std::string, std::string>& settings,
               core::WallTime today)
      : flow_(flow), settings_(settings), today_(today) {}

  // Every name has a value; what nothing fits is its own words in brackets.
  std::optional<std::string> get(std::string_view name) const override;
  core::WallTime today() const override { return today_; }

 private:
  std::optional<std::string> by_field(const routines::Field& field) const;

  const routines::Flow& flow_;
  const std::map<std::string, std::string>& settings_;
  const core::WallTime today_;
};

}  // namespace dugout::http
