// In a file of its own: where the compiler sees malloc behind new and free behind delete at once,
// it warns of a mismatch.
#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> count{0};

}  // namespace

void* operator new(std::size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  if (void* place = std::malloc(size == 0 ? 1 : size)) return place;
  throw std::bad_alloc();
}
void operator delete(void* place) noexcept {
  std::free(place);
}
void operator delete(void* place, std::size_t) noexcept {
  std::free(place);
}

namespace dugout::bench {

long allocations() {
  return count.load(std::memory_order_relaxed);
}

}  // namespace dugout::bench
