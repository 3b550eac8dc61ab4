#include "chaos/scenario.hpp"

#include <cmath>
#include <filesystem>

#include "routines/reader.hpp"

namespace dugout::chaos {
namespace {

using routines::FileFindings;
using routines::MapReader;

constexpr double kDay = 86'400.0;

struct Range {
  double low, high;
  const char* expected;
};

void read_number(MapReader& reader, std::string_view key, Range range, double& out) {
  const auto* node = reader.take(key);
  if (node == nullptr) return;
  const auto value = node->is_scalar() ? node->as_seconds() : std::nullopt;
  if (!value || !(*value >= range.low && *value <= range.high)) {
    return reader.wrong(*node, key, range.expected);
  }
  out = *value;
}

void read_time(MapReader& reader, std::string_view key, double low, double& out) {
  read_number(reader, key, {low, kDay, "a time such as 90s, at most a day"}, out);
}

Fault::Kind kind_named(const std::string& name) {
  if (name == "refuse") return Fault::Kind::kRefuse;
  if (name == "slow") return Fault::Kind::kSlow;
  if (name == "truncate") return Fault::Kind::kTruncate;
  if (name == "garble") return Fault::Kind::kGarble;
  if (name == "empty") return Fault::Kind::kEmpty;
  return Fault::Kind::kStatus;
}

Fault read_fault(const config::Node& node, const FileFindings& out) {
  MapReader reader(node, "the fault", out);
  Fault fault;
  const auto kind =
      reader.word("kind", {"refuse", "status", "slow", "truncate", "garble", "empty"});
  if (reader.take("kind") == nullptr) {
    out.error(reader.mark(), "the fault needs a \"kind\"",
              "refuse, status, slow, truncate, garble or empty");
  }
  fault.kind = kind_named(kind);
  fault.target = reader.text("target", fault.target);
  read_time(reader, "from", 0.0, fault.from);
  if (reader.take("until") != nullptr) {
    double until = 0.0;
    read_time(reader, "until", 0.0, until);
    fault.until = until;
    if (until <= fault.from) out.error(reader.mark_of("until"), "\"until\" is not after \"from\"");
  }
  read_time(reader, "every", 0.0, fault.every);
  read_time(reader, "lasts", 0.0, fault.lasts);
  if ((fault.every > 0) != (fault.lasts > 0) || fault.lasts > fault.every) {
    out.error(reader.mark(), "\"every\" and \"lasts\" belong together",
              "every: 20s, lasts: 8s means 8 s out of each 20 s");
  }
  read_number(reader, "share", {0.0, 1.0, "a share from 0 to 1"}, fault.share);
  fault.status = static_cast<int>(reader.integer("status", 400, 599).value_or(fault.status));
  fault.code = reader.text("code");
  read_time(reader, "retry_after", 0.0, fault.retry_after);
  read_time(reader, "latency", 0.0, fault.latency);
  reader.finish();
  return fault;
}

void read_expect(const config::Node& node, const FileFindings& out, Scenario& scenario) {
  MapReader reader(node, "expect", out);
  read_number(reader, "good", {0.0, 1.0, "a share from 0 to 1"}, scenario.least_good);
  read_number(reader, "by_model", {0.0, 1.0, "a share from 0 to 1"}, scenario.least_by_model);
  const auto read = [&](const char* key, std::optional<double>& bound) {
    if (reader.take(key) == nullptr) return;
    double value = 0.0;
    read_number(reader, key, {0.0, 1000.0, "a number from 0 to 1000"}, value);
    bound = value;
  };
  read("requests_per_turn", scenario.most_requests);
  read("load_in_faults", scenario.most_load_in_faults);
  reader.finish();
}

bool fits(const std::string& pattern, const std::string& target) {
  if (!pattern.empty() && pattern.back() == '*') {
    return target.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
  }
  return pattern == target;
}

}  // namespace

bool Scenario::strikes(const Fault& fault, const std::string& target, double at) const {
  if (at < fault.from || (fault.until && at >= *fault.until) || !fits(fault.target, target)) {
    return false;
  }
  return fault.every <= 0 || std::fmod(at - fault.from, fault.every) < fault.lasts;
}

std::optional<Scenario> load_scenario(const std::string& path, core::Findings& findings) {
  const auto before = findings.size();
  const auto file = config::load_yaml(path, findings);
  if (!file) return std::nullopt;
  const FileFindings out{path, findings};
  MapReader reader(file->root, "the scenario", out);
  if (!file->root.is_map()) return std::nullopt;
  Scenario scenario;
  scenario.file = path;
  scenario.name = reader.text("name", std::filesystem::path(path).stem().string());
  scenario.about = reader.required_text("about");
  read_number(reader, "turns_per_second", {0.01, 1000.0, "a number from 0.01 to 1000"},
              scenario.turns_per_second);
  read_time(reader, "lasts", 1.0, scenario.lasts);
  read_time(reader, "latency", 0.001, scenario.latency);
  read_number(reader, "spread", {0.0, 3.0, "a number from 0 to 3"}, scenario.spread);
  for (const auto* node : reader.entries("faults")) {
    scenario.faults.push_back(read_fault(*node, out));
  }
  if (const auto* expect = reader.take("expect")) read_expect(*expect, out, scenario);
  reader.finish();
  if (scenario.lasts * scenario.turns_per_second > 100'000) {
    out.error(reader.mark_of("lasts"), "these are more than 100,000 turns", "shorten it");
  }
  const bool usable = !core::has_errors(findings) || findings.size() == before;
  return usable ? std::optional(scenario) : std::nullopt;
}

core::Duration duration_of(double seconds) {
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace dugout::chaos
