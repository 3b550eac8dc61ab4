// Names of people, for comparison only. Pure, [any].
#pragma once

#include <string>
#include <string_view>

namespace returning {

// The letters and digits alone, in one case and without accents: "Mary-Jane O'Brien" and
// "mary jane obrien" are one name, wherever first and last name are told apart.
std::string packed_name(std::string_view name);

// "m41 7qt" -> "M417QT".
std::string packed_postcode(std::string_view postcode);

}  // namespace returning
