// What every program built with AddressSanitizer starts with; ASAN_OPTIONS still has the last word.
//
// g++ 12's leak check reads, before each thread-local block of a library that was opened later, a
// header that glibc writes no more since 2.25, and falls over what stands there instead. Without
// this interception it does not look for such blocks; leaks are found as before. See
// github.com/google/sanitizers/issues/1322, mended in GCC 14.
#ifdef __SANITIZE_ADDRESS__

extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "intercept_tls_get_addr=0";
}

#endif
