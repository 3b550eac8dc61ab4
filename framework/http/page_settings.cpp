// GET /api/page and /api/page.css.
#include "http/page_settings.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "http/endpoints.hpp"

namespace dugout::http {
namespace {

constexpr std::string_view kDark = "_dark";

std::string declarations(const std::map<std::string, std::string>& colours, bool dark) {
  std::string out;
  for (const auto& [key, colour] : colours) {
    if (key.ends_with(kDark) != dark) continue;
    const auto name = dark ? key.substr(0, key.size() - kDark.size()) : key;
    out += "--club-" + core::replace_all(name, "_", "-") + ":" + colour + ";";
  }
  return out;
}

}  // namespace

std::string status_words(const std::map<std::string, std::string>& status,
                         const orchestrator::Progress& progress) {
  for (const auto& key : {progress.tool, progress.kind, std::string("working")}) {
    const auto found = key.empty() ? status.end() : status.find(key);
    if (found != status.end()) return found->second;
  }
  return {};
}

std::string page_css(const routines::PageSettings& page) {
  const auto dark = "{" + declarations(page.colours, true) + "}\n";
  return ":root{" + declarations(page.colours, false) + "}\n" +
         "@media (prefers-color-scheme:dark){:root:not([data-theme=\"light\"])" + dark + "}\n" +
         ":root[data-theme=\"dark\"]" + dark;
}

void serve_page_settings(Service& service, Exchange& exchange) {
  const auto application = service.orchestrator.application();
  const auto& page = application->page;
  exchange.json(200, core::canonical(core::Json{{"colours", page.colours}, {"texts", page.texts}}));
}

void serve_page_css(Service& service, Exchange& exchange) {
  exchange.text(200, "text/css; charset=utf-8", page_css(service.orchestrator.application()->page));
}

}  // namespace dugout::http
