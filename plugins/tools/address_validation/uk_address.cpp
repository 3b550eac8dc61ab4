// How a typed address is read: the postcode first, because its shape is certain; then country and
// county at the end; then the street, by its number or by a word such as Lane; what is before it
// belongs to line 1, what follows is town and city.
#include "uk_address.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "uk/postcode.hpp"

namespace uk_address {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 50> kStreetTypes{
    "road",   "rd",     "street",    "st",      "lane",    "ln",    "avenue",  "ave",  "av",
    "close",  "cl",     "drive",     "dr",      "walk",    "way",   "court",   "ct",   "crescent",
    "cres",   "grove",  "gardens",   "gdns",    "place",   "pl",    "terrace", "row",  "square",
    "sq",     "hill",   "green",     "park",    "mews",    "rise",  "view",    "bank", "croft",
    "fold",   "parade", "meadow",    "meadows", "quay",    "wharf", "common",  "gate", "field",
    "fields", "brow",   "boulevard", "circle",  "broadway"};
constexpr std::array<std::string_view, 9> kUnits{"flat", "apartment", "apt",   "unit",  "suite",
                                                 "room", "floor",     "block", "studio"};
constexpr std::array<std::string_view, 8> kSides{"north", "south", "east", "west",
                                                 "n",     "s",     "e",    "w"};
constexpr std::array<std::string_view, 5> kCountries{"uk", "u.k", "gb", "england",
                                                     "united kingdom"};
constexpr std::array<std::string_view, 6> kCounties{
    "greater manchester", "gtr manchester", "cheshire", "lancashire", "merseyside", "gm"};
// Only for texts without commas, where nothing else tells a street from a town.
constexpr std::array<std::string_view, 36> kPlaces{
    "manchester", "salford",    "liverpool",    "leeds",      "bolton",     "stockport",
    "london",     "birmingham", "warrington",   "urmston",    "flixton",    "davyhulme",
    "stretford",  "sale",       "old trafford", "irlam",      "cadishead",  "eccles",
    "altrincham", "timperley",  "partington",   "carrington", "chorlton",   "didsbury",
    "worsley",    "swinton",    "monton",       "hale",       "bowdon",     "wythenshawe",
    "firswood",   "gorse hill", "sale moor",    "ashton",     "broadheath", "whalley range"};
constexpr std::size_t kCities = 9;  // the first of kPlaces

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = is_upper(c) ? static_cast<char>(c + 32) : c;
  while (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

template <typename List>
bool among(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), lower(word)) != list.end();
}

// Curly quotes straight, line breaks to commas, other white space and control characters to blanks.
std::string plain(std::string_view typed) {
  std::string out;
  for (std::size_t at = 0; at < typed.size(); ++at) {
    const auto byte = static_cast<unsigned char>(typed[at]);
    const auto rest = typed.substr(at);
    if (rest.starts_with("\xE2\x80\x98") || rest.starts_with("\xE2\x80\x99")) {
      out += '\'';
      at += 2;
    } else if (rest.starts_with("\xC2\xA0")) {
      out += ' ';
      at += 1;
    } else if (byte == '\n' || byte == '\r' || byte == ';') {
      out += ',';
    } else {
      out += byte < 0x20 || byte == 0x7f ? ' ' : typed[at];
    }
  }
  return out;
}

Words words_of(std::string_view text) {
  Words out(1);
  for (const char c : text) {
    if (c != ' ') {
      out.back() += c;
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

std::vector<Words> parts_of(std::string_view typed) {
  std::vector<Words> parts;
  const auto text = plain(typed);
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    auto words = words_of(std::string_view(text).substr(from, comma - from));
    if (!words.empty()) parts.push_back(std::move(words));
    from = comma + 1;
  }
  while (!parts.empty() && !parts.back().empty()) {  // the full stop that ends a sentence
    auto& last = parts.back().back();
    while (!last.empty() && (last.back() == '.' || last.back() == '?' || last.back() == '!')) {
      last.pop_back();
    }
    if (!last.empty()) break;
    parts.back().pop_back();
    if (parts.back().empty()) parts.pop_back();
  }
  return parts;
}

std::string join(Words::const_iterator from, Words::const_iterator to) {
  std::string out;
  for (; from != to; ++from) out += (out.empty() ? "" : " ") + *from;
  return out;
}

std::string join(const std::vector<Words>& parts, std::size_t from, std::size_t to) {
  std::string out;
  for (; from < to; ++from) {
    out += (out.empty() ? "" : ", ") + join(parts[from].begin(), parts[from].end());
  }
  return out;
}

// Takes the last postcode out of `parts`; puts its full form into `shown`, the same text for
// people.
std::string take_postcode(std::vector<Words>& parts, std::vector<Words>& shown) {
  for (auto part = parts.size(); part-- > 0;) {
    auto& words = parts[part];
    for (auto at = words.size(); at-- > 0;) {
      std::size_t used = 1;
      auto found = uk::postcode_of(words[at]);
      if (found.empty() && at + 1 < words.size()) {
        used = 2;
        found = uk::postcode_of(words[at] + words[at + 1]);
      }
      if (found.empty()) continue;
      const auto first = static_cast<std::ptrdiff_t>(at);
      const auto last = first + static_cast<std::ptrdiff_t>(used);
      words.erase(words.begin() + first, words.begin() + last);
      auto& seen = shown[part];
      seen.erase(seen.begin() + first, seen.begin() + last);
      seen.insert(seen.begin() + first, found);
      if (words.empty()) parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(part));
      return found;
    }
  }
  return {};
}

// How many words at the end of `words` are one entry of `list`; 0 = none.
template <typename List>
std::size_t ends_with(const Words& words, const List& list) {
  for (std::size_t count = std::min<std::size_t>(2, words.size()); count > 0; --count) {
    if (among(list, join(words.end() - static_cast<std::ptrdiff_t>(count), words.end())))
      return count;
  }
  return 0;
}

template <typename List>
void drop_ending(std::vector<Words>& parts, const List& list) {
  while (!parts.empty()) {
    const auto count = ends_with(parts.back(), list);
    if (count == 0) return;
    parts.back().resize(parts.back().size() - count);
    if (parts.back().empty()) parts.pop_back();
  }
}

// Words of "Flat 3" at the start.
std::size_t unit_words(const Words& words) {
  return words.size() >= 2 && among(kUnits, words[0]) ? 2 : 0;
}

bool is_numbered(const Words& words) {  // "20 Moss Lane", "Flat 3 20 Moss Lane"
  const auto unit = unit_words(words);
  return words.size() >= unit + 2 && is_digit(words[unit][0]) && !is_digit(words[unit + 1][0]);
}

bool is_number(const Words& words) {
  return words.size() == 1 && is_digit(words[0][0]);
}

bool has_street_type(const Words& words) {
  return words.size() >= 2 && std::any_of(words.begin() + 1, words.end(), [](const auto& word) {
           return among(kStreetTypes, word);
         });
}

struct Street {
  std::size_t part;
  bool number_or_name;
};

std::optional<Street> find_street(const std::vector<Words>& parts) {
  for (std::size_t at = 0; at < parts.size(); ++at) {
    if (is_numbered(parts[at])) return Street{at, true};
    if (is_number(parts[at]) && at + 1 < parts.size()) return Street{at + 1, true};
  }
  for (std::size_t at = 0; at < parts.size(); ++at) {
    if (!has_street_type(parts[at])) continue;
    // "Holly Court, Moss Lane": the first of two is the name of the house.
    const bool house = at == 0 && parts.size() > 1 && has_street_type(parts[1]);
    return Street{house ? 1 : at, house || at > 0 || parts[at].size() >= 4};
  }
  if (parts.size() >= 3 && ends_with(parts[1], kPlaces) == 0) return Street{1, true};
  return std::nullopt;
}

// Where the street ends in a part that also holds the town: "9 Ash Close Stretford".
std::size_t street_words(const Words& words) {
  const auto first = unit_words(words) + (is_numbered(words) ? 2 : 1);
  for (auto at = first; at < words.size(); ++at) {
    if (!among(kStreetTypes, words[at])) continue;
    while (at + 1 < words.size() &&
           (among(kStreetTypes, words[at + 1]) || among(kSides, words[at + 1]))) {
      ++at;
    }
    return at + 1;
  }
  const auto place = ends_with(words, kPlaces);
  return words.size() - (words.size() > place + 1 ? place : 0);
}

void split_off_town(std::vector<Words>& parts, std::size_t street) {
  auto& words = parts[street];
  const auto end = static_cast<std::ptrdiff_t>(street_words(words));
  Words rest(words.begin() + end, words.end());
  words.resize(static_cast<std::size_t>(end));
  if (!rest.empty()) parts.push_back(std::move(rest));
}

void split_off_city(std::vector<Words>& parts) {  // "Stretford Manchester"
  auto& last = parts.back();
  const auto* cities_end = kPlaces.begin() + kCities;
  if (last.size() < 2 || std::find(kPlaces.begin(), cities_end, lower(last.back())) == cities_end) {
    return;
  }
  Words city{last.back()};
  last.pop_back();
  parts.push_back(std::move(city));
}

}  // namespace

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

Address parse(std::string_view typed) {
  auto parts = parts_of(typed);
  auto shown = parts;
  Address out;
  out.post_code = take_postcode(parts, shown);
  out.text = join(shown, 0, shown.size());
  drop_ending(parts, kCountries);
  drop_ending(parts, kCounties);
  const auto street = find_street(parts);
  if (!street) return out;
  out.has_street = true;
  out.has_number_or_name = street->number_or_name;
  if (street->part + 1 == parts.size()) split_off_town(parts, street->part);
  out.line_1 = join(parts, 0, street->part + 1);
  if (street->part + 1 == parts.size()) return out;
  split_off_city(parts);
  const auto count = parts.size();
  out.city = join(parts, count - 1, count);
  out.town = count - street->part > 2 ? join(parts, count - 2, count - 1) : out.city;
  return out;
}

}  // namespace uk_address
