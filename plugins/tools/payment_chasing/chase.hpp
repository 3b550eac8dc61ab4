// One run over the registrations that are not paid for. Every step of a row can be repeated: its
// SMS goes out once, and its count is written after it. [worker]; one object per run.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sms/sender.hpp"
#include "steps.hpp"

namespace chasing {

class Chase {
 public:
  // `run`: the same for all tries of one job; empty = each call stands for itself.
  Chase(dugout::sdk::Host host, const sms::Sender& sender, std::string run)
      : host_(host), sender_(sender), run_(std::move(run)) {}

  // Lists what would be done.
  void plan(const nlohmann::json& row);
  // Does it.
  void act(const nlohmann::json& row);

  const nlohmann::json& told() const { return told_; }  // what the tool answers as data
  bool again() const { return again_; }                 // did something fail that may work later?
  bool is_barred() const { return barred_; }            // will every further SMS be refused?

 private:
  struct Due {
    std::string id, token;
    int step = 0;
    std::int64_t days = 0;
  };

  // step 0: nothing to do with this row.
  Due due(const nlohmann::json& row);
  bool is_first_of_run(const Due& due);
  void remind(const Due& due, const nlohmann::json& row);
  void suspend(const Due& due, nlohmann::json row);
  bool still_unpaid(const Due& due, nlohmann::json& row);
  enum class Told { kYes, kNever, kLater };
  Told tell_parent(const Due& due, const nlohmann::json& row);
  Told tell_manager(const Due& due, const nlohmann::json& row);
  Told send(const Due& due, const std::string& key, const std::string& phone,
            const std::string& text, const std::string& about);
  bool write(const Due& due, const nlohmann::json& changes);
  void fail(const Due& due, const dugout::Error& error);
  void count(const char* what) { told_[what] = told_[what].get<int>() + 1; }

  dugout::sdk::Host host_;
  const sms::Sender& sender_;
  std::string run_;
  bool again_ = false, barred_ = false;
  nlohmann::json told_{{"sent", 0},
                       {"suspended", 0},
                       {"managers_told", 0},
                       {"managers_unknown", 0},
                       {"failed", 0},
                       {"unreadable", 0},
                       {"failures", nlohmann::json::array()},
                       {"steps", nlohmann::json::array()}};
};

}  // namespace chasing
