// Whether an answer to "any medical issues?" means yes or no. Whole words only: "maybe" is no yes
// because of its y, and "he's healthy" is a no. [any]
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace medical {

enum class Meaning { kYes, kNo, kUnclear };

struct Verdict {
  Meaning meaning = Meaning::kUnclear;
  std::string about;  // of a yes: the part that may name conditions
};

Verdict verdict(std::string_view raw, const std::vector<std::string>& more_serious);

// "no", "nothing to add", "don't know": there is nothing more to say.
bool says_nothing(std::string_view raw);

// "what do you mean?", "not sure": no answer, and no condition in it.
bool is_evasive(std::string_view raw, const std::vector<std::string>& more_serious);

}  // namespace medical
