// Whether a sanitizer watches this build: its runtimes map terabytes, open files and take their
// time. Private to host.
#pragma once

namespace dugout::host {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace dugout::host
