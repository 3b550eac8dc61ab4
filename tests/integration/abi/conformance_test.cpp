// The conformance suite passes good plugins of any build, and fails each kind of bad one at its
// check.
#include "abi_support.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {
namespace {

std::string failures(const std::vector<host::CheckResult>& results) {
  std::string out;
  for (const auto& result : results) {
    if (!result.passed) out += result.name + ": " + result.detail + "\n";
  }
  return out;
}

// For what is expected to come back: a busy machine and a sanitizer may take their time.
constexpr auto kPatient = std::chrono::minutes(5);

std::vector<host::CheckResult> check(const std::string& plugin,
                                     std::chrono::milliseconds hang = std::chrono::seconds(10)) {
  return host::check_plugin(abi_folder(plugin), hang);
}

// Nor is advice late by the clock of the test.
struct StandingClock {
  StandingClock() { host::install_services({&clock}); }
  ~StandingClock() { host::install_services({}); }
  FakeClock clock;
};

}  // namespace

TEST_CASE("ConformanceTest.GoodPluginsOfEveryBuildPass") {
  for (const char* plugin : {"good/parser.abi_c", "good/parser.abi_debug", "good/parser.abi_clang",
                             "good/tool.abi_moody"}) {
    if (!std::filesystem::exists(abi_folder(plugin)))
      continue;  // no clang, which another test says
    const auto results = check(plugin, kPatient);
    INFO(plugin);
    CHECK(failures(results) == "");
    CHECK(results.size() >= 10);
    CHECK(results.back().name == "the library leaves the process");
  }
}

TEST_CASE("ConformanceTest.LibraryMayBeNamedInsteadOfItsFolder") {
  CHECK(failures(check("good/parser.abi_c/parser_abi_c.so", kPatient)) == "");
}

TEST_CASE("ConformanceTest.CrashIsAFailedCheckWithItsSignal") {
  const auto text = failures(check("check/parser.abi_crash"));

  CHECK_THAT(text,
             Catch::StartsWith("parser: survives hostile text: the process was ended by SIGSEGV"));
}

TEST_CASE("ConformanceTest.HangIsAFailedCheck") {
  // Long enough for the checks before it on a busy machine; the plugin sleeps meanwhile.
  CHECK(failures(check("check/parser.abi_hang")) ==
        "parser: survives hostile text: it did not come back within 10000 ms\n");
}

TEST_CASE("ConformanceTest.ExitIsAFailedCheck") {
  CHECK(failures(check("check/parser.abi_exit")) ==
        "parser: survives hostile text: the process ended with code 7\n");
}

TEST_CASE("ConformanceTest.InternalErrorOnBadInputIsAFailedCheck") {
  CHECK_THAT(failures(check("check/parser.abi_internal")),
             Catch::StartsWith("parser: survives hostile text: with an empty text: it was empty"));
}

TEST_CASE("ConformanceTest.AnswerThatIsNoJsonIsAFailedCheck") {
  CHECK_THAT(failures(check("check/parser.abi_no_json")), Catch::Contains("the answer is no JSON"));
}

TEST_CASE("ConformanceTest.SecondExportIsAFailedCheck") {
  CHECK_THAT(failures(check("check/parser.abi_exports")),
             Catch::Contains("only dugout_plugin_open is exported: it also exports"));
}

TEST_CASE("ConformanceTest.LibraryThatStaysIsAFailedCheckUnlessDeclared") {
  CHECK_THAT(failures(check("check/parser.abi_stays")),
             Catch::StartsWith("the library leaves the process: it is still mapped"));
  CHECK(failures(check("check/parser.abi_never", kPatient)) == "");
}

TEST_CASE("ConformanceTest.RefusedPluginsFailEarly") {
  CHECK_THAT(failures(check("bad/parser.abi_text")), Catch::Contains("is not an ELF file"));
  CHECK_THAT(failures(check("bad/parser.abi_throws")), Catch::Contains("no licence found"));
  CHECK_THAT(failures(check("bad/nothing_here")), Catch::Contains("does not exist"));
}

TEST_CASE("ConformanceTest.BundledPluginsPass") {
  const StandingClock standing;
  std::error_code none;
  std::size_t checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(DUGOUT_PLUGIN_DIR, none)) {
    bool built = false;
    for (const auto& file : std::filesystem::directory_iterator(entry.path())) {
      built = built || file.path().extension() == ".so";
    }
    if (!built) continue;  // a tree that is built in part
    ++checked;
    INFO(entry.path().string());
    CHECK(failures(host::check_plugin(entry.path().string(), kPatient)) == "");
  }
  INFO(checked << " plugins were checked");
  SUCCEED();
}

}  // namespace dugout::test
