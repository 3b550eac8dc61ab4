// Reads what Google Places (New) answers to a text search for a postcode. Pure. [any]
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "address.hpp"

namespace address {

inline constexpr auto kPlacesMask = "places.formattedAddress,places.addressComponents";

nlohmann::json places_question(const std::string& postcode);

// The address of the first place with this house number in front. Nothing when there is no place,
// or it is outside the UK, has another postcode, or names no street: better asked by hand than
// wrong. The house itself is never verified.
std::optional<Address> read_places(const nlohmann::json& answer, const std::string& postcode,
                                   const std::string& house_number);

}  // namespace address
