// How the program looks at a terminal: colours only there (and never with NO_COLOR), a little
// Markdown made readable. Pure except for the `..._is_terminal`.
#pragma once

#include <string>
#include <string_view>

namespace dugout::cli {

bool stdout_is_terminal();
bool stdin_is_terminal();
bool stderr_is_terminal();

class Style {
 public:
  explicit Style(bool colours) : colours_(colours) {}
  static Style for_stdout();
  static Style for_stderr();

  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string good(std::string_view text) const { return wrap("32", text); }
  std::string bad(std::string_view text) const { return wrap("31", text); }
  std::string note(std::string_view text) const { return wrap("33", text); }
  std::string voice(std::string_view text) const { return wrap("36", text); }

  // Shows **bold** and `code` as such, and drops control characters, which could move the cursor.
  std::string markdown(std::string_view text) const;

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
  bool colours_;
};

}  // namespace dugout::cli
