// Text that somebody else wrote, made fit to stand where a model reads it or a model's words are
// read. All are [any] and linear in the length of their input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dugout::core {

// Without what nobody sees: control characters but line breaks and tabs, zero-width and bidi signs,
// Unicode tags (U+E0000) and other signs that change nothing but can carry a message. Joiners
// within scripts that need them, and one variation sign behind an emoji, stay.
std::string without_unseen(std::string_view text);

// The same, at most `most` bytes, with whatever begins a role or a tag in any model's template
// ("<|im_start|>", "[INST]", "</data", a line "System:") taken apart by a blank.
std::string defused(std::string_view text, std::size_t most);

// Defused, and between marks that carry `key`: "<data-KEY>...</data-KEY>". REQUIRES: `key` cannot
// be guessed by whoever wrote the text; where it occurs in it all the same it is taken out.
std::string marked(std::string_view text, std::string_view key, std::size_t most);

// What a reader sees in the end, for searching: the above without joiners, wide and styled letters
// as plain ones, dashes and blanks of any kind as "-" and " ", HTML's character references and
// Markdown's backslashes, stars and backticks resolved. Case is kept.
std::string as_seen(std::string_view text);

}  // namespace dugout::core
