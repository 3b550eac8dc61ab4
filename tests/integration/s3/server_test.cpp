// The photo tools against a real S3 server that verifies signatures (started by s3_server beside
// this file), through the service that calls the outside in production.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cut_line.hpp"
#include "orchestrator/tool_http.hpp"
#include "s3/signature.hpp"
#include "support/fake_clock.hpp"
#include "support/plugin_harness.hpp"

using dugout::test::CutLine;
using dugout::test::PluginUnderTest;
using dugout::test::rows;
using dugout::test::ServiceCall;
using dugout::test::ServiceReply;
using nlohmann::json;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

constexpr const char* kUpload = "tool.upload_photo_to_s3";
constexpr const char* kLink = "tool.photo_link";
constexpr const char* kRegion = "eu-west-2";
const std::string kJpeg = "\xFF\xD8\xFF\xE0 a portrait"s;

std::string environment(const char* name) {
  const auto* value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error("run me by tests/integration/s3/s3_server run");
  return value;
}

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void server(const std::string& order) {
  const auto command = environment("DUGOUT_S3_SERVER") + " " + order;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

// A bucket of its own for each case, a file to upload, and the way to the server.
class Scene {
 public:
  Scene()
      : client_(dugout::net::make_http_client()),
        log_(clock_, {}, [](std::string_view) {}),
        http_(*client_, clock_, random_, log_) {
    static int count = 0;
    bucket = "photos-" + std::to_string(++count);
    dugout::test::reset_services();
    dugout::test::set_unix_ms(now_ms());
    dugout::test::answer_http([this](const ServiceCall& call) { return pass(call); });
    std::string pattern = fs::temp_directory_path() / "dugout_s3_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    upload_is(kJpeg);
    REQUIRE(ask("PUT", "/" + bucket).status == 200);
  }
  ~Scene() {
    dugout::test::answer_http(nullptr);
    fs::remove_all(root_);
  }

  json config(const json& changes = json::object()) const {
    json block{{"backend", "s3"},
               {"endpoint", environment("DUGOUT_S3_ENDPOINT")},
               {"region", kRegion},
               {"bucket", bucket},
               {"link_expires_s", 600},
               {"access_key_id", "test:tester"},
               {"secret_access_key", "testing"}};
    block.update(changes);
    return {{"photos", block}};
  }

  void upload_is(const std::string& content) const {
    std::ofstream(root_ / "upload", std::ios::binary) << content;
  }
  json photo() const {
    return {{"record_id", "rec1"},
            {"player_full_name", "Alfie O'Neill"},
            {"team", "Tigers"},
            {"age_group", "u9"},
            {"file", (root_ / "upload").string()}};
  }

  // One request signed here, as the club's own.
  dugout::net::HttpResponse ask(const std::string& method, const std::string& path,
                                const s3::Pairs& query = {}) {
    const auto endpoint = environment("DUGOUT_S3_ENDPOINT");
    const s3::Scope scope{s3::stamp_of(now_ms()), kRegion};
    s3::Request request{method, path, query, {}, s3::sha256_hex("")};
    request.headers = {{"host", endpoint.substr(endpoint.find("://") + 3)},
                       {"x-amz-date", scope.date},
                       {"x-amz-content-sha256", request.payload_hash}};
    const auto authorization = s3::authorization(request, {"test:tester", "testing", ""}, scope);
    dugout::net::HttpRequest wanted{method, endpoint + path, {}, ""};
    if (!query.empty()) wanted.url += "?" + s3::canonical_query(query);
    for (const auto& [name, value] : request.headers) wanted.headers[name] = value;
    wanted.headers["authorization"] = authorization;
    return *client_->send(wanted, std::chrono::seconds(20));
  }

  // As a browser opens an address: unsigned.
  dugout::net::HttpResponse open(const std::string& url) {
    return *client_->send({"GET", url, {}, ""}, std::chrono::seconds(20));
  }

  std::size_t objects() {
    const auto list = ask("GET", "/" + bucket, {{"list-type", "2"}});
    REQUIRE(list.status == 200);
    std::size_t count = 0;
    for (auto at = list.body.find("<Key>"); at != list.body.npos;
         at = list.body.find("<Key>", at + 1)) {
      ++count;
    }
    return count;
  }

  std::string bucket;
  std::vector<std::string> answers;  // bodies of the answers that the plugin got

 private:
  ServiceReply pass(const ServiceCall& call) {
    dugout::host::HttpCall wanted;
    wanted.method = call.method;
    wanted.url = call.url;
    wanted.body = call.body;
    wanted.headers = call.headers.get<std::map<std::string, std::string>>();
    wanted.effect =
        call.effect == "none" ? dugout::host::Effects::kNone : dugout::host::Effects::kIdempotent;
    wanted.timeout = wanted.deadline = std::chrono::seconds(30);
    const auto answer = http_.send(wanted);
    if (!answer) return {0, "", json::object(), answer.error().detail != dugout::net::kNeverSent};
    answers.push_back(answer->body);
    return {answer->status, answer->body, answer->headers, true};
  }

  fs::path root_;
  std::unique_ptr<dugout::net::HttpClient> client_;
  dugout::test::FakeClock clock_;  // of the repeats: they do not really wait
  dugout::test::FixedRandom random_;
  dugout::observability::Log log_;
  dugout::orchestrator::ToolHttp http_;
};

}  // namespace

TEST_CASE("S3ServerTest.UploadIsReadBackByALinkAndByNobodyElse") {
  Scene scene;
  PluginUnderTest upload(kUpload, scene.config());
  PluginUnderTest link(kLink, scene.config());

  const auto stored = upload.run(scene.photo());
  REQUIRE(stored["ok"] == true);
  const auto url = link.run({{"record_id", "rec1"}})["data"]["url"].get<std::string>();
  const auto read = scene.open(url);

  CHECK(read.status == 200);
  CHECK(read.body == kJpeg);
  CHECK(read.headers.at("content-type") == "image/jpeg");
  CHECK(read.headers.at("x-amz-meta-record-id") == "rec1");
  CHECK(read.headers.at("x-amz-meta-team") == "Tigers");
  CHECK(scene.open(url.substr(0, url.find('?'))).status / 100 == 4);
  CHECK(scene.objects() == 1);
}

TEST_CASE("S3ServerTest.ExpiredLinkAndWrongSecretAreRefused") {
  Scene scene;
  PluginUnderTest upload(kUpload, scene.config());
  PluginUnderTest wrong(kUpload, scene.config({{"secret_access_key", "guessed"}}));
  PluginUnderTest link(kLink, scene.config());
  PluginUnderTest forged(kLink, scene.config({{"secret_access_key", "guessed"}}));
  REQUIRE(upload.run(scene.photo(), "right")["ok"] == true);
  const auto status = [&](PluginUnderTest& tool) {
    return scene.open(tool.run({{"record_id", "rec1"}})["data"]["url"]).status;
  };

  CHECK(status(link) == 200);
  CHECK(status(forged) == 403);
  dugout::test::set_unix_ms(now_ms() - 601'000);  // a link of ten minutes, a second too late
  CHECK(status(link) == 403);
  dugout::test::set_unix_ms(now_ms());
  scene.answers.clear();
  const auto refused = wrong.run(scene.photo(), "wrong");

  CHECK(refused["error"]["code"] == "not_configured");
  CHECK(scene.answers.back().find("SignatureDoesNotMatch") != std::string::npos);
  CHECK(rows()["photos"][1]["stored"] == false);
  CHECK(scene.objects() == 1);
}

TEST_CASE("S3ServerTest.ClockThatIsAnHourWrongIsCorrected") {
  Scene scene;
  dugout::test::set_unix_ms(now_ms() + GENERATE(-1, 1) * 3'600'000);
  PluginUnderTest upload(kUpload, scene.config());

  const auto stored = upload.run(scene.photo());

  REQUIRE(scene.answers.size() == 2);
  CHECK(scene.answers[0].find("RequestTimeTooSkewed") != std::string::npos);
  CHECK(stored["ok"] == true);
  CHECK(scene.objects() == 1);
}

TEST_CASE("S3ServerTest.WrongRegionIsCorrected") {
  Scene scene;
  PluginUnderTest upload(kUpload, scene.config({{"region", "eu-north-1"}}));

  const auto stored = upload.run(scene.photo());

  REQUIRE(scene.answers.size() == 2);
  CHECK(scene.answers[0].find("AuthorizationHeaderMalformed") != std::string::npos);
  CHECK(stored["ok"] == true);
}

TEST_CASE("S3ServerTest.NameWithSpacesAndAccentsIsUploadedAndRead") {
  Scene scene;
  const auto config = scene.config({{"prefix", "Fotos é 2025/U 9 – Löwen (neu)/"}});
  PluginUnderTest upload(kUpload, config);
  PluginUnderTest link(kLink, config);

  const auto stored = upload.run(scene.photo());
  CAPTURE(scene.answers);
  REQUIRE(stored["ok"] == true);

  CHECK(scene.open(link.run({{"record_id", "rec1"}})["data"]["url"]).body == kJpeg);
}

TEST_CASE("S3ServerTest.TenMebibytesAreStoredWhole") {
  Scene scene;
  std::string content = kJpeg;
  while (content.size() < 10U << 20) content += static_cast<char>(content.size() * 7 >> 3);
  scene.upload_is(content);
  PluginUnderTest upload(kUpload, scene.config());
  PluginUnderTest link(kLink, scene.config());

  REQUIRE(upload.run(scene.photo())["ok"] == true);

  CHECK(scene.open(link.run({{"record_id", "rec1"}})["data"]["url"]).body == content);
}

TEST_CASE("S3ServerTest.BucketThatIsNotThereIsTheOperatorsMatter") {
  Scene scene;
  PluginUnderTest upload(kUpload, scene.config({{"bucket", "no-such-bucket"}}));

  const auto refused = upload.run(scene.photo());

  CHECK(refused["error"]["code"] == "not_configured");
  CHECK(scene.answers.back().find("NoSuchBucket") != std::string::npos);
}

TEST_CASE("S3ServerTest.ServerThatStopsHalfWayClaimsNothing") {
  Scene scene;
  scene.upload_is(kJpeg + std::string((8U << 20) - kJpeg.size(), 'x'));
  const auto port = std::stoi(environment("DUGOUT_S3_PORT"));
  json failed;
  {
    CutLine line(port, 4U << 20, [] { server("stop proxy"); });
    PluginUnderTest upload(kUpload, scene.config({{"endpoint", line.address()}}));
    failed = upload.run(scene.photo());
  }
  const auto noted = rows()["photos"][0]["stored"];
  server("start proxy");

  CHECK(failed["error"]["code"] == "unavailable");
  CHECK(failed["error"]["retryable"] == true);
  CHECK(noted == false);
  CHECK(scene.objects() == 0);

  PluginUnderTest upload(kUpload, scene.config());
  CHECK(upload.run(scene.photo())["ok"] == true);
  CHECK(scene.objects() == 1);
  CHECK(rows()["photos"].size() == 1);
}

TEST_CASE("S3ServerTest.ServerWithoutItsDisksIsRetryable") {
  Scene scene;
  PluginUnderTest upload(kUpload, scene.config());
  server("stop object");
  const auto failed = upload.run(scene.photo());
  const auto noted = rows()["photos"][0]["stored"];
  server("start object");

  CHECK(failed["error"]["code"] == "unavailable");
  CHECK(failed["error"]["retryable"] == true);
  CHECK(noted == false);
}
