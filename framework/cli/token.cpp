// `dugout token new`: a fresh token of an operator, shown once, and the line with its hash.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/access.hpp"
#include "cli/command_line.hpp"
#include "cli/terminal.hpp"
#include "core/digest.hpp"

namespace dugout::cli {
namespace {

struct TokenOptions {
  std::string name, role = "viewer";
};

std::string operator_name(const std::string& name) {
  const bool fits =
      !name.empty() && name.size() <= 40 && name != "admin" &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
      });
  return fits ? "" : "must be 1 to 40 small letters, digits, '.', '_' or '-', and not admin";
}

int token_new(const AppOptions& app, const TokenOptions& options) {
  core::Findings findings;
  const auto settings = settings_of(app, findings);
  core::SystemClock clock;
  observability::AuditLog audit(observability::audit_folder(settings.data), clock);
  const auto fresh = core::fresh_token();
  const auto told =
      audit.write(command_user(), "token.created", options.name + " " + options.role, "ok");
  // The token alone on stdout, so that it can go into a pipe; what is to be done with it beside it.
  const auto style = Style::for_stderr();
  std::cerr << style.note("The token of " + options.name +
                          ", shown this once; it goes to them, and nowhere into a file here:")
            << "\n";
  std::cout << fresh.token << std::endl;
  std::cerr << style.note("What dugout.yaml keeps of it, below operators:") << "\n"
            << "  - {name: " << options.name << ", role: " << options.role << ", token_hash: \""
            << fresh.hash << "\"}\n";
  if (::isatty(STDOUT_FILENO) != 0) {
    std::cerr << style.note("Clear the screen when you have copied both.") << "\n";
  }
  if (!told) std::cerr << "not in the audit log: " << told.error().message << "\n";
  return kGood;
}

}  // namespace

void add_token(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<TokenOptions>();
  auto* token = app.add_subcommand("token", "Tokens of operators");
  token->require_subcommand(1);
  auto* fresh = command(*token, "new", "Make a token, and the line of dugout.yaml with its hash",
                        "  dugout token new --name anna --role viewer", line);
  fresh->add_option("--name", options->name, "Whose; it stands in the audit log")
      ->required()
      ->check(CLI::Validator(operator_name, "NAME"));
  fresh
      ->add_option("--role", options->role,
                   "viewer (looks), operator (changes too), admin (the audit log too)")
      ->check(CLI::IsMember({"viewer", "operator", "admin"}));
  fresh->callback(
      [options, &line] { line.run = [options, &line] { return token_new(line.app, *options); }; });
}

}  // namespace dugout::cli
