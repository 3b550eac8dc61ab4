#include "observability/shared_text.hpp"

namespace dugout::observability {

SharedText::SharedText(std::function<std::string()> make, const core::Clock& clock,
                       core::Duration lasts)
    : make_(std::move(make)), clock_(clock), lasts_(lasts) {}

bool SharedText::fresh() const {
  return text_ != nullptr && clock_.now() - made_at_ < lasts_;
}

SharedText::Text SharedText::get() {
  std::unique_lock lock(mutex_);
  made_.wait(lock, [this] { return fresh() || !making_; });
  if (fresh()) return text_;
  making_ = true;
  lock.unlock();
  Text made;
  try {
    made = std::make_shared<const std::string>(make_());
  } catch (...) {
    lock.lock();
    making_ = false;
    made_.notify_all();
    throw;
  }
  lock.lock();
  making_ = false;
  text_ = std::move(made);
  made_at_ = clock_.now();  // not when it was begun: what takes long must not be made by each
  made_.notify_all();
  return text_;
}

}  // namespace dugout::observability
