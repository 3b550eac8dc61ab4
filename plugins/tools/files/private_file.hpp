// Files with what people told or sent: read as a whole, written as a whole or not at all, readable
// by their owner alone. Shared by tools; no plugin itself. [any]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dugout/sdk/outcome.hpp"

namespace files {

// The content of a regular file. kNotFound: no such file, or not a regular one. kInvalid: more than
// `limit` bytes, seen before anything is read.
dugout::Outcome<std::string> read_whole(const std::string& path, std::uint64_t limit);

// Durable when it returns done; an earlier file of this name is replaced. A path is written by one
// call at a time: its draft has one name, so that what a crash has left is cleaned up by the next.
// kUnavailable: it cannot be written, and nothing is left behind.
dugout::Status write_whole(const std::string& path, std::string_view content);

// A folder, with those above it, for its owner alone if it is made here.
bool make_private_folder(const std::string& folder);

}  // namespace files
