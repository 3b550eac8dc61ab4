// Whether a sanitizer watches this build: its runtimes map terabytes, open files and take their
// time. For the framework and its tests alone.
#pragma once

namespace dugout::core {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// How much longer than usual plugins may take by the machine's clock: a sanitizer makes everything
// several times slower, and a plugin is no worse for that.
inline constexpr int kPatience = kSanitized ? 4 : 1;

}  // namespace dugout::core
