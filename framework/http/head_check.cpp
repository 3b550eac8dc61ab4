#include "http/head_check.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace dugout::http {
namespace {

using observability::Refusal;

HeadFault fault(int status, const char* title, std::string detail, Refusal reason) {
  HeadFault made{{}, reason};
  made.problem.status = status;
  made.problem.title = title;
  made.problem.detail = std::move(detail);
  made.problem.close = true;
  return made;
}

constexpr std::size_t kLongestTarget = 16 * 1024;  // Poco's own bound

bool all_digits(const std::string& text) {
  constexpr std::size_t kMostDigits = 18;  // fits 64 bits
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A token of RFC 9110, 5.6.2. Poco keeps the blank of "Content-Length : 5" as part of the name.
bool is_header_name(const std::string& name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || kMarks.find(c) != kMarks.npos;
  });
}

}  // namespace

HeadFault unreadable_head(std::string_view why, std::size_t bytes) {
  const auto says = [why](std::string_view words) { return why.find(words) != why.npos; };
  // Poco says the same of one that is not there.
  if (says("URI") && bytes >= kLongestTarget) {
    return fault(414, "Address too long", "The address of a request may have 16 KiB at most.",
                 Refusal::kTargetTooLong);
  }
  if (says("Too many header fields") || says("too long/no")) {
    return fault(
        431, "Headers too large",
        "A request may have 100 headers, with names up to 256 and values up to 8192 bytes.",
        Refusal::kHeadTooLarge);
  }
  return fault(400, "Not HTTP", "The request cannot be read; send HTTP/1.1.", Refusal::kBadRequest);
}

HeadFault head_too_large(std::size_t limit) {
  return fault(431, "Headers too large",
               "The address and the headers together may have " + std::to_string(limit) + " bytes.",
               Refusal::kHeadTooLarge);
}

HeadFault head_too_slow() {
  return fault(408, "Too slow", "The headers of the request did not arrive in time.",
               Refusal::kSlowHead);
}

std::optional<HeadFault> check_framing(const Poco::Net::HTTPRequest& request) {
  int lengths = 0, encodings = 0;
  for (const auto& [name, value] : request) {
    if (!is_header_name(name)) {
      return fault(
          400, "Bad header",
          "A header's name is letters, digits and hyphens, with the colon right behind it.",
          Refusal::kBadRequest);
    }
    const auto key = core::lower(name);
    if (key == "content-length") {
      ++lengths;
      if (!all_digits(value)) {
        return fault(400, "Bad length", "Content-Length must be a whole number of bytes.",
                     Refusal::kBadRequest);
      }
    }
    if (key == "transfer-encoding") {
      ++encodings;
      if (core::lower(core::trim(value)) != "chunked") {
        return fault(400, "Bad encoding", "Send a Content-Length instead of Transfer-Encoding.",
                     Refusal::kBadRequest);
      }
    }
  }
  if (lengths + encodings <= 1) return std::nullopt;
  return fault(400, "Two lengths", "Send one Content-Length, and no Transfer-Encoding.",
               Refusal::kBadRequest);
}

}  // namespace dugout::http
