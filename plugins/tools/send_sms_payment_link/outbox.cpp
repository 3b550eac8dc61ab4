#include "outbox.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace sms {
namespace {

using dugout::Code;
using dugout::Done;
using dugout::Error;
using dugout::Outcome;
using dugout::Status;
using nlohmann::json;

constexpr std::uint64_t kPrime = 1099511628211U;  // FNV-1a
constexpr std::uint64_t kBasis = 14695981039346656037U, kOtherBasis = 7809847782465536322U;

std::uint64_t fnv(std::string_view text, std::uint64_t state) {
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * kPrime;
  return state;
}

Error cannot_write() {
  return Error{Code::kUnavailable, "the outbox cannot be written"};
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file) == 0;
}

}  // namespace

std::string fingerprint(std::string_view text) {
  char out[33];
  std::snprintf(out, sizeof out, "%016llx%016llx",
                static_cast<unsigned long long>(fnv(text, kBasis)),
                static_cast<unsigned long long>(fnv(text, kOtherBasis)));
  return out;
}

std::string LocalOutbox::path(const std::string& key) const {
  return folder_ + "/" + fingerprint(key) + ".json";
}

Outcome<json> LocalOutbox::find(const std::string& key) const {
  std::ifstream file(path(key));
  auto message = file ? json::parse(file, nullptr, false) : json();
  if (!message.is_object() || message.value("idempotency_key", "") != key) {
    return Error{Code::kNotFound, "no such message"};
  }
  return message;
}

Status LocalOutbox::put(const std::string& key, const json& message) const {
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  if (failed) return cannot_write();
  // Left over by a crash, or by nothing: the name is this key's alone.
  const auto whole = path(key), part = whole + ".part";
  ::unlink(part.c_str());
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return cannot_write();
  const bool written = write_all(file, message.dump(2) + "\n");
  ::close(file);
  if (written && ::rename(part.c_str(), whole.c_str()) == 0) return Done{};
  ::unlink(part.c_str());
  return cannot_write();
}

}  // namespace sms
