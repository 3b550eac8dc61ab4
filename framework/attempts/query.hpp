// Reads the attempt log, from the store or from its files, through a filter; the oldest first.
// [worker]
#pragma once

#include <filesystem>
#include <functional>

#include "attempts/attempt.hpp"
#include "store/store.hpp"

namespace dugout::attempts {

// `line`: as it is stored.
using Visit = std::function<void(const Attempt& attempt, std::string_view line)>;

// Lines that were no lines of the log, such as one that a full disk cut short.
struct Read {
  std::size_t passed_over = 0;
};

Outcome<Read> from_store(store::Store& store, const store::AttemptFilter& filter,
                         const Visit& visit);

// `path`: a folder of the log, or one file. kNotFound when there is none, kUnavailable when it
// cannot be read.
Outcome<Read> from_files(const std::filesystem::path& path, const store::AttemptFilter& filter,
                         const Visit& visit);

// "90s", "30m", "2h", "7d" before now, or a time as RFC 3339 has it ("2025-10-01T12:00:00Z", with
// an offset, or a day alone, which begins at midnight UTC), as unix ms. kInvalid says how to write
// it.
Outcome<std::int64_t> time_named(std::string_view text, std::int64_t now_ms);

}  // namespace dugout::attempts
