// The reader of library files takes any bytes.
#include "host/elf_file.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

namespace dugout::host {
namespace {

// libc is an ELF library with exports that every machine has mapped.
std::string some_library() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const auto path = line.find('/');
    if (path == line.npos || line.find("libc.so") == line.npos) continue;
    std::ifstream in(line.substr(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  return {};
}

}  // namespace

TEST_CASE("ElfFileTest.LibraryIsAcceptedAndItsExportsAreListed") {
  const auto library = some_library();

  REQUIRE(check_elf(library));
  const auto symbols = exported_symbols(library);

  REQUIRE(symbols);
  CHECK(std::find(symbols->begin(), symbols->end(), "printf") != symbols->end());
}

TEST_CASE("ElfFileTest.TextAndForeignFilesAreRefused") {
  auto foreign = some_library();
  foreign[18] = static_cast<char>(foreign[18] + 1);  // e_machine
  auto program = some_library();
  program[16] = 2;  // e_type: ET_EXEC

  CHECK(check_elf("").error().message == "is not an ELF file");
  CHECK(check_elf("#!/bin/sh\n").error().message == "is not an ELF file");
  CHECK(check_elf("\x7f"
                  "ELF")
            .error()
            .message == "is not an ELF file");
  CHECK(check_elf(foreign).error().message == "is an ELF file for another machine");
  CHECK(check_elf(program).error().message == "is not a shared library");
}

TEST_CASE("ElfFileTest.CutAndDamagedFilesNeverReadOutside") {
  const auto library = some_library();
  for (std::size_t size = 64; size < library.size(); size = size * 3 / 2) {
    CHECK_NOTHROW(exported_symbols(std::string_view(library).substr(0, size)).ok());
  }
  for (std::size_t at = 32; at < 64; ++at) {
    auto damaged = library;
    damaged[at] = '\xff';
    CHECK_NOTHROW(exported_symbols(damaged).ok());
  }
}

}  // namespace dugout::host
