// What every program built with AddressSanitizer starts with; ASAN_OPTIONS still has the last word.
//
// The leak check of g++ 12 takes what lies before a thread-local block of a library that was opened
// later for a header, which glibc writes no more since 2.25, and may fall over it. Without this
// interception it does not know of such blocks; leaks are found as before. The defect:
// github.com/google/sanitizers/issues/1322
//
// UBSan traps (framework/cmake/DugoutBuild.cmake): ASan prints the stack of what was undefined.
#ifdef __SANITIZE_ADDRESS__

extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "intercept_tls_get_addr=0:handle_sigill=1";
}

#endif
