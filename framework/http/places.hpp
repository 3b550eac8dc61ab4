// Who may hand in something large now, a photo or a batch: each one under way is held in memory and
// may be long under way, so there are few places, and nobody takes the last ones alone. [any]
#pragma once

#include <map>
#include <mutex>
#include <string>

namespace dugout::http {

class Places {
 public:
  static constexpr int kMost = 32;
  // An address has so many for sure, and more while half of all are free: a club's house on the
  // evening of its registrations is one address.
  static constexpr int kOfAddress = 4;

  // `address`: address_key(). Each time it was true: one leave().
  bool enter(const std::string& address);
  void leave(const std::string& address);

 private:
  std::mutex mutex_;  // guards both below
  std::map<std::string, int, std::less<>> by_address_;
  int all_ = 0;
};

// One of them while it lives, if there was one. REQUIRES: the places outlive it.
class Place {
 public:
  Place(Places& places, std::string address);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  Places& places_;
  const std::string address_;
  const bool taken_;
};

}  // namespace dugout::http
