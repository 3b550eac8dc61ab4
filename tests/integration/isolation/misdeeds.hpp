// What a bad plugin may try, by name. Each says how it went, if it can still say anything.
#pragma once

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
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

// A file that tells the host of its news by the signal that cannot be caught.
inline std::string signal_host_by_file() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return outcome(false);
  const bool owned = ::fcntl(ends[0], F_SETOWN, ::getppid()) == 0;
  const bool named = ::fcntl(ends[0], F_SETSIG, SIGKILL) == 0;
  const bool told = ::fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK) == 0;
  const auto said = outcome(owned || named || told);
  if (owned && named && told) (void)!::write(ends[1], "x", 1);
  return said;
}

inline std::string signal_host_by_socket() {
  const int one = ::socket(AF_INET, SOCK_DGRAM, 0);
  int owner = ::getppid(), yes = 1;
  const bool owned = ::ioctl(one, FIOSETOWN, &owner) == 0;
  const bool told = ::ioctl(one, FIOASYNC, &yes) == 0;
  const auto said = outcome(owned || told);
  ::close(one);
  return said;
}

inline std::string open_family(int family) {
  const int one = ::socket(family, SOCK_DGRAM, 0);
  const auto said = outcome(one >= 0);
  if (one >= 0) ::close(one);
  return said;
}

// Past the runtime, which asks one question after the other: for every call that may be under way.
[[noreturn]] inline void ask_without_end() {
  struct Question {
    std::uint64_t call, serial;
    std::int32_t status;
    std::uint8_t kind, op;
    std::uint16_t texts;
    std::uint32_t sizes[4];
    char text[8];
  };
  Question find{0, 0, 0, 3, 2, 2, {6, 2, 0, 0}, {'a', 'l', 'w', 'a', 'y', 's', '{', '}'}};
  for (;;) {
    find.call = find.call % 16 + 1;
    if (::write(3, &find, sizeof find) <= 0) std::abort();
  }
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
