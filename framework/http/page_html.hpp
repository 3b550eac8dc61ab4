// The small pages that tools answer with, rendered: a title, paragraphs, buttons that post back to
// where the page stands. Everything a tool says is text here; no script is needed. [any]
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace dugout::http {

struct PageButton {
  std::string name, value, label;
};

struct Page {
  std::string title;
  std::vector<std::string> paragraphs;
  std::vector<PageButton> buttons;  // the first one is the one to press
};

// The page of a tool's data: {"title","paragraphs"?,"buttons"?}; nullopt when the shape is wrong.
std::optional<Page> page_of(const core::Json& data);

// `action`: the path that its buttons post to.
std::string render(const Page& page, std::string_view action);

// For clients that want no HTML.
core::Json page_json(const Page& page);

std::string escape_html(std::string_view text);

// Does an Accept header like JSON better than HTML? A tie, as with */*, means HTML.
bool prefers_json(std::string_view accept);

// An absolute http or https address without anything that could break out of a header.
bool is_web_address(std::string_view url);

}  // namespace dugout::http
