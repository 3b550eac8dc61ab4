// Each header of the SDK compiles alone, with warnings as errors, in every language it promises.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "source_tree.hpp"

using namespace dugout::test;

namespace {

std::string sdk_folder() {
  return (source_root() / "framework/sdk/include").string();
}

// True when `header` alone is a correct translation unit.
bool compiles(const std::string& compiler, const std::string& language, const std::string& standard,
              const std::string& header) {
  const auto command = "'" + compiler + "' -x " + language + " -std=" + standard +
                       " -fsyntax-only -Wall -Wextra -Wpedantic -Werror -I'" + sdk_folder() +
                       "' -include '" + header + "' /dev/null";
  return std::system(command.c_str()) == 0;
}

std::vector<std::string> cpp_headers() {
  std::vector<std::string> headers;
  for (const auto& file : sources_below("framework/sdk/include")) {
    if (ends_with(file, ".hpp")) {
      headers.push_back(file.substr(std::string("framework/sdk/include/").size()));
    }
  }
  return headers;
}

}  // namespace

TEST_CASE("SdkHeadersTest.AbiCompilesAsC11") {
  CHECK(compiles(DUGOUT_C_COMPILER, "c", "c11", "dugout/abi.h"));
}

TEST_CASE("SdkHeadersTest.AbiCompilesAsCpp") {
  CHECK(compiles(DUGOUT_CXX_COMPILER, "c++", "c++17", "dugout/abi.h"));
  CHECK(compiles(DUGOUT_CXX_COMPILER, "c++", "c++20", "dugout/abi.h"));
}

TEST_CASE("SdkHeadersTest.EachHeaderCompilesAloneAsCpp17") {
  const auto headers = cpp_headers();

  CHECK(headers.size() >= 8);
  for (const auto& header : headers) {
    INFO(header);
    CHECK(compiles(DUGOUT_CXX_COMPILER, "c++", "c++17", header));
  }
}

TEST_CASE("SdkHeadersTest.EachHeaderCompilesAloneAsCpp20") {
  for (const auto& header : cpp_headers()) {
    INFO(header);
    CHECK(compiles(DUGOUT_CXX_COMPILER, "c++", "c++20", header));
  }
}

TEST_CASE("SdkHeadersTest.AHeaderThatIsWrongIsSeen") {
  CHECK_FALSE(compiles(DUGOUT_CXX_COMPILER, "c++", "c++17", "dugout/no_such_header.hpp"));
}

TEST_CASE("SdkHeadersTest.AbiIsUnderTwoHundredLines") {
  CHECK(lines_of("framework/sdk/include/dugout/abi.h") < 200);
}
