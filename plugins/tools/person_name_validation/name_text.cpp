// Characters by their Unicode category; words round a name by the lists below.
#include "name_text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "dugout/sdk/plain_text.hpp"

namespace name_text {
namespace {

using dugout::sdk::any_listed;

// Longest first, so that "my name is" is not left behind "my".
constexpr std::string_view kLeadIns =
    "hi there|hello there|the name's|name's|my daughter's name is|my child's name is|my son's name "
    "is|my full name is|"
    "my daughter is called|the child's name is|child's name is|his full name is|her full name is|"
    "my child is|my son is called|full name is|their name is|my daughter is|my name is|"
    "his name is|her name is|the name is|you can call me|he is called|she is called|he's called|"
    "she's called|i'm called|i am called|my name's|my son is|name is|call me|this is|good morning|"
    "it is|it's|its|i am|i'm|he's|she's|hello|name|hiya|hey|hi|yes|mrs|mr|ms|miss|mx|dr";

constexpr std::string_view kTrailers = "thank you|thanks|please|cheers|here|speaking";

// Small on purpose, unless everything is small: José María de la Cruz.
constexpr std::string_view kParticles =
    "de|la|le|da|das|dos|du|del|della|di|van|von|der|den|ter|bin|binti|ibn|al|el|af|zu|y";

std::string encoded(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) dugout::sdk::append_character(out, c);
  return out;
}

// Signs that no sentence ends with: they show code or mark-up, so they stay and are complained of.
constexpr std::u32string_view kCodeSigns = U";<>{}[]=/\\|@#$%^*_~&+";

// Takes the punctuation of sentences and emoji off both ends.
std::string bare(std::string_view text) {
  const auto wide = decoded(text);
  const auto keeps = [](char32_t c) {
    return is_letter(c) || is_mark(c) || is_number(c) || kCodeSigns.find(c) != kCodeSigns.npos;
  };
  std::size_t begin = 0, end = wide.size();
  while (begin < end && !keeps(wide[begin])) ++begin;
  while (end > begin && !keeps(wide[end - 1])) --end;
  return encoded(std::u32string_view(wide).substr(begin, end - begin));
}

bool starts_with_words(std::string_view text, std::string_view words) {
  if (text.substr(0, words.size()) != words) return false;
  if (text.size() == words.size()) return true;
  const char after = text[words.size()];
  return after == ' ' || after == ',' || after == ':' || after == '!' || after == '.';
}

std::string without_lead_ins(std::string text) {
  const auto take_one = [&] {
    const auto plain = dugout::sdk::lower(text);
    return any_listed(kLeadIns, [&](std::string_view words) {
      if (!starts_with_words(plain, words)) return false;
      text = bare(std::string_view(text).substr(words.size()));
      return true;
    });
  };
  while (take_one()) {
  }
  return text;
}

std::string without_trailers(std::string text) {
  const auto take_one = [&] {
    const auto plain = dugout::sdk::lower(text);
    return any_listed(kTrailers, [&](std::string_view words) {
      if (plain.size() <= words.size()) return false;
      const auto rest = plain.size() - words.size();
      if (plain.substr(rest) != words || (plain[rest - 1] != ' ' && plain[rest - 1] != ','))
        return false;
      text = bare(std::string_view(text).substr(0, rest));
      return true;
    });
  };
  while (take_one()) {
  }
  return text;
}

}  // namespace

std::string composed(std::string text) {
  std::replace(text.begin(), text.end(), '`', '\'');  // the key beside it on many keyboards
  utf8proc_uint8_t* out = nullptr;
  const auto size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &out,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, &std::free);
  if (size < 0) return text;
  return std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
}

bool is_letter(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool is_mark(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC;
}

bool is_number(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

std::u32string decoded(std::string_view text) {
  std::u32string out;
  while (!text.empty()) out += dugout::sdk::take_character(text);
  return out;
}

Capitals capitals(std::string_view text) {
  bool any = false, all = true;
  for (const char32_t c : decoded(text)) {
    const bool upper = utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_LU;
    any = any || upper;
    all = all && (upper || !is_letter(c));
  }
  return !any ? Capitals::kNone : all ? Capitals::kAll : Capitals::kSome;
}

std::string capitalised(std::string_view word, Capitals whole_name) {
  auto wide = decoded(word);
  const auto how = capitals(word);
  const bool initials = how == Capitals::kAll && wide.size() == 2 && whole_name != Capitals::kAll;
  const bool particle =
      how == Capitals::kNone && whole_name == Capitals::kSome &&
      any_listed(kParticles, [&](std::string_view known) { return known == word; });
  if (how == Capitals::kSome || initials || particle) return std::string(word);
  bool start = true;
  for (std::size_t i = 0; i < wide.size(); ++i) {
    const auto code = static_cast<utf8proc_int32_t>(wide[i]);
    wide[i] = static_cast<char32_t>(start ? utf8proc_totitle(code) : utf8proc_tolower(code));
    // "O'Neill", but "Bob's".
    start = wide[i] == U'-' || (wide[i] == U'\'' && i + 2 < wide.size());
  }
  return encoded(wide);
}

std::string without_surroundings(std::string_view text) {
  return without_trailers(without_lead_ins(bare(text)));
}

}  // namespace name_text
