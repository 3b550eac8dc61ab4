#include "http/page_html.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace dugout::http {
namespace {

using core::Json;

constexpr std::string_view kHead =
    "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n";
constexpr std::string_view kLinks =
    "<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/page.css\">\n</head>\n";
constexpr std::size_t kMostAddress = 4096;

bool read_paragraphs(const Json& data, Page& page) {
  const auto found = data.find("paragraphs");
  if (found == data.end()) return true;
  if (!found->is_array()) return false;
  for (const auto& paragraph : *found) {
    if (!paragraph.is_string()) return false;
    page.paragraphs.push_back(paragraph.get<std::string>());
  }
  return true;
}

bool read_buttons(const Json& data, Page& page) {
  const auto found = data.find("buttons");
  if (found == data.end()) return true;
  if (!found->is_array()) return false;
  for (const auto& button : *found) {
    if (!button.is_object()) return false;
    page.buttons.push_back({core::member(button, "name"), core::member(button, "value"),
                            core::member(button, "label")});
    if (page.buttons.back().label.empty()) return false;
  }
  return true;
}

std::string button_html(const PageButton& button) {
  std::string html = "<button type=\"submit\"";
  if (!button.name.empty()) {
    html +=
        " name=\"" + escape_html(button.name) + "\" value=\"" + escape_html(button.value) + "\"";
  }
  return html + ">" + escape_html(button.label) + "</button>\n";
}

// How well a media range fits: 3 the very type, 2 its kind, 1 anything, 0 not.
int fitness(std::string_view range, std::string_view type) {
  if (range == type) return 3;
  if (range == "*/*") return 1;
  const auto kind = type.substr(0, type.find('/') + 1);
  return range == std::string(kind) + "*" ? 2 : 0;
}

double quality_of(const std::vector<std::string>& parameters) {
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    const auto parameter = core::lower(core::trim(parameters[i]));
    if (parameter.rfind("q=", 0) == 0) return std::strtod(parameter.c_str() + 2, nullptr);
  }
  return 1.0;
}

// What the most exact range says about the type (RFC 9110, 12.5.1).
double quality(std::string_view accept, std::string_view type) {
  int best = 0;
  double found = 0.0;
  for (const auto& part : core::split(accept, ',')) {
    const auto parameters = core::split(part, ';');
    const int fit = fitness(core::lower(core::trim(parameters.front())), type);
    if (fit <= best) continue;
    best = fit;
    found = quality_of(parameters);
  }
  return found;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::optional<Page> page_of(const Json& data) {
  if (!data.is_object()) return std::nullopt;
  Page page;
  page.title = core::member(data, "title");
  if (page.title.empty() || !read_paragraphs(data, page) || !read_buttons(data, page)) {
    return std::nullopt;
  }
  return page;
}

std::string render(const Page& page, std::string_view action) {
  const auto title = escape_html(page.title);
  std::string html(kHead);
  html += "<title>" + title + "</title>\n";
  html += kLinks;
  html += "<body>\n<header><p>Player registration</p></header>\n<main>\n<h1>" + title + "</h1>\n";
  for (const auto& paragraph : page.paragraphs) html += "<p>" + escape_html(paragraph) + "</p>\n";
  if (!page.buttons.empty()) {
    html += "<form method=\"post\" action=\"" + escape_html(action) + "\">\n";
    for (const auto& button : page.buttons) html += button_html(button);
    html += "</form>\n";
  }
  return html + "</main>\n</body>\n</html>\n";
}

Json page_json(const Page& page) {
  Json buttons = Json::array();
  for (const auto& button : page.buttons) {
    buttons.push_back({{"name", button.name}, {"value", button.value}, {"label", button.label}});
  }
  return {{"title", page.title}, {"paragraphs", page.paragraphs}, {"buttons", std::move(buttons)}};
}

bool prefers_json(std::string_view accept) {
  const auto json =
      std::max(quality(accept, "application/json"), quality(accept, "application/problem+json"));
  return json > quality(accept, "text/html");
}

bool is_web_address(std::string_view url) {
  const auto scheme = url.substr(0, url.find("://"));
  const auto lowered = core::lower(scheme);
  if ((lowered != "https" && lowered != "http") || url.size() > kMostAddress) return false;
  const auto rest = url.substr(std::min(url.size(), scheme.size() + 3));
  if (rest.empty() || rest.front() == '/' || rest.front() == '?') return false;
  return std::all_of(url.begin(), url.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\';
  });
}

}  // namespace dugout::http
