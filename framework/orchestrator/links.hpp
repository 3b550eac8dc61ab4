// Links in a text, also those that only a phone makes one of: "https://host/...", "host.org",
// addresses of numbers, Markdown's and HTML's. For texts as core::as_seen() makes them. Pure,
// [any].
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::orchestrator {

// Hosts that may be linked to: "www.example.org", "127.0.0.1:8080", "*.example.org".
class LinkHosts {
 public:
  void add(std::string_view host);
  void add_of_url(std::string_view url);  // its host, with the port if it names one
  bool has(std::string_view host) const;  // in lower case

 private:
  std::set<std::string, std::less<>> hosts_;
  std::set<std::string, std::less<>> endings_;  // ".example.org"
};

struct LinkReading {
  std::vector<std::string> hosts;  // in lower case, with the port if one is named
  bool odd = false;  // one that no list can allow: of a scheme like javascript:, with a user's name
                     // before the host, of other scripts, without a host of its own
};

LinkReading links_in(std::string_view seen);

// HTML, but for links in angle brackets.
bool holds_html(std::string_view seen);

// Without Markdown's and HTML's pictures; `text` as the model wrote it. True when there were any.
bool strip_pictures(std::string& text);

}  // namespace dugout::orchestrator
