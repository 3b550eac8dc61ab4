#include "store/condition.hpp"

namespace dugout::store {
namespace {

using observability::Field;

// A write that went through between others that fail, as small ones do on a full disk, is no end.
constexpr auto kQuiet = std::chrono::seconds(2);

}  // namespace

Status Condition::admit() const {
  const auto lasting = lasting_.load();
  if (lasting == Trouble::kNone) return Done{};
  return error_of(lasting, "the store takes nothing any more: " + std::string(name_of(lasting)));
}

void Condition::wrote(const Status& outcome) {
  if (!outcome) {
    failed(outcome.error(), false);
  } else if (troubled_.load()) {
    well();
  }
}

void Condition::read(const Error& error) {
  failed(error, true);
}

// True: it is news.
bool Condition::note(Trouble trouble, bool reading) {
  const std::lock_guard lock(mutex_);
  last_ = clock_.now();
  if (now_ == trouble || !passes(now_)) return false;
  // What stands at the place of a file that is gone is another one, perhaps half copied.
  if (reading && trouble == Trouble::kDamaged && now_ == Trouble::kGone) return false;
  // A connection that cannot be opened while the file is away is the same trouble.
  if (reading && now_ != Trouble::kNone && passes(trouble)) return false;
  if (now_ == Trouble::kNone) since_ = last_;
  now_ = trouble;
  troubled_.store(true);
  if (!passes(trouble)) lasting_.store(trouble);
  return true;
}

void Condition::failed(const Error& error, bool reading) {
  const auto trouble = trouble_of(error);
  if (trouble == Trouble::kNone || !note(trouble, reading) || log_ == nullptr) return;
  log_->error("store.trouble", {Field::safe("state", name_of(trouble)),
                                Field::safe("what_to_do", advice_for(trouble)),
                                {"why", error.message}});
}

void Condition::well() {
  auto over = Trouble::kNone;
  core::Duration lasted{};
  {
    const std::lock_guard lock(mutex_);
    if (now_ == Trouble::kNone || !passes(now_) || clock_.now() - last_ < kQuiet) return;
    over = now_;
    lasted = clock_.now() - since_;
    now_ = Trouble::kNone;
    troubled_.store(false);
  }
  if (log_ == nullptr) return;
  log_->info("store.well_again",
             {Field::safe("state", name_of(over)), {"s", core::seconds(lasted)}});
}

}  // namespace dugout::store
