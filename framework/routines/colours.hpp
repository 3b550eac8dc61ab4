// Colours of the parents' page: their form, their contrast, and those that follow from others.
// [any]
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dugout::routines {

bool is_colour(std::string_view text);  // "#12408f"

// By WCAG 2.2, from 1 to 21. REQUIRES: both are colours.
double contrast(std::string_view one, std::string_view other);

std::string one_decimal(double number);  // "4.5"; rounded down, so that 4.49 is not shown as enough

// All colours of a page out of those an operator has chosen: text is black or white, whichever is
// read better, and the dark scheme's are made light enough for its ground.
void derive_colours(const std::map<std::string, std::string>& own,
                    std::map<std::string, std::string>& all);

}  // namespace dugout::routines
