#include "config/access_settings.hpp"

#include <algorithm>
#include <set>

#include "config/access_read.hpp"
#include "core/digest.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr auto kNameOfToken = "admin";  // whoever shows admin.token

bool is_operator_name(const std::string& name) {
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

void check_name(SettingsReader& reader, OperatorSettings& out, std::set<std::string>& names) {
  if (!is_operator_name(out.name)) {
    return reader.refuse("name", "must be 1 to 40 small letters, digits, '.', '_' or '-'",
                         "such as anna; it stands in the audit log");
  }
  if (out.name == kNameOfToken) {
    reader.refuse("name", "must not be admin: that is who shows admin.token", "");
  } else if (!names.insert(out.name).second) {
    reader.refuse("name", "is there twice: \"" + out.name + "\"", "each operator has a name");
  }
}

// One way to know the token, and no more.
void check_token(SettingsReader& reader, const OperatorSettings& out) {
  constexpr auto kHint = "`dugout token new --name NAME --role ROLE` makes a token and its hash";
  const bool token = reader.says("token") || reader.says("token_file");
  if (!token && out.token_hash.empty()) {
    reader.refuse("token_hash", "is missing", kHint);
  } else if (token && !out.token_hash.empty()) {
    reader.refuse("token_hash", "stands beside another token", "keep one of them");
  } else if (!token && !core::is_token_hash(out.token_hash)) {
    reader.refuse("token_hash", "is no hash of a token", kHint);
  }
}

OperatorSettings read_operator(const Node& node, const std::string& path, LoadState& state,
                               std::set<std::string>& names) {
  OperatorSettings out;
  SettingsReader reader(&node, path, state);
  reader.text("name", out.name);
  reader.text("role", out.role);
  Secret hash;  // tells nobody anything, and need not stand on a screen either
  reader.secret("token_hash", hash);
  out.token_hash = hash.reveal();
  reader.token("token", out.token, PlainSecret::kRefused);
  if (node.is_map()) {
    check_name(reader, out, names);
    if (out.role != "viewer" && out.role != "operator" && out.role != "admin") {
      reader.refuse("role", "must be viewer, operator or admin", "");
    }
    check_token(reader, out);
  }
  reader.finish();
  return out;
}

// "https://club.example.org", and nothing behind it.
bool is_origin(const std::string& text) {
  const auto host = text.starts_with("https://")  ? std::size_t{8}
                    : text.starts_with("http://") ? std::size_t{7}
                                                  : std::size_t{0};
  return host != 0 && text.size() > host && core::lower(text) == text &&
         text.find_first_of("/ \t\"*?#", host) == text.npos;
}

}  // namespace

std::vector<OperatorSettings> read_operators(const Node* node, LoadState& state) {
  std::vector<OperatorSettings> out;
  if (node == nullptr || node->is_null()) return out;
  if (!node->is_list()) {
    state.findings.push_back({core::Finding::Severity::kError, state.file, node->mark.line,
                              node->mark.column, "\"operators\" must be a list",
                              "write \"- {name: anna, role: viewer, token_hash: ...}\""});
    return out;
  }
  std::set<std::string> names;
  for (std::size_t at = 0; at < node->items.size(); ++at) {
    const auto path = "operators." + std::to_string(at + 1);
    auto one = read_operator(node->items[at], path, state, names);
    if (!one.token_hash.empty() || !one.token.empty()) out.push_back(std::move(one));
  }
  return out;
}

AccessSettings read_access(const Node* node, LoadState& state) {
  AccessSettings out;
  SettingsReader reader(node, "access", state);
  reader.text("client_sessions", out.client_sessions);
  if (out.client_sessions != "open" && out.client_sessions != "bound") {
    reader.refuse("client_sessions", "must be open or bound", "");
    out.client_sessions = "open";
  }
  reader.texts("hosts", out.hosts);
  for (auto& host : out.hosts) host = core::lower(host);
  SettingsReader cors(reader.map("cors"), "access.cors", state);
  cors.words("origins", out.cors_origins);
  for (const auto& origin : out.cors_origins) {
    if (is_origin(origin)) continue;
    cors.refuse("origins", "holds \"" + std::string(core::clip(origin, 80)) + "\", which is none",
                "write each as https://club.example.org, in small letters; there is no *");
  }
  std::erase_if(out.cors_origins, [](const auto& origin) { return !is_origin(origin); });
  cors.finish();
  reader.finish();
  return out;
}

}  // namespace dugout::config
