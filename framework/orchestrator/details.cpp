#include "orchestrator/details.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "core/text.hpp"
#include "core/untrusted.hpp"

namespace dugout::orchestrator {
namespace {

using re2::RE2;
using re2::StringPiece;

constexpr auto kEmail = R"((?i)([\pL\pN][\pL\pN._%+'-]*\s?(?:@|[\[({]\s?at\s?[\])}])\s?)"
                        R"([\pL\pN-]+(?:(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?)[\pL\pN-]+)+))";
// Nine digits and more, however they are grouped.
constexpr auto kDigits = R"((\+?\(?[0-9](?:[\s()./+-]{0,3}[0-9]){8,}))";
constexpr auto kDate =
    R"(\b(?:[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})\b)";
constexpr auto kAccount = R"(\b([0-9]{8}|[0-9]{2}-[0-9]{2}-[0-9]{2})\b)";
constexpr auto kSortCode = R"((?i)sort\s?code[^0-9\n]{0,12}([0-9]{2}\s?[0-9]{2}\s?[0-9]{2})\b)";
constexpr auto kIban = R"(\b([A-Z]{2}[0-9]{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?)\b)";
constexpr auto kPostcode =
    R"((?i)\b((?:A[BL]|B[ABDHLNRSTX]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|)"
    R"(I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|)"
    R"(T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)[0-9][0-9A-Z]?[\s-]{0,3}[0-9][ABD-HJLNP-UW-Z]{2})\b)";
constexpr auto kId =
    R"(\b((?:ses|turn|rec|own|job|key|msg|paid|audit|upload|door|walk|cli|dry|call|resp|reg)_[0-9A-Za-z]{8,})"
    R"(|rec[0-9A-Za-z]{14}|(?:BRQ|BRF|BRT|BRA|MD|PM|SB|CU|BA|EV)[0-9A-Z]{10,}|[A-Z]{2}[0-9a-f]{32})"
    R"(|[0-9a-f]{24,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b)";
// A returning player's code has the child's name in it.
constexpr auto kCode = R"((?i)\b([12]00-[\pL-]+-[a-z0-9]{2,5}-[0-9]{4}-[\pL'-]+))";
constexpr auto kSecret =
    R"((?i:\bbearer\s+[a-z0-9._~+/=-]{16,})|\bsk-[A-Za-z0-9_-]{12,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)"
    R"(|\bgh[opsu]_[A-Za-z0-9]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{30,})"
    R"(|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}|-----BEGIN [A-Z ]*PRIVATE KEY)"
    R"(|\b(?:live|sandbox)_[A-Za-z0-9_-]{20,}|\bpat[A-Za-z0-9]{14}\.[0-9a-f]{16,})"
    R"(|(?i:\b(?:api[_ -]?key|password|passwort|secret|token)\b\s*(?:is|=|:)\s*["'`]?[a-z0-9+/_-]*[0-9][a-z0-9+/_-]{11,}))";

std::string only(std::string_view text, bool (*wanted)(char)) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), wanted);
  return out;
}

bool digit(char c) {
  return c >= '0' && c <= '9';
}

bool no_gap(char c) {
  return c != ' ' && c != '\t' && c != '\n' && c != '-';
}

// Card numbers carry a check digit (Luhn).
bool is_card(const std::string& digits) {
  if (digits.size() < 13 || digits.size() > 19) return false;
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int value = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) value = value > 4 ? 2 * value - 9 : 2 * value;
    sum += value;
  }
  return sum % 10 == 0;
}

// "+44 7700 ..." and "0044" as "07700": the one form that is compared.
std::string national(std::string digits) {
  for (const auto* prefix : {"0044", "44"}) {
    if (!digits.starts_with(prefix)) continue;
    digits = digits.substr(std::string_view(prefix).size());
    return digits.starts_with("0") ? digits : "0" + digits;
  }
  return digits;
}

// The phone numbers in a run of groups: each begins where a group does, with 0, 44 or a plus.
void add_phones(std::string_view run, std::vector<Detail>& out) {
  constexpr std::size_t kLongest = 11, kShortest = 10;
  for (std::size_t at = 0; at < run.size();) {
    const bool group = at == 0 || !digit(run[at - 1]);
    const bool plus = at > 0 && (run[at - 1] == '+' || run.substr(0, at).ends_with("+("));
    const auto rest = only(run.substr(at), digit);
    if (!group || !digit(run[at]) || (!plus && run[at] != '0' && !rest.starts_with("44"))) {
      ++at;
      continue;
    }
    const bool british = !plus || rest.starts_with("44");
    auto number = british ? national(rest) : rest;
    if (number.size() >= kShortest) {
      number = number.substr(0, british ? kLongest : 15);
      out.push_back({"phone", number});
    }
    // On behind this number.
    for (auto left = std::min(rest.size(), kLongest); at < run.size() && left > 0; ++at) {
      if (digit(run[at])) --left;
    }
  }
}

// "14-05-17", "20170514" or "14052017": the form of an account's numbers, but a day.
bool may_be_date(std::string_view found) {
  static const RE2 day(R"((?:0[1-9]|[12][0-9]|3[01])-(?:0[1-9]|1[0-2])-[0-9]{2})"
                       R"(|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))"
                       R"(|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:19|20)[0-9]{2})");
  return RE2::FullMatch(StringPiece(found.data(), found.size()), day);
}

// Is an account spoken of around this place?
bool near_account(std::string_view text, std::size_t at) {
  constexpr std::size_t kBefore = 40, kAround = 90;
  static const RE2 words(R"((?i)\bacc(?:oun)?t|sort\s?code|\bbank\s+details|\biban\b)");
  const auto begin = at - std::min(at, kBefore);
  const auto around = text.substr(begin, kAround);
  return RE2::PartialMatch(StringPiece(around.data(), around.size()), words);
}

void add_numbers(std::string_view seen, std::vector<Detail>& out) {
  static const RE2 digits(kDigits), dates(kDate), account(kAccount), sort_code(kSortCode);
  std::string text(seen);
  RE2::GlobalReplace(&text, dates, "date");
  StringPiece rest(text), found;
  while (RE2::FindAndConsume(&rest, digits, &found)) {
    const std::string_view run(found.data(), found.size());
    if (const auto all = only(run, digit); is_card(all)) out.push_back({"card", all});
    add_phones(run, out);
  }
  for (const auto* pattern : {&account, &sort_code}) {
    rest = text;
    while (RE2::FindAndConsume(&rest, *pattern, &found)) {
      const std::string_view number(found.data(), found.size());
      const auto at = static_cast<std::size_t>(found.data() - text.data());
      if (may_be_date(number) && !near_account(text, at)) continue;
      out.push_back({"bank", only(number, digit)});
    }
  }
}

void add_words(std::string_view seen, const RE2& pattern, const char* kind,
               std::string (*form)(std::string_view), std::vector<Detail>& out) {
  StringPiece rest(seen.data(), seen.size()), found;
  while (RE2::FindAndConsume(&rest, pattern, &found)) {
    out.push_back({kind, form({found.data(), found.size()})});
  }
}

const RE2& email_pattern() {
  static const RE2 pattern(kEmail);
  return pattern;
}

std::string email_form(std::string_view found) {
  static const RE2 at(R"((?i)[\[({]\s?at\s?[\])}])"), dot(R"((?i)[\[({]\s?dot\s?[\])}])");
  auto text = core::lower(found);
  RE2::GlobalReplace(&text, at, "@");
  RE2::GlobalReplace(&text, dot, ".");
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n'; });
  return text;
}

std::string upper_form(std::string_view found) {
  return core::upper(only(found, no_gap));
}

std::string same_form(std::string_view found) {
  return core::lower(found);
}

}  // namespace

std::vector<Detail> details_in(std::string_view seen) {
  static const RE2 postcode(kPostcode), iban(kIban), id(kId), code(kCode);
  std::vector<Detail> out;
  add_words(seen, email_pattern(), "email", email_form, out);
  add_words(seen, postcode, "postcode", upper_form, out);
  add_words(seen, iban, "bank", upper_form, out);
  add_words(seen, id, "id", same_form, out);
  add_words(seen, code, "id", same_form, out);
  add_numbers(seen, out);
  return out;
}

void KnownDetails::add(std::string_view text) {
  for (auto& detail : details_in(core::as_seen(text))) values_.insert(std::move(detail.value));
}

bool holds_secret(std::string_view seen) {
  static const RE2 secret(kSecret);
  return RE2::PartialMatch(StringPiece(seen.data(), seen.size()), secret);
}

std::string without_emails(std::string_view seen) {
  std::string out(seen);
  RE2::GlobalReplace(&out, email_pattern(), " ");
  return out;
}

}  // namespace dugout::orchestrator
