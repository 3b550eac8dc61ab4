#include "http/places.hpp"

#include <utility>

namespace dugout::http {

bool Places::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  const int own = found == by_address_.end() ? 0 : found->second;
  if (all_ >= kMost || (own >= kOfAddress && all_ >= kMost / 2)) return false;
  ++all_;
  ++by_address_[address];
  return true;
}

void Places::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  --all_;
  const auto found = by_address_.find(address);
  if (--found->second == 0) by_address_.erase(found);
}

Place::Place(Places& places, std::string address)
    : places_(places), address_(std::move(address)), taken_(places_.enter(address_)) {}

Place::~Place() {
  if (taken_) places_.leave(address_);
}

}  // namespace dugout::http
