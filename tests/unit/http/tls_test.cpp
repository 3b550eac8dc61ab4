// Certificates are made here by the openssl program, for one test each.
#include "http/tls.hpp"

#include <Poco/Net/HTTPSClientSession.h>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "doors_fixture.hpp"
#include "support/fake_clock.hpp"

namespace dugout::http {
namespace {

namespace fs = std::filesystem;
using test::Doors;

class Pairs {
 public:
  Pairs() { fs::create_directories(folder_); }
  ~Pairs() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Pairs(const Pairs&) = delete;
  Pairs& operator=(const Pairs&) = delete;

  // Writes NAME.pem and NAME.key for localhost, valid for two days.
  void make(const std::string& name) const {
    const auto command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-keyout " +
        path(name + ".key") + " -out " + path(name + ".pem") + " -subj /CN=" + name +
        " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  void use(const std::string& certificate, const std::string& key) const {
    constexpr auto kOver = fs::copy_options::overwrite_existing;
    fs::copy_file(path(certificate + ".pem"), path("used.pem"), kOver);
    fs::copy_file(path(key + ".key"), path("used.key"), kOver);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  TlsOptions options() const {
    TlsOptions options;
    options.certificate = path("used.pem");
    options.key = path("used.key");
    return options;
  }

 private:
  const fs::path folder_ = fs::temp_directory_path() / core::new_id("dugout_tls_");
};

// A client that takes any certificate and tells whose it was.
class Client {
 public:
  explicit Client(std::uint16_t port)
      : session_("127.0.0.1", port,
                 new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", "", "",
                                        Poco::Net::Context::VERIFY_NONE)) {
    session_.setKeepAlive(true);
    session_.setKeepAliveTimeout(Poco::Timespan(600, 0));  // else it connects anew after 8 s
  }
  int status() {
    Poco::Net::HTTPRequest request("GET", "/health", "HTTP/1.1");
    request.setKeepAlive(true);
    session_.sendRequest(request);
    Poco::Net::HTTPResponse response;
    auto& stream = session_.receiveResponse(response);
    const std::string body(std::istreambuf_iterator<char>(stream), {});
    return response.getStatus();
  }
  std::string shown() { return session_.serverCertificate().commonName(); }

 private:
  Poco::Net::HTTPSClientSession session_;
};

void catch_up(test::FakeClock& clock) {
  clock.advance(std::chrono::system_clock::now() - clock.wall_now() + std::chrono::hours(1));
}

}  // namespace

TEST_CASE("TlsTest.AReloadGivesNewConnectionsTheNewCertificateAndKeepsTheOldOnes") {
  const Pairs pairs;
  pairs.make("first");
  pairs.make("second");
  pairs.use("first", "first");
  Doors doors([&](ServerOptions& options) {
    options.tls = pairs.options();
    options.keep_alive = std::chrono::minutes(10);
  });
  Client before(doors.port());
  REQUIRE(before.status() == 200);
  REQUIRE(before.shown() == "first");

  pairs.use("second", "second");
  CHECK(doors.server().reload_tls().ok());

  CHECK(before.status() == 200);  // the same connection
  CHECK(before.shown() == "first");
  Client after(doors.port());
  CHECK(after.status() == 200);
  CHECK(after.shown() == "second");
  CHECK(doors.lines("tls.reloaded").size() == 1);
  CHECK(doors.server().tls_files() ==
        std::vector<std::string>{pairs.path("used.pem"), pairs.path("used.key")});
}

TEST_CASE("TlsTest.APairThatCannotBeUsedIsRefusedAndTheOldStays") {
  const Pairs pairs;
  pairs.make("first");
  pairs.make("second");
  pairs.use("first", "first");
  const auto figures = std::make_shared<observability::DoorFigures>();
  Doors doors([&](ServerOptions& options) {
    options.tls = pairs.options();
    options.figures = figures;
  });

  pairs.use("second", "first");  // half of a change
  auto refused = doors.server().reload_tls();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("tls.key: " + pairs.path("used.key")) == 0);

  std::ofstream(pairs.path("used.pem")) << "no certificate";
  refused = doors.server().reload_tls();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("tls.certificate") == 0);

  fs::remove(pairs.path("used.pem"));
  CHECK_FALSE(doors.server().reload_tls());

  CHECK(figures->certificates_refused.load() == 3);
  CHECK(doors.lines("tls.refused").size() == 3);
  Client client(doors.port());
  CHECK(client.status() == 200);
  CHECK(client.shown() == "first");
}

TEST_CASE("TlsTest.ACertificateIsUsedWithinItsDatesOnly") {
  const Pairs pairs;
  pairs.make("first");
  pairs.use("first", "first");
  test::FakeClock clock;
  Tls tls(pairs.options(), clock);

  auto early = tls.check();
  REQUIRE_FALSE(early);
  CHECK(early.error().message.find("not valid yet") != std::string::npos);

  catch_up(clock);
  CHECK(tls.load().ok());
  CHECK(tls.expires() > clock.wall_now());

  clock.advance(std::chrono::hours(72));
  auto late = tls.load();
  REQUIRE_FALSE(late);
  CHECK(late.error().message.find("has expired") != std::string::npos);
  CHECK(tls.context().get() != nullptr);  // what was loaded before
}

TEST_CASE("TlsTest.CiphersThatDoNotExistAreNamed") {
  const Pairs pairs;
  pairs.make("first");
  pairs.use("first", "first");
  test::FakeClock clock;
  catch_up(clock);
  auto options = pairs.options();
  options.ciphers = "NOT-A-CIPHER";
  const auto refused = Tls(options, clock).check();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("tls.ciphers") == 0);
}

TEST_CASE("TlsTest.AHandshakeWhoseTimeIsOverIsNotWaitedFor") {
  Pairs pairs;
  pairs.make("one");
  pairs.use("one", "one");
  Doors doors([&](ServerOptions& options) {
    options.tls = pairs.options();
    options.head_timeout = std::chrono::milliseconds(-5);  // as when no thread was there in time
  });
  Poco::Net::StreamSocket silent(Poco::Net::SocketAddress("127.0.0.1", doors.port()));
  silent.setReceiveTimeout(Poco::Timespan(20, 0));
  char byte = 0;

  CHECK(silent.receiveBytes(&byte, 1) == 0);
}

TEST_CASE("TlsTest.WithoutTlsThereIsNothingToReload") {
  Doors doors;
  const auto answer = doors.server().reload_tls();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::kNotApplicable);
  CHECK(doors.server().tls_files().empty());
}

}  // namespace dugout::http
