// Stored details as they may be shown to somebody who has proved little: enough to recognise one's
// own, not enough to learn another's. Pure, [any]; an empty text stays empty.
#pragma once

#include <string>
#include <string_view>

namespace returning {

std::string masked_phone(std::string_view phone);  // "07*** ***123"
std::string masked_email(std::string_view email);  // "h***@example.org"
std::string masked_words(std::string_view words);  // "A***** (i****** i* b**)"
// First line and outward postcode: "14 Brookfield Rd, M41".
std::string masked_address(std::string_view line_1, std::string_view postcode);

}  // namespace returning
