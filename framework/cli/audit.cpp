// `dugout audit verify|show`: the audit log of the data folder.
#include "observability/audit.hpp"

#include <deque>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "attempts/query.hpp"
#include "cli/command_line.hpp"
#include "cli/terminal.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::cli {
namespace {

using core::Json;

struct AuditOptions {
  std::string since, head;
  std::size_t last = 0;
  bool json = false;
};

int no_audit(const Error& error) {
  std::cerr << error.message << "\n";
  return kEnvironment;
}

int audit_verify(const AppOptions& app, const AuditOptions& options) {
  core::Findings findings;
  const auto settings = settings_of(app, findings);
  if (report(findings)) return kFindings;
  const auto check =
      observability::check_audit(observability::audit_folder(settings.data), options.head);
  if (!check) return no_audit(check.error());
  const bool met = options.head.empty() || check->meets;
  if (options.json) {
    std::cout << Json{{"whole", check->broken.empty() && met},
                      {"lines", check->lines},
                      {"first", check->first},
                      {"head", check->head},
                      {"notes", check->notes},
                      {"broken", check->broken},
                      {"head_found", met}}
                     .dump(2)
              << "\n";
    return check->broken.empty() && met ? kGood : kFindings;
  }
  const auto out = Style::for_stdout(), wrong = Style::for_stderr();
  for (const auto& note : check->notes) std::cout << out.note("note") << "  " << note << "\n";
  if (!check->broken.empty()) std::cerr << wrong.bad("broken") << "  " << check->broken << "\n";
  if (!met) std::cerr << wrong.bad("broken") << "  the head that was kept is not in the log\n";
  if (!check->broken.empty() || !met) return kFindings;
  std::cout << out.good("whole") << "  " << check->lines
            << " lines; keep this head elsewhere: " << check->head << "\n";
  return kGood;
}

// A line may have come from whoever could write the file: nothing of it moves the cursor.
std::string shown(std::string text) {
  // Control characters beyond ASCII are two bytes of UTF-8, the first of which is this.
  constexpr auto kBeyond = '\xc2';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool second = at > 0 && text[at - 1] == kBeyond && byte < 0xa0;
    if (byte < 0x20 || byte == 0x7f || second) text[at] = '?';
    if (second) text[at - 1] = '?';
  }
  return text;
}

void print_audit_line(const observability::AuditLine& line, bool json) {
  if (json) {
    std::cout << line.text << "\n";
    return;
  }
  const auto text = line.at + "  " + (line.who.empty() ? "-" : line.who) + "  " + line.what +
                    (line.target.empty() ? "" : "  " + line.target) + "  " + line.outcome;
  std::cout << shown(text) << "\n";
}

int audit_show(const AppOptions& app, const AuditOptions& options) {
  core::Findings findings;
  const auto settings = settings_of(app, findings);
  if (report(findings)) return kFindings;
  const core::SystemClock clock;
  std::int64_t since = 0;
  if (!options.since.empty()) {
    const auto when =
        attempts::time_named(options.since, clock.wall_now().time_since_epoch().count());
    if (!when) {
      std::cerr << "--since: " << when.error().message << "\n";
      return kUsage;
    }
    since = *when;
  }
  const auto from = sdk::iso_time(since);  // equal in length, so ordered as texts
  std::deque<observability::AuditLine> lines;
  const auto check = observability::check_audit(
      observability::audit_folder(settings.data), {}, [&](const observability::AuditLine& line) {
        if (line.at < from) return;
        lines.push_back(line);
        if (options.last != 0 && lines.size() > options.last) lines.pop_front();
      });
  if (!check) return no_audit(check.error());
  for (const auto& line : lines) print_audit_line(line, options.json);
  if (check->broken.empty()) return kGood;
  std::cerr << Style::for_stderr().bad("broken") << "  " << check->broken << "\n";
  return kFindings;
}

}  // namespace

void add_audit(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<AuditOptions>();
  auto* audit = app.add_subcommand("audit", "Who did what: read the audit log, check its chain");
  audit->require_subcommand(1);
  auto* verify = command(*audit, "verify", "Check that no line was changed or taken out",
                         "  dugout audit verify\n  dugout audit verify --head 3f5a...", line);
  verify->add_option("--head", options->head, "A head that was kept: it must be in the log");
  verify->add_flag("--json", options->json, "As JSON");
  verify->callback([options, &line] {
    line.run = [options, &line] { return audit_verify(line.app, *options); };
  });
  auto* show =
      command(*audit, "show", "The lines, the oldest first",
              "  dugout audit show --since 24h\n  dugout audit show --last 20 --json", line);
  show->add_option("--since", options->since, "90s, 30m, 2h, 7d ago, or a time as RFC 3339");
  show->add_option("--last", options->last, "Only the latest so many");
  show->add_flag("--json", options->json, "As they stand in the file");
  show->callback(
      [options, &line] { line.run = [options, &line] { return audit_show(line.app, *options); }; });
}

}  // namespace dugout::cli
