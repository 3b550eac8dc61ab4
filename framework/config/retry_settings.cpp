// Reading, checking and layering of the retry figures.
#include "config/retry_settings.hpp"

#include <algorithm>
#include <array>

#include "config/retry_read.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr int kMostRetries = 10;

struct TypeVariables {
  const char* call_type;
  const char* max;
  const char* delay;
};
constexpr std::array<TypeVariables, 3> kTypeVariables{{
    {"registration", "AI_RETRY_REGISTRATION_MAX", "AI_RETRY_REGISTRATION_DELAY"},
    {"photo", "AI_RETRY_PHOTO_MAX", "AI_RETRY_PHOTO_DELAY"},
    {"rereg", "AI_RETRY_REREG_MAX", "AI_RETRY_REREG_DELAY"},
}};

std::string plain_figure(int figure) {
  return std::to_string(figure);
}
std::string plain_figure(double figure) {
  auto text = core::fixed(figure, 3);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

RetrySource defaults() {
  RetrySource source;
  source.all = {3, 1.0, 2.0, 10.0, 0.25, 30.0, 60.0};
  source.call_types["photo"] = {5, 2.0, {}, {}, {}, {}, {}};
  source.call_types["rereg"] = {2, 0.5, {}, {}, {}, {}, {}};
  return source;
}

const RetrySettings& of_type(const RetrySource& source, std::string_view call_type) {
  static const RetrySettings none;
  const auto found = source.call_types.find(std::string(call_type));
  return found == source.call_types.end() ? none : found->second;
}

// The first source that gives the figure `member`. A figure that the call type has of its own, by
// default or from dugout.yaml, stands above every general one of the same or a lower source.
template <typename T>
void settle(std::optional<T> RetrySettings::*member, const std::vector<RetrySource>& sources,
            std::string_view call_type, RetrySettings& out) {
  const auto standard = defaults();
  const bool own = (of_type(standard, call_type).*member).has_value();
  for (const auto& source : sources) {
    out.*member = of_type(source, call_type).*member;
    if (!(out.*member) && !own) out.*member = source.all.*member;
    if (out.*member) return;
  }
  out.*member = own ? of_type(standard, call_type).*member : standard.all.*member;
}

}  // namespace

void read_retry(SettingsReader& reader, bool variables, RetrySettings& out) {
  const auto name = [variables](const char* variable) {
    return std::string(variables ? variable : "");
  };
  reader.number("max_retries", name("AI_RETRY_MAX_ATTEMPTS"), 0, kMostRetries, out.max_retries);
  reader.number("base_delay", name("AI_RETRY_BASE_DELAY"), 0.0, 60.0, out.base_delay);
  reader.number("multiplier", name("AI_RETRY_BACKOFF_MULTIPLIER"), 1.0, 10.0, out.multiplier);
  reader.number("max_total_delay", name("AI_RETRY_MAX_TOTAL_DELAY"), 0.0, 600.0,
                out.max_total_delay);
  reader.number("jitter", name("DUGOUT_RETRY_JITTER"), 0.0, 1.0, out.jitter);
  reader.number("attempt_timeout", name("DUGOUT_RETRY_ATTEMPT_TIMEOUT"), 0.1, 600.0,
                out.attempt_timeout);
  reader.number("max_server_delay", name("DUGOUT_RETRY_MAX_SERVER_DELAY"), 0.0, 60.0,
                out.max_server_delay);
}

RetrySource retry_from_environment(LoadState& state) {
  RetrySource source;
  SettingsReader reader(nullptr, "retry", state);
  read_retry(reader, true, source.all);
  for (const auto& type : kTypeVariables) {
    auto& own = source.call_types[type.call_type];
    SettingsReader one(nullptr, std::string("retry.call_types.") + type.call_type, state);
    one.number("max_retries", type.max, 0, kMostRetries, own.max_retries);
    one.number("base_delay", type.delay, 0.0, 60.0, own.base_delay);
  }
  return source;
}

RetrySource retry_from_file(const Node* node, LoadState& state) {
  RetrySource source;
  SettingsReader reader(node, "retry", state);
  read_retry(reader, false, source.all);
  const auto* types = reader.map("call_types");
  reader.finish();
  SettingsReader by_type(types, "retry.call_types", state);
  for (const auto& name : by_type.names()) {
    SettingsReader one(by_type.map(name), "retry.call_types." + name, state);
    read_retry(one, false, source.call_types[name]);
    one.finish();
  }
  return source;
}

void note_retry_defaults(LoadState& state) {
  if (state.origins == nullptr) return;
  const auto standard = defaults();
  const auto note = [&](const std::string& key, const auto& figure) {
    if (!figure) return;
    const auto known = std::any_of(state.origins->begin(), state.origins->end(),
                                   [&](const auto& origin) { return origin.key == key; });
    if (!known) note_origin(state, key, plain_figure(*figure), "default");
  };
  const auto all = [&](const std::string& path, const RetrySettings& figures) {
    note(path + ".max_retries", figures.max_retries);
    note(path + ".base_delay", figures.base_delay);
    note(path + ".multiplier", figures.multiplier);
    note(path + ".max_total_delay", figures.max_total_delay);
    note(path + ".jitter", figures.jitter);
    note(path + ".attempt_timeout", figures.attempt_timeout);
    note(path + ".max_server_delay", figures.max_server_delay);
  };
  all("retry", standard.all);
  for (const auto& [type, figures] : standard.call_types) all("retry.call_types." + type, figures);
}

RetrySettings retry_for(const Settings& settings, std::string_view call_type,
                        const Node* agent_retry, core::Findings& findings,
                        const std::string& agent_file) {
  const Environment none;
  LoadState state{none, agent_file, findings, settings.data};
  RetrySource agent;
  SettingsReader reader(agent_retry, "retry", state);
  // The agent has one call type, so what it says is meant for exactly this one.
  read_retry(reader, false, agent.call_types[std::string(call_type)]);
  reader.finish();
  const std::vector<RetrySource> sources{settings.retry_environment, agent, settings.retry};
  RetrySettings out;
  settle(&RetrySettings::max_retries, sources, call_type, out);
  settle(&RetrySettings::base_delay, sources, call_type, out);
  settle(&RetrySettings::multiplier, sources, call_type, out);
  settle(&RetrySettings::max_total_delay, sources, call_type, out);
  settle(&RetrySettings::jitter, sources, call_type, out);
  settle(&RetrySettings::attempt_timeout, sources, call_type, out);
  settle(&RetrySettings::max_server_delay, sources, call_type, out);
  return out;
}

}  // namespace dugout::config
