// One call of a pure face: gate, call, copy, judge. Private to host. [any]
#pragma once

#include <string>
#include <utility>

#include "host/answer.hpp"
#include "host/plugin.hpp"

namespace dugout::host {

// The defect is counted; three in a minute close the instance.
inline Error defect(const Plugin& plugin, std::string what) {
  plugin.health().internal_error();
  return Error{Code::kInternal, plugin.id() + ": " + std::move(what)};
}

// The outcome of a status and what was put with it.
inline Outcome<std::string> outcome_of(const Plugin& plugin, dugout_status status,
                                       std::string&& body, bool too_large) {
  if (too_large) return defect(plugin, "its answer is larger than 16 MiB");
  if (status == DUGOUT_OK) {
    plugin.health().answered();
    return std::move(body);
  }
  auto error = error_from(plugin.id(), status, body);
  if (error.code == Code::kInternal) {
    plugin.health().internal_error();
  } else {
    plugin.health().answered();
  }
  return error;
}

// `entry(sink)` calls the plugin. Exceptions are against the contract; those of this runtime are
// stopped here all the same.
template <typename Entry>
Outcome<std::string> call_pure(const Plugin& plugin, Entry entry) {
  if (auto closed = plugin.health().closed()) return std::move(*closed);
  CappedSink sink;
  dugout_status status = DUGOUT_E_INTERNAL;
  bool threw = false;
  try {
    status = entry(&sink);
  } catch (...) {
    threw = true;
  }
  plugin.health().count(!threw && status == DUGOUT_OK && !sink.too_large);
  if (threw) return defect(plugin, "it threw across the boundary");
  return outcome_of(plugin, status, std::move(sink.text), sink.too_large);
}

// The same for an answer that may be long: one that comes late is used, and counted.
template <typename Entry>
Outcome<std::string> call_codec(const Plugin& plugin, Entry entry) {
  const auto started = service_clock().now();
  auto outcome = call_pure(plugin, std::move(entry));
  plugin.health().too_slow(service_clock().now() - started, kLongestCodec);
  return outcome;
}

// A sanitizer makes the machine's time dearer; the virtual time of a test it does not.
inline core::Duration longest_advice() {
  if (!core::kSanitized) return kLongestAdvice;
  const bool real = dynamic_cast<const core::SystemClock*>(&service_clock()) != nullptr;
  return real ? kLongestAdvice * kPatience : kLongestAdvice;
}

// The same where the answer is wanted at once: what comes too late is not looked at.
template <typename Entry>
Outcome<std::string> call_for_advice(const Plugin& plugin, Entry entry) {
  const auto started = service_clock().now();
  auto outcome = call_pure(plugin, std::move(entry));
  if (plugin.health().too_slow(service_clock().now() - started, longest_advice())) {
    return Error{Code::kInternal, plugin.id() + ": it took too long to answer"};
  }
  return outcome;
}

}  // namespace dugout::host
