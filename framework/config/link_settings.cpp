#include "config/link_settings.hpp"

#include "config/link_read.hpp"

namespace dugout::config {

bool is_link_host(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  const auto colon = host.find(':');
  const auto port = colon == host.npos ? std::string_view("443") : host.substr(colon + 1);
  const auto name = host.substr(0, colon);
  constexpr std::string_view kDigits = "0123456789";
  const bool letters =
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == name.npos;
  const bool dots = name.find('.') != name.npos && !name.starts_with(".") && !name.ends_with(".") &&
                    name.find("..") == name.npos;
  return letters && dots && !port.empty() && port.size() <= 5 &&
         port.find_first_not_of(kDigits) == port.npos;
}

LinkSettings read_links(const Node* node, LoadState& state) {
  LinkSettings out;
  SettingsReader reader(node, "links", state);
  std::vector<std::string> given;
  reader.texts("allow", given);
  for (auto& host : given) {
    if (is_link_host(host)) {
      out.allow.push_back(std::move(host));
    } else {
      reader.refuse("allow", "holds \"" + host + "\", which is no host",
                    "such as www.example.org or *.example.org, without https://");
    }
  }
  reader.finish();
  return out;
}

}  // namespace dugout::config
