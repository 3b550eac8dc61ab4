// What a bad plugin may try, by name. Each says how it went, if it can still say anything.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace misdeeds {

inline std::string outcome(bool done) {
  return done ? "done" : std::string("refused: ") + std::strerror(errno);
}

[[noreturn]] inline void segfault() {
  volatile int* nowhere = nullptr;
  *nowhere = 1;
  std::abort();
}

[[noreturn]] inline void loop() {
  volatile bool again = true;
  while (again) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    ::pause();  // its time is several times longer there: it shall not cost so much
#endif
  }
  std::abort();
}

// A gigabyte, page by page, so that it is really there.
inline std::string eat() {
  std::vector<std::string> all;
  for (int megabyte = 0; megabyte < 1024; ++megabyte) all.emplace_back(1U << 20, 'x');
  return std::to_string(all.size()) + " MiB";
}

inline std::string open_socket() {
  const int one = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto said = outcome(one >= 0);
  if (one >= 0) ::close(one);
  return said;
}

inline std::string open_file(const std::string& path, int flags) {
  const int one = ::open(path.c_str(), flags, 0600);
  const auto said = outcome(one >= 0);
  if (one >= 0) ::close(one);
  return said;
}

inline std::string fork_process() {
  const auto made = ::fork();
  if (made == 0) ::_exit(0);
  return outcome(made > 0);
}

inline std::string signal_host() {
  return outcome(::kill(::getppid(), SIGTERM) == 0);
}

inline std::string environment() {
  std::string all;
  for (char** one = environ; one != nullptr && *one != nullptr; ++one)
    all += std::string(*one) + ";";
  char folder[4096] = "";
  return "[" + all + "] in " + (::getcwd(folder, sizeof folder) == nullptr ? "?" : folder);
}

// Of all numbers, those that are open: what the host had open must not be among them.
inline std::string open_numbers() {
  std::string all;
  for (int number = 0; number < 64; ++number) {
    if (::fcntl(number, F_GETFD) >= 0) all += std::to_string(number) + " ";
  }
  return all;
}

}  // namespace misdeeds
