#include "cli/access.hpp"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/digest.hpp"
#include "core/files.hpp"

namespace dugout::cli {

http::AccessOptions access_options(const config::Settings& settings) {
  http::AccessOptions out;
  for (const auto& known : settings.operators) {
    out.operators.push_back(
        {known.name, http::role_named(known.role), known.token_hash, known.token.reveal()});
  }
  out.bound_names = settings.access.client_sessions == "bound";
  out.hosts = settings.access.hosts;
  out.cors_origins = settings.access.cors_origins;
  return out;
}

std::string chat_key(Set& set) {
  const auto path = std::filesystem::path(set.settings().data) / "chat.key";
  std::string text;
  std::ifstream(path) >> text;
  constexpr std::size_t kKeyDigits = 64;
  if (const auto kept = core::from_hex(text); kept && text.size() == kKeyDigits) return *kept;
  std::error_code error;
  if (std::filesystem::exists(path, error) || error) {
    set.log().warning(
        "chat.key_unusable",
        {{"file", path.string()}, {"meaning", "a new one is made; open conversations begin anew"}});
  }
  const auto key = core::random_bytes(kKeyDigits / 2);
  if (const auto written = core::replace_private(path, core::hex(key) + "\n"); !written) {
    set.log().warning("chat.no_key", {{"file", path.string()}, {"why", written.error().message}});
    return {};
  }
  return key;
}

std::string command_user() {
  passwd entry{};
  passwd* found = nullptr;
  char buffer[4096];
  const bool known =
      ::getpwuid_r(::getuid(), &entry, buffer, sizeof(buffer), &found) == 0 && found != nullptr;
  return "cli:" + (known ? std::string(found->pw_name) : std::to_string(::getuid()));
}

void tell_audit(Set& set, std::string_view who, std::string_view what, std::string_view target,
                std::string_view outcome) {
  if (const auto written = set.audit().write(who, what, target, outcome); !written) {
    set.log().error("audit.not_written",
                    {{"what", std::string(what)}, {"why", written.error().message}});
  }
}

}  // namespace dugout::cli
