// What parents say about their child's health: which words are conditions, and how a list of them
// is written down. All functions are [any] and linear in their input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace medical {

enum class Severity { kUnknown, kMinor, kSerious };

// `words`: dugout::sdk::padded_words of a text. kSerious = worth asking where the inhaler is kept;
// kMinor = known and harmless (glasses, hay fever); kUnknown = no word of it is a known condition.
Severity severity(std::string_view words, const std::vector<std::string>& more_serious);

// True when `padded` holds one of the phrases ("a|b c|d") as whole words.
bool holds_any(std::string_view padded, std::string_view phrases);

// The conditions of a text, each with its first letter raised, none twice: "has epilepsy and wears
// a brace" gives "Epilepsy" and "Wears a brace". Pieces that say nothing (yes, thanks) are dropped.
std::vector<std::string> listed(std::string_view raw);

std::string joined(const std::vector<std::string>& items);  // with ", "

// Kept beyond the first letter as it is.
std::string first_letter_raised(std::string_view text);

// Takes lead-ins such as "yes", "he has", "it's" off the front, punctuation off both ends.
std::string without_lead_ins(std::string_view text);

}  // namespace medical
