// The local files that belong to one family: messages of the outbox, photos, uploads. [worker]
#pragma once

#include <string>
#include <vector>

#include "store/subject_search.hpp"

namespace dugout::cli {

// Files below `data` whose name stands in `document` (what the store keeps of the family) or that,
// being short, speak of it. Paths, in no order.
std::vector<std::string> files_of(const std::string& data, const std::string& document,
                                  const store::SubjectMarks& marks);

}  // namespace dugout::cli
