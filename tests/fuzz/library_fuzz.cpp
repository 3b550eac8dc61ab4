// The head of a library that may be anything: within bounds, or refused.
#include "host/elf_file.hpp"

#include "target.hpp"

using namespace dugout;
using fuzz::require;

FUZZ_TARGET(library) {
  const auto good = host::check_elf(input);
  const auto symbols = host::exported_symbols(input);
  require(good.ok() || !good.error().message.empty(), "a refusal says why");
  if (!symbols) return;
  std::size_t bytes = 0;
  for (const auto& name : *symbols) bytes += name.size();
  require(symbols->size() <= input.size(), "there are no more symbols than bytes");
  require(bytes <= input.size() * 64 + 4096, "and their names come from the file");
}
