// The files of uploads: each under a random or stable name of ours, private to us, and gone when
// its turn has ended. What a tool makes of one stands beside it under the same name and a dot.
// [worker]
#pragma once

#include <string>

#include "dugout/sdk/outcome.hpp"
#include "jobs/jobs.hpp"

namespace dugout::http {

// Written beside and renamed, so that nobody ever sees half a file. An Error holds the system's
// reason; nothing is left behind then.
Status write_upload(const std::string& path, const std::string& bytes);

// The file and what was made of it; what is gone already is what we want.
void remove_upload(const std::string& path);

// At start: files of turns that a crash has cut off go; those of jobs that are still to be done
// stay. When the jobs cannot be read, all stay.
void sweep_uploads(const std::string& folder, jobs::Jobs& jobs);

}  // namespace dugout::http
