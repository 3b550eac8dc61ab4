#include "http/origin.hpp"

#include <Poco/Net/IPAddress.h>

#include <algorithm>

#include "core/text.hpp"

namespace dugout::http {
namespace {

constexpr auto kAllowedHeaders = "Accept, Authorization, Content-Type, traceparent, tracestate";
constexpr auto kExposedHeaders =
    "RateLimit, RateLimit-Policy, Retry-After, X-Dugout-Generation, X-Dugout-Turn, traceparent";
constexpr auto kPreflightSeconds = "600";

// "https://join.example.org/x" -> "https://join.example.org"
std::string origin_of(const std::string& url) {
  const auto host = url.find("://");
  return host == std::string::npos ? "" : core::lower(url.substr(0, url.find('/', host + 3)));
}

// "[::1]:8080" -> "::1", "join.example.org:443" -> "join.example.org"
std::string host_alone(std::string_view text) {
  if (text.starts_with('[')) return core::lower(text.substr(1, text.find(']') - 1));
  return core::lower(text.substr(0, text.find(':')));
}

std::string host_of_url(const std::string& url) {
  const auto origin = origin_of(url);
  return origin.empty() ? "" : host_alone(std::string_view(origin).substr(origin.find("://") + 3));
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(host, address) && address.isLoopback();
}

bool on_the_list(const Service& service, const std::string& origin) {
  const auto& list = service.options.access.cors_origins;
  return std::find(list.begin(), list.end(), origin) != list.end();
}

bool is_address(const std::string& host) {
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(host, address);
}

// A page of another site can have its own name lead to our address, and then reads what we answer
// (DNS rebinding). At a loopback address that is the only way in from outside; elsewhere names are
// checked where they are listed. Addresses and names without a dot are nobody's to lead elsewhere.
bool is_our_host(const Service& service, Exchange& exchange) {
  const auto& options = service.options;
  const auto& listed = options.access.hosts;
  const auto host = host_alone(exchange.request().get("Host", ""));
  const bool loopback = is_loopback(options.host);
  if (host.empty() || (listed.empty() && !loopback)) return true;
  const auto named = [&](const std::string& name) {
    return name == "*" || host_alone(name) == host;
  };
  if (loopback && (is_loopback(host) || is_address(host) || host.find('.') == host.npos))
    return true;
  return host == host_alone(options.host) || host == host_of_url(options.public_url) ||
         std::any_of(listed.begin(), listed.end(), named);
}

Problem not_our_host() {
  Problem problem;
  problem.status = 421;
  problem.title = "Not the server of this name";
  problem.detail =
      "Use the server's own address. If it is to be known by this name: public_url, or "
      "access.hosts, in dugout.yaml.";
  problem.close = true;
  return problem;
}

// Methods at this path that anybody may use; empty = none.
std::string open_methods(Service& service, const std::string& path) {
  std::string methods;
  for (const auto& route : routes()) {
    const auto parts = fit_path(route.path, path);
    if (!parts || (route.known != nullptr && !route.known(service, *parts))) continue;
    if (route.role != Role::kAnyone || !route.cross_origin) continue;
    methods += (methods.empty() ? "" : ", ") + route.method;
  }
  return methods;
}

// What the pages of an origin on the list may do here, when one of them asks; empty = nothing.
std::string methods_for_asker(Service& service, Exchange& exchange) {
  const auto origin = core::lower(exchange.request().get("Origin", ""));
  return on_the_list(service, origin) ? open_methods(service, exchange.path()) : "";
}

}  // namespace

bool of_our_pages(const Service& service, Exchange& exchange, bool when_not_told) {
  const auto& request = exchange.request();
  const std::string site = request.get("Sec-Fetch-Site", "");
  if (!site.empty()) return site == "same-origin";
  const auto origin = core::lower(request.get("Origin", ""));
  if (origin.empty()) return when_not_told;
  const auto host = core::lower(request.get("Host", ""));
  return origin == origin_of(service.options.public_url) || origin == "http://" + host ||
         origin == "https://" + host;
}

bool of_another_site(const Service& service, Exchange& exchange) {
  const std::string site = exchange.request().get("Sec-Fetch-Site", "");
  // "none": typed or bookmarked by the person.
  if (site == "none" || of_our_pages(service, exchange, true)) return false;
  return !on_the_list(service, core::lower(exchange.request().get("Origin", "")));
}

bool is_secure(const Service& service, Exchange& exchange) {
  return service.options.public_url.starts_with("https://") || service.options.tls.wanted() ||
         came_securely(exchange.request(), service.proxies);
}

void tell_browser(Service& service, Exchange& exchange) {
  const auto& options = service.options;
  if (options.hsts.count() > 0 && is_secure(service, exchange)) {
    exchange.only_by_https(options.hsts);
  }
  if (options.access.cors_origins.empty()) return;
  exchange.varies_by_origin();
  if (methods_for_asker(service, exchange).empty()) return;
  // No cookies go with it: Access-Control-Allow-Credentials is never said.
  exchange.header("Access-Control-Allow-Origin", core::lower(exchange.request().get("Origin", "")));
  exchange.header("Access-Control-Expose-Headers", kExposedHeaders);
}

bool admit_origin(Service& service, Exchange& exchange) {
  if (!is_our_host(service, exchange)) {
    exchange.problem(not_our_host(), service.clock);
    return false;
  }
  const auto& request = exchange.request();
  if (request.getMethod() != "OPTIONS" || !request.has("Access-Control-Request-Method"))
    return true;
  const auto methods = methods_for_asker(service, exchange);
  if (methods.empty()) return true;
  exchange.header("Access-Control-Allow-Methods", methods);
  exchange.header("Access-Control-Allow-Headers", kAllowedHeaders);
  exchange.header("Access-Control-Max-Age", kPreflightSeconds);
  exchange.nothing(204);
  return false;
}

}  // namespace dugout::http
