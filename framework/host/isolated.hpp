// A plugin that runs in a child process, behind the tables of abi.h: for the rest of the host it is
// a library like any other. Private to host.
#pragma once

#include <memory>

#include "host/library.hpp"

namespace dugout::host {

// [load] Checks the file as Library::open does, and opens it in a child. nullptr = refused, with a
// finding. `manifest.isolated` is taken as said; `tested` as in Library::open. REQUIRES:
// options.isolation.program.
std::unique_ptr<Library> open_isolated(const Manifest& manifest, const LoadOptions& options,
                                       core::Findings& findings,
                                       const core::FileStamp* tested = nullptr);

// [load] The manifest's word, unless the settings have one; never where there is no program for it.
bool runs_isolated(const Manifest& manifest, const LoadOptions& options);

}  // namespace dugout::host
