#include "payments/settings.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace payments {
namespace {

using nlohmann::json;

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "backend": {"enum": ["local", "gocardless"]},
    "access_token": {"type": ["string", "null"]},
    "environment": {"enum": ["sandbox", "live"]},
    "base_url": {"type": ["string", "null"], "pattern": "^(https?://.+)?$"},
    "webhook_secret": {"type": ["string", "null"]},
    "signing_fee_pence": {"type": "integer", "minimum": 1, "maximum": 1000000},
    "monthly_pence": {"type": "integer", "minimum": 1, "maximum": 1000000},
    "sibling_discount_percent": {"type": "integer", "minimum": 0, "maximum": 99},
    "season": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "start_month": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
        "cut_over": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "end": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}}}})";

// An absent credential may come as null or as an empty text.
std::string text_in(const json& block, const char* name, const char* otherwise = "") {
  const auto found = block.find(name);
  const bool given = found != block.end() && found->is_string() && !found->empty();
  const auto text = given ? found->get<std::string>() : std::string();
  return text.empty() ? otherwise : text;
}

void read_date(const json& season, const char* name, const char* rest, Date& out) {
  const auto text = text_in(season, name);
  if (text.empty()) return;
  out = date_of_iso(text + rest);
  if (out.year == 0)
    throw std::runtime_error(std::string("payments/season/") + name + " is no date");
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

Settings read_settings(std::string_view config, const dugout::sdk::Host& host) {
  const auto all = json::parse(config.empty() ? "{}" : config);
  const auto block = all.value("payments", json::object());
  if (const auto fits = host.check_schema(kSchema, block.dump()); !fits) {
    throw std::runtime_error("services: payments: " + fits.error().message);
  }
  Settings out;
  out.hosted = text_in(block, "backend", "local") == "gocardless";
  out.access_token = text_in(block, "access_token");
  out.webhook_secret = text_in(block, "webhook_secret");
  const bool live = text_in(block, "environment", "sandbox") == "live";
  out.base_url = without_slash(
      text_in(block, "base_url",
              live ? "https://api.gocardless.com" : "https://api-sandbox.gocardless.com"));
  out.signing_fee_pence = block.value("signing_fee_pence", out.signing_fee_pence);
  out.monthly_pence = block.value("monthly_pence", out.monthly_pence);
  out.sibling_discount_percent =
      block.value("sibling_discount_percent", out.sibling_discount_percent);
  const auto season = block.value("season", json::object());
  read_date(season, "start_month", "-01", out.season.first);
  read_date(season, "cut_over", "", out.season.cut_over);
  read_date(season, "end", "", out.season.end);
  if (!(out.season.first < out.season.end)) {
    throw std::runtime_error("payments/season/end must come after start_month");
  }
  out.public_url = without_slash(text_in(all, "public_url", "http://127.0.0.1:8080"));
  if (out.credentials_missing()) {
    host.log(2, "payments: no access_token is set: payments cannot be taken until it is");
  }
  return out;
}

std::string pounds(int pence) {
  const auto rest = std::to_string(pence % 100);
  return std::to_string(pence / 100) + (rest.size() == 1 ? ".0" : ".") + rest;
}

}  // namespace payments
