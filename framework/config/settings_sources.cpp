// The readings of SettingsReader that are lists or secrets, and where values came from.
#include <algorithm>

#include "config/secret_files.hpp"
#include "config/settings_reader.hpp"
#include "core/text.hpp"

namespace dugout::config {

void SettingsReader::token(const std::string& key, Secret& out, PlainSecret plain_one) {
  constexpr std::size_t kShortest = 16;
  secret_or_file(key, out);
  const auto& said = out.reveal();
  const bool plain =
      std::all_of(said.begin(), said.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (said.empty()) return;
  if (said.size() >= kShortest && plain) return tell_plain(key, plain_one, out);
  refuse(key, "must have at least 16 letters, digits or signs, and no blanks",
         "such as the output of: openssl rand -hex 24");
  out = Secret();
}

void SettingsReader::secret(const std::string& key, Secret& out) {
  const auto variable = variable_name(full(key));
  if (const auto given = take(key, variable, true)) out = Secret(given->text);
  note(key, variable, out.text());
}

void SettingsReader::tell_plain(const std::string& key, PlainSecret plain, Secret& out) {
  if (!is_plain(key)) return;
  const auto& mark = node_->find(key)->mark;
  const bool refused = plain == PlainSecret::kRefused;
  state_.findings.push_back(
      {refused ? core::Finding::Severity::kError : core::Finding::Severity::kWarning, state_.file,
       mark.line, mark.column, "\"" + full(key) + "\" holds the secret itself",
       "keep it out of the file: write ${NAME} of a variable, or " + key + "_file: PATH"});
  if (refused) out = Secret();
}

void SettingsReader::secret_or_file(const std::string& key, Secret& out) {
  secret(key, out);
  const auto file_key = key + "_file";
  const auto variable = variable_name(full(file_key));
  const auto given = take(file_key, variable, false);
  note(file_key, variable, given ? given->text : "");
  if (!given || given->text.empty() || given->from_environment) return;  // that one has been read
  if (!from_environment(variable_name(full(key))) && says(key)) {
    return report(*given, "stands beside \"" + full(key) + "\"", "keep one of them");
  }
  if (from_environment(variable_name(full(key)))) return;
  std::string why;
  if (const auto held = read_secret_file(given->text, why)) {
    out = Secret(*held);
    overridden(key, out.text(), "file " + given->text);
  } else {
    report(*given, why, "name the file that holds the secret");
  }
}

bool SettingsReader::is_plain(const std::string& key) const {
  if (from_environment(variable_name(full(key)))) return false;
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  return node != nullptr && node->is_scalar() && !node->scalar.empty() &&
         node->scalar.find("${") == std::string::npos;
}

bool SettingsReader::says(const std::string& key) const {
  if (from_environment(variable_name(full(key)))) return true;
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  return node != nullptr && !node->is_null();
}

void SettingsReader::texts(const std::string& key, std::vector<std::string>& out) {
  list(key, ':', out);
}

void SettingsReader::words(const std::string& key, std::vector<std::string>& out) {
  list(key, ',', out);
}

void SettingsReader::list(const std::string& key, char separator, std::vector<std::string>& out) {
  known_.push_back(key);
  const auto noted = [&] {
    std::string all;
    for (const auto& one : out) all += (all.empty() ? "" : ", ") + one;
    note(key, variable_name(full(key)), all);
  };
  if (const auto given = from_environment(variable_name(full(key)))) {
    for (const auto& part : core::split(given->text, separator)) {
      if (!core::trim(part).empty()) out.emplace_back(core::trim(part));
    }
    return noted();
  }
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  if (node == nullptr || node->is_null()) return noted();
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
  noted();
}

bool SettingsReader::secrets(const std::string& key, std::vector<Secret>& out) {
  known_.push_back(key);
  const auto add = [&](std::string_view text) {
    if (!core::trim(text).empty()) out.emplace_back(std::string(core::trim(text)));
  };
  if (const auto given = from_environment(variable_name(full(key)))) {
    for (const auto& part : core::split(given->text, ',')) add(part);
    note(key, variable_name(full(key)), out.empty() ? "" : "***");
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
  note(key, variable_name(full(key)), out.empty() ? "" : "***");
  return true;
}

void note_origin(LoadState& state, const std::string& key, std::string value, std::string from) {
  if (state.origins == nullptr) return;
  for (auto& known : *state.origins) {
    if (known.key != key) continue;
    known.value = std::move(value);
    known.from = std::move(from);
    return;
  }
  state.origins->push_back({key, std::move(value), std::move(from)});
}

void SettingsReader::note(const std::string& key, const std::string& variable, std::string value) {
  if (state_.origins == nullptr) return;
  std::string from = "default";
  const auto* node = node_ == nullptr ? nullptr : node_->find(key);
  if (from_environment(variable)) {
    const auto file = state_.environment(variable + "_FILE");
    from = "environment " + variable + (file && !file->empty() ? "_FILE" : "");
  } else if (node != nullptr && !node->is_null()) {
    from = state_.file + ":" + std::to_string(node->mark.line);
    // Which variable it named; a default behind it may be a secret.
    const bool named =
        node->scalar.starts_with("${") && node->scalar.find(":-") == std::string::npos;
    if (named && node->scalar.ends_with("}")) from += " " + node->scalar;
  }
  note_origin(state_, full(key), std::move(value), std::move(from));
}

void SettingsReader::overridden(const std::string& key, const std::string& value,
                                const std::string& from) {
  note_origin(state_, full(key), value, from);
}

}  // namespace dugout::config
