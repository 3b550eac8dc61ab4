#include "http/client_address.hpp"

#include <catch2/catch.hpp>

#include "doors_fixture.hpp"
#include "http/head_check.hpp"

namespace dugout::http {
namespace {

using test::Doors;

// Wrong tokens are counted by address, so which address is seen shows in who is shut out.
int status_of(Doors& doors, const std::map<std::string, std::string>& headers) {
  auto all = headers;
  all["Authorization"] = "Bearer wrong";
  return doors.send("GET", "/api/sessions", "", all).status;
}

std::function<void(ServerOptions&)> behind_proxy(bool forwarded, std::vector<std::string> proxies) {
  return [=](ServerOptions& options) {
    options.admin_token = "0123456789abcdef0123";
    options.proxies = proxies;
    options.proxies_forwarded = forwarded;
  };
}

void shut_out(Doors& doors, const std::map<std::string, std::string>& headers) {
  for (int i = 0; i < 10; ++i) CHECK(status_of(doors, headers) == 401);
  REQUIRE(status_of(doors, headers) == 429);
}

// A request as its head says it, from an address.
class Asked final : public Poco::Net::HTTPServerRequest {
 public:
  Asked(const std::string& from, bool by_tls) : from_(from, 4711), by_tls_(by_tls) {}
  std::istream& stream() override { throw std::logic_error("not asked for"); }
  const Poco::Net::SocketAddress& clientAddress() const override { return from_; }
  const Poco::Net::SocketAddress& serverAddress() const override { return from_; }
  const Poco::Net::HTTPServerParams& serverParams() const override {
    throw std::logic_error("not asked for");
  }
  Poco::Net::HTTPServerResponse& response() const override {
    throw std::logic_error("not asked for");
  }
  bool secure() const override { return by_tls_; }

 private:
  const Poco::Net::SocketAddress from_;
  const bool by_tls_;
};

}  // namespace

TEST_CASE("ClientAddressTest.HowARequestCameIsToldByTlsOrByATrustedProxyOnly") {
  const auto behind = read_proxies({"10.0.0.0/8"}, false);
  CHECK(came_securely(Asked("192.0.2.1", true), {}));
  CHECK_FALSE(came_securely(Asked("10.0.0.1", false), behind));

  Asked said("10.0.0.1", false);
  said.add("X-Forwarded-Proto", "http, HTTPS");
  CHECK(came_securely(said, behind));
  CHECK_FALSE(came_securely(said, {}));
  CHECK_FALSE(came_securely(said, read_proxies({"10.0.0.0/8"}, true)));  // not its header

  Asked forged("192.0.2.1", false);
  forged.add("X-Forwarded-Proto", "https");
  CHECK_FALSE(came_securely(forged, behind));

  Asked forwarded("10.0.0.1", false);
  forwarded.add("Forwarded", "for=192.0.2.1;proto=http");
  forwarded.add("Forwarded", "for=10.0.0.2; proto=\"https\"");
  CHECK(came_securely(forwarded, read_proxies({"10.0.0.0/8"}, true)));
}

TEST_CASE("ClientAddressTest.NetworksAreReadOrRefused") {
  CHECK(parse_network("10.0.0.0/8")->holds(Poco::Net::IPAddress("10.200.3.4")));
  CHECK_FALSE(parse_network("10.0.0.0/8")->holds(Poco::Net::IPAddress("11.0.0.1")));
  CHECK(parse_network("127.0.0.1")->holds(Poco::Net::IPAddress("127.0.0.1")));
  CHECK(parse_network("127.0.0.0/8")->holds(Poco::Net::IPAddress("::ffff:127.0.0.1")));
  CHECK(parse_network("fd00::/8")->holds(Poco::Net::IPAddress("fd12::1")));
  CHECK_FALSE(parse_network("fd00::/8")->holds(Poco::Net::IPAddress("10.0.0.1")));
  CHECK(parse_network("0.0.0.0/0")->holds(Poco::Net::IPAddress("192.0.2.1")));
  for (const auto* bad : {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129"}) {
    INFO(bad);
    CHECK_FALSE(parse_network(bad));
  }
}

TEST_CASE("ClientAddressTest.AnIpv6OwnerIsOneName") {
  CHECK(address_key(Poco::Net::IPAddress("2001:db8:1:2:3:4:5:6")) ==
        address_key(Poco::Net::IPAddress("2001:db8:1:2:ffff::1")));
  CHECK(address_key(Poco::Net::IPAddress("2001:db8:1:2::1")) !=
        address_key(Poco::Net::IPAddress("2001:db8:1:3::1")));
  CHECK(address_key(Poco::Net::IPAddress("::ffff:192.0.2.7")) == "192.0.2.7");
}

TEST_CASE("ClientAddressTest.WithoutATrustedProxyNoHeaderIsBelieved") {
  Doors doors(behind_proxy(false, {}));
  shut_out(doors, {{"X-Forwarded-For", "192.0.2.1"}});
  CHECK(status_of(doors, {{"X-Forwarded-For", "192.0.2.2"}}) == 429);
}

TEST_CASE("ClientAddressTest.OfATrustedProxyTheLastUntrustedAddressCounts") {
  Doors doors(behind_proxy(false, {"127.0.0.0/8", "10.0.0.0/8"}));
  shut_out(doors, {{"X-Forwarded-For", "198.51.100.9, 192.0.2.1, 10.1.2.3"}});
  // Whatever the client writes in front of it changes nothing.
  CHECK(status_of(doors, {{"X-Forwarded-For", "203.0.113.5, 192.0.2.1"}}) == 429);
  CHECK(status_of(doors, {{"X-Forwarded-For", "192.0.2.1:4711"}}) == 429);
  CHECK(status_of(doors, {{"X-Forwarded-For", "192.0.2.2"}}) == 401);
  // The header that this proxy does not set is its client's.
  CHECK(status_of(doors, {{"X-Forwarded-For", "192.0.2.1"}, {"Forwarded", "for=192.0.2.3"}}) ==
        429);
}

TEST_CASE("ClientAddressTest.SeveralLinesOfAHeaderAreOneList") {
  const auto behind = read_proxies({"10.0.0.0/8"}, false);
  Asked two("10.0.0.1", false);
  two.add("X-Forwarded-For", "203.0.113.5");  // what the client wrote itself
  two.add("X-Forwarded-For", "192.0.2.1, 10.0.0.2");

  CHECK(client_address(two, behind).toString() == "192.0.2.1");

  Asked apart("10.0.0.1", false);
  apart.add("X-Forwarded-For", "203.0.113.5, 192.0.2.1");
  apart.add("X-Forwarded-For", "10.0.0.2");
  CHECK(client_address(apart, behind).toString() == "192.0.2.1");
}

TEST_CASE("ClientAddressTest.ForwardedIsReadWhereItIsTheProxysHeader") {
  Doors doors(behind_proxy(true, {"127.0.0.1"}));
  shut_out(doors, {{"Forwarded", "for=203.0.113.1, for=\"[2001:db8::1]:4711\";proto=https"}});
  CHECK(status_of(doors, {{"Forwarded", "for=\"[2001:db8::2]\""}}) == 429);  // the same /64
  CHECK(status_of(doors, {{"Forwarded", "for=192.0.2.9"}}) == 401);
  CHECK(status_of(doors, {{"Forwarded", "for=unknown"}}) == 401);
}

TEST_CASE("HeadCheckTest.FramingThatSaysTwoThingsIsRefused") {
  const auto fault = [](const std::vector<std::pair<std::string, std::string>>& headers) {
    Poco::Net::HTTPRequest request("POST", "/chat", "HTTP/1.1");
    for (const auto& [name, value] : headers) request.add(name, value);
    return check_framing(request).has_value();
  };
  CHECK_FALSE(fault({}));
  CHECK_FALSE(fault({{"Content-Length", "5"}}));
  CHECK_FALSE(fault({{"Transfer-Encoding", "Chunked"}}));
  CHECK(fault({{"Content-Length", "5"}, {"content-length", "5"}}));
  CHECK(fault({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}));
  CHECK(fault({{"Transfer-Encoding", "chunked, identity"}}));
  for (const auto* bad : {"", "-1", "+5", "5,5", "0x5", "99999999999999999999"}) {
    INFO(bad);
    CHECK(fault({{"Content-Length", bad}}));
  }
  for (const auto* bad : {"Content-Length ", " Content-Length", "Content Length", "X-\xc3\xa4", "",
                          "Content-Length\t", "X(1)", "X\"1\""}) {
    INFO(bad);
    CHECK(fault({{bad, "5"}}));
  }
  CHECK_FALSE(fault({{"x!#$%&'*+-.^_`|~09AZ", "5"}}));
}

}  // namespace dugout::http
