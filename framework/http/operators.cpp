#include "http/operators.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace dugout::http {

const char* name_of(Role role) {
  constexpr const char* kNames[] = {"anyone", "viewer", "operator", "admin"};
  return kNames[static_cast<int>(role)];
}

Role role_named(std::string_view name) {
  for (const auto role : {Role::kViewer, Role::kOperator, Role::kAdmin}) {
    if (name == name_of(role)) return role;
  }
  return Role::kAnyone;
}

Operators::Operators(std::string_view admin_token, std::vector<OperatorEntry> operators)
    : operators_(std::move(operators)), key_(core::random_bytes(32)) {
  if (!admin_token.empty()) {
    operators_.push_back({"admin", Role::kAdmin, "", std::string(admin_token)});
  }
}

std::optional<std::size_t> Operators::check(std::string_view token) const {
  std::optional<std::size_t> found;
  // Digests are compared, so that neither content nor length of a token shows in the time.
  const auto shown = core::hmac_sha256_hex(key_, token);
  for (std::size_t at = 0; at < operators_.size(); ++at) {
    const auto& known = operators_[at].token;
    if (!known.empty() && core::same_bytes(core::hmac_sha256_hex(key_, known), shown)) found = at;
  }
  if (found) return found;
  const std::lock_guard one_at_a_time(checking_);
  for (std::size_t at = 0; at < operators_.size(); ++at) {
    const auto& hash = operators_[at].token_hash;
    if (!hash.empty() && core::token_fits(token, hash)) found = at;
  }
  return found;
}

std::optional<Who> Operators::find(std::string_view token, core::MonoTime now) const {
  if (token.empty() || operators_.empty()) return std::nullopt;
  const auto digest = core::hmac_sha256_hex(key_, token);
  const auto who = [this](std::size_t at) { return Who{operators_[at].name, operators_[at].role}; };
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(digest);
    if (known != known_.end() && now < known->second.until) return who(known->second.at);
  }
  const auto found = check(token);
  if (!found) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMost) known_.clear();
  known_[digest] = {*found, now + kRemembered};
  return who(*found);
}

}  // namespace dugout::http
