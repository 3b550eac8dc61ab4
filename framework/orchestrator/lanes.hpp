// One turn at a time per session, in the order of joining. A place is joined before the turn is
// accepted, so that acceptance and order agree; waiting for it is bounded. Safe from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/clock.hpp"

namespace dugout::orchestrator {

class Lanes {
 public:
  class Place {
   public:
    // `older`: of a turn that was accepted before all that are accepted from now on, whoever has
    // joined already.
    Place(Lanes& lanes, std::string session, bool older = false);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    // Places in front of this one.
    std::size_t ahead() const;
    // False when the places before it were not left in time.
    bool wait(core::Duration at_most);
    // Is one behind it that is older?
    bool overtakes() const;

   private:
    Lanes& lanes_;
    const std::string session_;
    std::uint64_t ticket_ = 0;
  };

 private:
  std::mutex mutex_;  // guards all below
  std::condition_variable left_;
  std::uint64_t next_ = 0;
  struct Ticket {
    std::uint64_t number;
    bool older;
  };
  std::map<std::string, std::list<Ticket>> lanes_;  // the first one is served
};

}  // namespace dugout::orchestrator
