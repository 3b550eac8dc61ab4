// Typed readings of settings with findings that name file, line and range, or the variable.
#include "config/settings_reader.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace dugout::config {
namespace {

Node node_of(const std::string& text, bool quoted) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = text;
  node.quoted = quoted;
  return node;
}

std::string plain_number(double value) {
  auto text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string range(double low, double high) {
  return "from " + plain_number(low) + " to " + plain_number(high);
}

// "10MiB", "64 KiB" or a plain number of bytes.
std::optional<long long> bytes_of(const std::string& text) {
  const auto letters = text.find_first_not_of("0123456789");
  const auto unit = letters == text.npos ? std::string_view{}
                                         : core::trim(std::string_view(text).substr(letters));
  const auto count = node_of(text.substr(0, letters), false).as_integer();
  if (!count || *count > (1LL << 40)) return std::nullopt;
  if (unit.empty() || unit == "B") return *count;
  if (unit == "KiB") return *count << 10;
  if (unit == "MiB") return *count << 20;
  return std::nullopt;
}

}  // namespace

std::string variable_name(std::string_view path) {
  auto name = "DUGOUT_" + core::upper(path);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

SettingsReader::SettingsReader(const Node* node, std::string path, LoadState& state)
    : node_(node), path_(std::move(path)), state_(state) {
  if (node_ == nullptr || node_->is_map()) return;
  if (!node_->is_null()) {
    const auto name = path_.empty() ? "the file" : "\"" + path_ + "\"";
    state_.findings.push_back({core::Finding::Severity::kError, state_.file, node_->mark.line,
                               node_->mark.column, name + " must be a map",
                               "write \"key: value\""});
  }
  node_ = nullptr;
}

std::string SettingsReader::full(const std::string& key) const {
  return path_.empty() ? key : path_ + "." + key;
}

std::optional<SettingsReader::Given> SettingsReader::from_environment(
    const std::string& variable) const {
  if (variable.empty() || !state_.environment) return std::nullopt;
  const auto value = state_.environment(variable);
  if (!value || value->empty()) return std::nullopt;  // set to nothing is not set
  return Given{variable, *value, false, true, {}};
}

std::optional<SettingsReader::Given> SettingsReader::take(const std::string& key,
                                                          const std::string& variable,
                                                          bool may_be_unset) {
  known_.push_back(key);
  if (auto given = from_environment(variable)) return given;
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  if (node == nullptr || node->is_null()) return std::nullopt;
  Given given{full(key), node->scalar, node->quoted, false, node->mark};
  if (!node->is_scalar()) {
    report(given, "must be a single value", "");
    return std::nullopt;
  }
  std::string why;
  const auto text = substitute(node->scalar, state_.environment, state_.data, why);
  const bool unset = !text && why.find("not set") != std::string::npos;
  if (!text && !(unset && may_be_unset)) {
    report(given, why, "set the variable, or write ${NAME:-default}");
    return std::nullopt;
  }
  // Not "absent": a key of its own that is not set must never fall back on the standard one.
  given.text = text.value_or("");
  return given;
}

void SettingsReader::report(const Given& given, const std::string& message,
                            const std::string& hint) {
  if (given.from_environment) {
    state_.findings.push_back(
        {core::Finding::Severity::kError, "environment", 0, 0, given.name + " " + message, hint});
    return;
  }
  state_.findings.push_back({core::Finding::Severity::kError, state_.file, given.mark.line,
                             given.mark.column, "\"" + given.name + "\" " + message, hint});
}

void SettingsReader::refuse(const std::string& key, const std::string& message,
                            const std::string& hint) {
  if (const auto variable = from_environment(variable_name(full(key)))) {
    return report(*variable, message, hint);
  }
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  const auto place = node != nullptr ? node->mark : node_ != nullptr ? node_->key_mark : Mark{};
  report({full(key), "", false, false, place}, message, hint);
}

void SettingsReader::text(const std::string& key, std::string& out) {
  if (const auto given = take(key, variable_name(full(key)), false)) out = given->text;
}

void SettingsReader::token(const std::string& key, Secret& out) {
  constexpr std::size_t kShortest = 16;
  secret(key, out);
  const auto& said = out.reveal();
  const bool plain =
      std::all_of(said.begin(), said.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (said.empty() || (said.size() >= kShortest && plain)) return;
  refuse(key, "must have at least 16 letters, digits or signs, and no blanks",
         "such as the output of: openssl rand -hex 24");
  out = Secret();
}

void SettingsReader::secret(const std::string& key, Secret& out) {
  if (const auto given = take(key, variable_name(full(key)), true)) out = Secret(given->text);
}

std::optional<long long> SettingsReader::integer(const std::string& key,
                                                 const std::string& variable, long long low,
                                                 long long high) {
  const auto given = take(key, variable, false);
  if (!given) return std::nullopt;
  const auto value = node_of(given->text, given->quoted).as_integer();
  if (value && *value >= low && *value <= high) return value;
  report(*given,
         "is \"" + std::string(core::clip(given->text, 40)) + "\", which is no whole number " +
             range(static_cast<double>(low), static_cast<double>(high)),
         "");
  return std::nullopt;
}

void SettingsReader::count(const std::string& key, long long low, long long high,
                           std::size_t& out) {
  const auto value = integer(key, variable_name(full(key)), low, high);
  if (value) out = static_cast<std::size_t>(*value);
}

void SettingsReader::count(const std::string& key, long long low, long long high, int& out) {
  const auto value = integer(key, variable_name(full(key)), low, high);
  if (value) out = static_cast<int>(*value);
}

void SettingsReader::bytes(const std::string& key, long long low, long long high,
                           std::size_t& out) {
  const auto given = take(key, variable_name(full(key)), false);
  if (!given) return;
  const auto value = bytes_of(given->text);
  if (value && *value >= low && *value <= high) {
    out = static_cast<std::size_t>(*value);
    return;
  }
  report(*given,
         "is \"" + std::string(core::clip(given->text, 40)) + "\", which is no size " +
             range(static_cast<double>(low), static_cast<double>(high)) + " bytes",
         "write a number of bytes, 64KiB or 10MiB");
}

void SettingsReader::seconds(const std::string& key, double low, double high, double& out) {
  const auto given = take(key, variable_name(full(key)), false);
  if (!given) return;
  const auto value = node_of(given->text, given->quoted).as_seconds();
  if (value && *value >= low && *value <= high) {
    out = *value;
    return;
  }
  report(*given,
         "is \"" + std::string(core::clip(given->text, 40)) + "\", which is no time " +
             range(low, high) + " seconds",
         "write 30, 30s, 500ms or 5m");
}

void SettingsReader::number(const std::string& key, const std::string& variable, double low,
                            double high, std::optional<double>& out) {
  const auto given = take(key, variable, false);
  if (!given) return;
  const auto node = node_of(given->text, given->quoted);
  const auto value = given->from_environment ? node.as_number() : node.as_seconds();
  if (value && *value >= low && *value <= high) {
    out = value;
    return;
  }
  report(*given,
         "is \"" + std::string(core::clip(given->text, 40)) + "\", which is no number " +
             range(low, high),
         "");
}

void SettingsReader::number(const std::string& key, const std::string& variable, int low, int high,
                            std::optional<int>& out) {
  if (const auto value = integer(key, variable, low, high)) out = static_cast<int>(*value);
}

void SettingsReader::real(const std::string& key, double low, double high, double& out) {
  const auto given = take(key, variable_name(full(key)), false);
  if (!given) return;
  const auto value = node_of(given->text, given->quoted).as_number();
  if (value && *value >= low && *value <= high) {
    out = *value;
    return;
  }
  report(*given,
         "is \"" + std::string(core::clip(given->text, 40)) + "\", which is no number " +
             range(low, high),
         "");
}

void SettingsReader::flag(const std::string& key, bool& out) {
  const auto given = take(key, variable_name(full(key)), false);
  if (!given) return;
  if (given->text == "true" || given->text == "false") {
    out = given->text == "true";
    return;
  }
  report(*given, "must be true or false", "");
}

void SettingsReader::texts(const std::string& key, std::vector<std::string>& out) {
  list(key, ':', out);
}

void SettingsReader::words(const std::string& key, std::vector<std::string>& out) {
  list(key, ',', out);
}

void SettingsReader::list(const std::string& key, char separator, std::vector<std::string>& out) {
  known_.push_back(key);
  if (const auto given = from_environment(variable_name(full(key)))) {
    for (const auto& part : core::split(given->text, separator)) {
      if (!core::trim(part).empty()) out.emplace_back(core::trim(part));
    }
    return;
  }
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  if (node == nullptr || node->is_null()) return;
  const std::vector<Node> single(1, *node);
  for (const auto& item : node->is_list() ? node->items : single) {
    const Given given{full(key), item.scalar, item.quoted, false, item.mark};
    std::string why = "must be a list of texts";
    const auto text = item.is_scalar()
                          ? substitute(item.scalar, state_.environment, state_.data, why)
                          : std::nullopt;
    if (text)
      out.push_back(*text);
    else
      report(given, why, "");
  }
}

bool SettingsReader::secrets(const std::string& key, std::vector<Secret>& out) {
  known_.push_back(key);
  const auto add = [&](std::string_view text) {
    if (!core::trim(text).empty()) out.emplace_back(std::string(core::trim(text)));
  };
  if (const auto given = from_environment(variable_name(full(key)))) {
    for (const auto& part : core::split(given->text, ',')) add(part);
    return true;
  }
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  if (node == nullptr || node->is_null()) return false;
  const Given all{full(key), "", false, false, node->mark};
  if (!node->is_list()) report(all, "must be a list", "such as [\"${KEY_A}\", \"${KEY_B}\"]");
  for (const auto& item : node->items) {
    const Given given{full(key), "", false, false, item.mark};
    std::string why = "must be a list of texts";
    const auto text = item.is_scalar()
                          ? substitute(item.scalar, state_.environment, state_.data, why)
                          : std::nullopt;
    if (text) {
      add(*text);
    } else if (why.find("not set") == std::string::npos) {
      report(given, why, "");
    }
  }
  return true;
}

const Node* SettingsReader::map(const std::string& key) {
  known_.push_back(key);
  return node_ == nullptr ? nullptr : node_->find(key);
}

std::vector<std::string> SettingsReader::names() const {
  std::vector<std::string> out;
  if (node_ == nullptr) return out;
  for (const auto& [key, value] : node_->members) out.push_back(key);
  return out;
}

void SettingsReader::finish() {
  if (node_ == nullptr) return;
  for (const auto& [key, value] : node_->members) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const auto near = nearest(key, known_);
    std::string all;
    for (const auto& known : known_) all += (all.empty() ? "" : ", ") + known;
    state_.findings.push_back(
        {core::Finding::Severity::kError, state_.file, value.key_mark.line, value.key_mark.column,
         "unknown key \"" + key + "\"" + (path_.empty() ? "" : " in \"" + path_ + "\""),
         near.empty() ? "known: " + all : "did you mean \"" + near + "\"?"});
  }
}

}  // namespace dugout::config
