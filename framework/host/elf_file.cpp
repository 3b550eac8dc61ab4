#include "host/elf_file.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <optional>

namespace dugout::host {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char kOrder =
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

// A copy, as nothing says that the offset is aligned; nullopt when it is outside of the file.
template <typename T>
std::optional<T> read_at(std::string_view bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T out;
  std::memcpy(&out, bytes.data() + offset, sizeof(T));
  return out;
}

std::string_view name_at(std::string_view bytes, const Section& names, std::size_t offset) {
  if (names.sh_offset > bytes.size() || names.sh_size > bytes.size() - names.sh_offset) return {};
  const auto table = bytes.substr(names.sh_offset, names.sh_size);
  if (offset >= table.size()) return {};
  const auto rest = table.substr(offset);
  return rest.substr(0, rest.find('\0'));
}

bool is_exported(const Symbol& symbol) {
  const auto binding = symbol.st_info >> 4;
  const auto visibility = symbol.st_other & 3;
  return symbol.st_shndx != SHN_UNDEF && binding != STB_LOCAL &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

}  // namespace

Status check_elf(std::string_view bytes) {
  const auto header = read_at<Header>(bytes, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return Error{Code::kInvalid, "is not an ELF file"};
  }
  if (header->e_ident[EI_CLASS] != kClass || header->e_ident[EI_DATA] != kOrder ||
      header->e_machine != kMachine) {
    return Error{Code::kInvalid, "is an ELF file for another machine"};
  }
  if (header->e_type != ET_DYN) return Error{Code::kInvalid, "is not a shared library"};
  return Done{};
}

Outcome<std::vector<std::string>> exported_symbols(std::string_view bytes) {
  if (const auto elf = check_elf(bytes); !elf) return elf.error();
  const auto header = *read_at<Header>(bytes, 0);
  const auto section_at = [&](std::size_t at) {
    return at >= header.e_shnum ? std::nullopt
                                : read_at<Section>(bytes, header.e_shoff + at * sizeof(Section));
  };
  for (std::size_t at = 0; at < header.e_shnum; ++at) {
    const auto section = section_at(at);
    if (!section) break;
    if (section->sh_type != SHT_DYNSYM) continue;
    const auto names = section_at(section->sh_link);
    if (!names) break;
    std::vector<std::string> out;
    const auto count = section->sh_size / sizeof(Symbol);
    for (std::size_t entry = 0; entry < count; ++entry) {
      const auto symbol = read_at<Symbol>(bytes, section->sh_offset + entry * sizeof(Symbol));
      if (!symbol) break;
      if (is_exported(*symbol)) out.emplace_back(name_at(bytes, *names, symbol->st_name));
    }
    return out;
  }
  return Error{Code::kInvalid, "has no dynamic symbol table"};
}

}  // namespace dugout::host
