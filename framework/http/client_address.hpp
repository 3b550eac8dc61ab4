// Whose request it is. Behind a proxy the connection's address is the proxy's; the client's own
// stands in a header, which is believed only of proxies that the settings name. Pure, so [any].
#pragma once

#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/IPAddress.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::http {

// "10.0.0.0/8", "::1"
struct Network {
  Poco::Net::IPAddress address;
  unsigned bits = 0;

  bool holds(const Poco::Net::IPAddress& host) const;
};
std::optional<Network> parse_network(std::string_view text);

struct Proxies {
  std::vector<Network> trusted;
  // The one header that they set: a proxy hands on the other as its client sent it.
  bool forwarded = false;  // RFC 7239's Forwarded; else X-Forwarded-For and -Proto

  bool trusts(const Poco::Net::IPAddress& host) const;
};

// What is no network is left out: settings have been checked.
Proxies read_proxies(const std::vector<std::string>& networks, bool forwarded);

// The last address before the first proxy that is trusted, read from our end: what stands further
// left is what somebody says.
Poco::Net::IPAddress client_address(const Poco::Net::HTTPServerRequest& request,
                                    const Proxies& proxies);
// By TLS, here or up to a trusted proxy.
bool came_securely(const Poco::Net::HTTPServerRequest& request, const Proxies& proxies);

// What is counted together: an IPv6 address is one of very many that its owner has, so the /64.
std::string address_key(const Poco::Net::IPAddress& host);

}  // namespace dugout::http
