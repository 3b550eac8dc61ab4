#include "places.hpp"

#include <algorithm>
#include <vector>

#include "dugout/sdk/plain_text.hpp"
#include "uk/postcode.hpp"

namespace address {
namespace {

using nlohmann::json;
using Parts = std::vector<std::string>;

constexpr std::size_t kManyPlaces = 3;  // more than that: the search was vague
constexpr auto kMarkers =
    "uk|united kingdom|england|scotland|wales|london|manchester|birmingham|liverpool|leeds|"
    "sheffield|bristol|cardiff|edinburgh|glasgow";

std::string text_in(const json& object, const char* member) {
  const auto found = object.is_object() ? object.find(member) : object.end();
  const bool text = object.is_object() && found != object.end() && found->is_string();
  return text ? dugout::sdk::tidy(found->get<std::string>()) : std::string{};
}

struct Component {
  std::string longer, shorter;
};

class Components {
 public:
  explicit Components(const json& place) {
    const auto found = place.find("addressComponents");
    if (found != place.end() && found->is_array()) list_ = *found;
  }

  // The first component of the first of these types that there is.
  Component of(std::initializer_list<const char*> types) const {
    for (const auto* type : types) {
      for (const auto& component : list_) {
        const auto all = component.is_object() ? component.value("types", json::array()) : json();
        if (!all.is_array() || std::find(all.begin(), all.end(), type) == all.end()) continue;
        const Component found{text_in(component, "longText"), text_in(component, "shortText")};
        if (!found.longer.empty() || !found.shorter.empty()) return found;
      }
    }
    return {};
  }

 private:
  json list_ = json::array();
};

Parts parts_of(const std::string& text) {
  Parts out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    auto part = dugout::sdk::tidy(text.substr(from, comma - from));
    if (!part.empty()) out.push_back(std::move(part));
    from = comma + 1;
  }
  return out;
}

std::string join(const Parts& parts, std::size_t from) {
  std::string out;
  for (; from < parts.size(); ++from) out += (out.empty() ? "" : ", ") + parts[from];
  return out;
}

bool says_uk(const std::string& text) {
  const auto words = dugout::sdk::padded_words(text);
  return dugout::sdk::any_listed(kMarkers, [&](std::string_view marker) {
    return words.find(" " + std::string(marker) + " ") != words.npos;
  });
}

bool in_uk(const Components& components, const std::string& text) {
  const auto country = components.of({"country"});
  if (country.longer.empty() && country.shorter.empty()) return says_uk(text);
  return country.shorter == "GB" || country.longer == "United Kingdom";
}

bool has_postcode(const Components& components, const Parts& parts, const std::string& postcode) {
  const auto told = components.of({"postal_code"});
  if (!told.longer.empty() || !told.shorter.empty()) {
    return uk::postcode_of(told.longer.empty() ? told.shorter : told.longer) == postcode;
  }
  return std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
    return part == postcode || part.ends_with(" " + postcode);
  });
}

// Where the street stands: in this part, as this text; what is before it are other people's houses.
// Without a component that says so, the first part may as well be a town.
struct Street {
  std::size_t part;
  std::string name;
};

std::optional<Street> find_street(const Components& components, const Parts& parts) {
  const auto route = components.of({"route"});
  for (std::size_t at = 0; at < parts.size(); ++at) {
    for (const auto& name : {route.shorter, route.longer}) {
      if (name.empty()) continue;
      const bool here = parts.size() == 1 ? parts[at].starts_with(name + " ")
                                          : parts[at] == name || parts[at].ends_with(" " + name);
      if (here) return Street{at, name};
    }
  }
  return std::nullopt;
}

// Town and city as the components say, or as they are written behind the street.
void name_places(const Components& components, const Parts& parts, std::size_t street,
                 const std::string& postcode, Address& out) {
  const auto town = components.of({"locality", "sublocality", "sublocality_level_1"}).longer;
  const auto city = components.of({"postal_town"}).longer;
  out.town = town.empty() ? city : town;
  out.city = city.empty() ? town : city;
  if (!out.town.empty()) return;
  for (auto at = street + 1; at < parts.size(); ++at) {
    auto part = parts[at];
    if (part.ends_with(postcode)) part.resize(part.size() - postcode.size());
    part = dugout::sdk::tidy(part);
    const bool country = part == "UK" || part == "United Kingdom" || part == "England" ||
                         part == "Scotland" || part == "Wales";
    if (part.empty() || country) continue;
    if (out.town.empty()) out.town = part;
    out.city = part;
  }
}

}  // namespace

json places_question(const std::string& postcode) {
  return {{"textQuery", postcode}, {"regionCode", "GB"}, {"languageCode", "en"}, {"pageSize", 5}};
}

std::optional<Address> read_places(const json& answer, const std::string& postcode,
                                   const std::string& house_number) {
  const auto places = answer.find("places");
  if (places == answer.end() || !places->is_array() || places->empty()) return std::nullopt;
  const auto& place = places->front();
  if (!place.is_object() || !has_digit(house_number)) return std::nullopt;
  const Components components(place);
  const auto text = text_in(place, "formattedAddress");
  const auto parts = parts_of(text);
  if (!in_uk(components, text) || !has_postcode(components, parts, postcode)) return std::nullopt;
  const auto street = find_street(components, parts);
  if (!street) return std::nullopt;
  Address out;
  out.line_1 = house_number + " " + street->name;
  const auto rest = join(parts, street->part + 1);
  out.formatted = parts.size() == 1 ? house_number + ", " + parts[0] : out.line_1 + ", " + rest;
  name_places(components, parts, street->part, postcode, out);
  if (out.town.empty() || (rest.empty() && parts.size() > 1)) return std::nullopt;
  out.confidence = places->size() > kManyPlaces ? "Medium" : "High";
  out.verified = {"postcode", "street"};
  return out;
}

}  // namespace address
