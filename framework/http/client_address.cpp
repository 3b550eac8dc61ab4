#include "http/client_address.hpp"

#include <Poco/Net/HTTPMessage.h>

#include <algorithm>
#include <charconv>

#include "core/text.hpp"

namespace dugout::http {
namespace {

using Poco::Net::IPAddress;

constexpr std::size_t kMostHops = 32;

// ::ffff:192.0.2.1 is 192.0.2.1.
IPAddress plain_address(const IPAddress& host) {
  if (host.family() != IPAddress::IPv6 || !host.isIPv4Mapped()) return host;
  const auto* bytes = static_cast<const unsigned char*>(host.addr());
  return IPAddress(bytes + 12, 4);
}

std::string_view unquoted(std::string_view text) {
  text = core::trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

// "192.0.2.1", "192.0.2.1:47011", "2001:db8::1", "[2001:db8::1]:4711", each perhaps in quotes
std::optional<IPAddress> parse_host(std::string_view text) {
  text = unquoted(text);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') == text.npos ? text.npos : text.find(']') - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  IPAddress host;
  if (!IPAddress::tryParse(std::string(text), host)) return std::nullopt;
  return plain_address(host);
}

// All headers of the name, as one list from left to right.
std::vector<std::string> list_of(const Poco::Net::HTTPMessage& message, const std::string& name) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : message) {
    if (core::lower(key) != name) continue;
    for (auto& part : core::split(value, ',')) parts.push_back(std::move(part));
  }
  return parts;
}

// The parameter of one element of Forwarded: for=192.0.2.1;proto=https
std::string parameter_of(std::string_view element, std::string_view wanted) {
  for (const auto& pair : core::split(element, ';')) {
    const auto equals = std::min(pair.find('='), pair.size());
    if (core::lower(core::trim(std::string_view(pair).substr(0, equals))) != wanted) continue;
    return std::string(unquoted(std::string_view(pair).substr(std::min(equals + 1, pair.size()))));
  }
  return {};
}

std::vector<std::string> hops_of(const Poco::Net::HTTPServerRequest& request, bool forwarded) {
  if (!forwarded) return list_of(request, "x-forwarded-for");
  auto hops = list_of(request, "forwarded");
  for (auto& hop : hops) hop = parameter_of(hop, "for");
  return hops;
}

std::string scheme_said(const Poco::Net::HTTPServerRequest& request, bool forwarded) {
  const auto said = list_of(request, forwarded ? "forwarded" : "x-forwarded-proto");
  if (said.empty()) return {};
  return core::lower(forwarded ? parameter_of(said.back(), "proto")
                               : std::string(core::trim(said.back())));
}

}  // namespace

bool Network::holds(const IPAddress& host) const {
  const auto plain = plain_address(host);
  if (plain.family() != address.family()) return false;
  return (plain & IPAddress(bits, address.family())) == address;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  IPAddress address;
  if (!IPAddress::tryParse(std::string(core::trim(text.substr(0, slash))), address)) {
    return std::nullopt;
  }
  const unsigned most = address.family() == IPAddress::IPv6 ? 128 : 32;
  unsigned bits = most;
  if (slash != text.npos) {
    const auto digits = text.substr(slash + 1);
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, bits);
    if (digits.empty() || error != std::errc{} || stop != end || bits > most) return std::nullopt;
  }
  return Network{address & IPAddress(bits, address.family()), bits};
}

bool Proxies::trusts(const IPAddress& host) const {
  return std::any_of(trusted.begin(), trusted.end(),
                     [&](const Network& network) { return network.holds(host); });
}

Proxies read_proxies(const std::vector<std::string>& networks, bool forwarded) {
  Proxies proxies{{}, forwarded};
  for (const auto& text : networks) {
    if (const auto network = parse_network(text)) proxies.trusted.push_back(*network);
  }
  return proxies;
}

IPAddress client_address(const Poco::Net::HTTPServerRequest& request, const Proxies& proxies) {
  auto client = plain_address(request.clientAddress().host());
  if (proxies.trusted.empty() || !proxies.trusts(client)) return client;
  const auto hops = hops_of(request, proxies.forwarded);
  std::size_t looked_at = 0;
  for (auto hop = hops.rbegin(); hop != hops.rend() && looked_at < kMostHops; ++hop, ++looked_at) {
    const auto host = parse_host(*hop);
    if (!host) return client;  // "unknown", or rubbish: the proxy that said so stands for it
    client = *host;
    if (!proxies.trusts(client)) return client;
  }
  return client;
}

bool came_securely(const Poco::Net::HTTPServerRequest& request, const Proxies& proxies) {
  if (request.secure()) return true;
  if (proxies.trusted.empty() || !proxies.trusts(request.clientAddress().host())) return false;
  return scheme_said(request, proxies.forwarded) == "https";
}

std::string address_key(const IPAddress& host) {
  constexpr unsigned kOwner = 64;
  const auto plain = plain_address(host);
  if (plain.family() != IPAddress::IPv6) return plain.toString();
  return (plain & IPAddress(kOwner, IPAddress::IPv6)).toString();
}

}  // namespace dugout::http
