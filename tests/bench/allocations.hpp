// How often the program took something from the heap: linking allocations.cpp counts every new.
// [any]
#pragma once

namespace dugout::bench {

long allocations();

}  // namespace dugout::bench
