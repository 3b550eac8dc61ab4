#include "cli/terminal.hpp"

#include <unistd.h>

#include <cstdlib>

namespace dugout::cli {
namespace {

bool wants_colour(int descriptor) {
  const char* off = std::getenv("NO_COLOR");
  return (off == nullptr || *off == '\0') && isatty(descriptor) == 1;
}

}  // namespace

bool stdout_is_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}
bool stdin_is_terminal() {
  return isatty(STDIN_FILENO) == 1;
}
bool stderr_is_terminal() {
  return isatty(STDERR_FILENO) == 1;
}

Style Style::for_stdout() {
  return Style(wants_colour(STDOUT_FILENO));
}
Style Style::for_stderr() {
  return Style(wants_colour(STDERR_FILENO));
}

std::string Style::wrap(std::string_view code, std::string_view text) const {
  if (!colours_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string Style::markdown(std::string_view text) const {
  std::string out;
  bool bold_on = false, code_on = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (colours_ && text.substr(at, 2) == "**") {
      bold_on = !bold_on;
      out += bold_on ? "\x1b[1m" : "\x1b[22m";
      ++at;
    } else if (colours_ && c == '`') {
      code_on = !code_on;
      out += code_on ? "\x1b[36m" : "\x1b[39m";
    } else if (c == '\n' || c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)) {
      out += c;
    }
  }
  if (bold_on || code_on) out += "\x1b[0m";
  return out;
}

}  // namespace dugout::cli
