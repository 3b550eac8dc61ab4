// Registrations as payments see them: finding the row, and the state that follows from it.
// [worker]; keeps nothing between calls.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "dugout/sdk/host.hpp"

namespace payments {

// A text member; empty when it is absent or no text.
std::string text_of(const nlohmann::json& row, const char* name);
bool is_yes(const nlohmann::json& row, const char* name);

// The state of a row, from what it says alone, so that every order of events ends in the same one.
// It never goes back from active, but for a subscription that could not be made three times. A
// suspension ends with the fee: what is then missing makes the row incomplete.
std::string status_of(const nlohmann::json& row);

// What the row's own members ask for beside its state; empty when that is as it should be.
nlohmann::json repairs(const nlohmann::json& row);

constexpr int kFailuresUntilIncomplete = 3;

class Registrations {
 public:
  explicit Registrations(dugout::sdk::Host host) : host_(host) {}

  // The row that this request pays for, also when a newer request has taken its place since.
  dugout::Outcome<nlohmann::json> of_request(const std::string& request) const;
  // By the ongoing subscription, or by the interim one that stands for the first month.
  dugout::Outcome<nlohmann::json> of_subscription(const std::string& subscription) const;
  dugout::Outcome<nlohmann::json> paid_and_authorised() const;  // an array
  // Is another child of the same parent, with the same last name, registered?
  dugout::Outcome<bool> has_sibling(const nlohmann::json& row) const;

  // The row after `changes`, and after its state was made to fit them. Members are set by whoever
  // saw them; the last of several writers sees all of them and so puts the state right.
  dugout::Outcome<nlohmann::json> change(const nlohmann::json& row,
                                         const nlohmann::json& changes) const;

 private:
  dugout::Outcome<nlohmann::json> rows_where(const nlohmann::json& where) const;
  dugout::Outcome<nlohmann::json> first_where(const nlohmann::json& where) const;

  dugout::sdk::Host host_;
};

}  // namespace payments
