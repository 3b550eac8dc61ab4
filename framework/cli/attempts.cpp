// `dugout attempts [summary|show]`: what was asked of models, and what came of it.
#include <filesystem>
#include <iostream>
#include <memory>

#include "attempts/explain.hpp"
#include "attempts/query.hpp"
#include "attempts/summary.hpp"
#include "cli/attempt_log.hpp"
#include "cli/attempts_print.hpp"
#include "cli/command_line.hpp"
#include "pipeline/failure.hpp"
#include "store/sqlite_store.hpp"

namespace dugout::cli {
namespace {

using attempts::Attempt;

struct AttemptsOptions {
  store::AttemptFilter filter;
  std::string session, since, until;
  std::string file;       // a folder or a file; empty = the folder of the settings
  bool in_files = false;  // read those, and not the store
  bool json = false;
};

int attempts_refused(const Error& error) {
  std::cerr << "dugout: " << error.message << "\n";
  if (error.code == Code::kInvalid) return kUsage;
  return error.code == Code::kNotFound ? kFindings : kEnvironment;
}

// Where the attempts are: files, or a store that is opened for it.
struct Source {
  core::SystemClock clock;
  std::filesystem::path files;
  std::unique_ptr<store::Store> store;
};

Status open(const AppOptions& app, const AttemptsOptions& options, Source& source) {
  source.files = options.file;
  if (options.in_files && !options.file.empty()) return Done{};
  core::Findings findings;
  const auto settings = settings_of(app, findings);
  if (report(findings)) return Error{Code::kNotFound, "the settings cannot be used"};
  source.files = attempt_folder(settings);
  if (options.in_files) return Done{};
  const auto& path = settings.store;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return Error{Code::kNotFound, path +
                                      ": there is no store yet; was the server never run with "
                                      "this --data folder?"};
  }
  auto opened = store::open_sqlite_store(path, source.clock);
  if (!opened) return opened.error();
  source.store = std::move(*opened);
  return Done{};
}

Status read_filter(AttemptsOptions& options, std::int64_t now_ms) {
  auto& filter = options.filter;
  attempts::ask_for_session(options.session, filter);
  for (const auto& [text, ms] :
       {std::pair{&options.since, &filter.since_ms}, std::pair{&options.until, &filter.until_ms}}) {
    if (text->empty()) continue;
    const auto time = attempts::time_named(*text, now_ms);
    if (!time) return time.error();
    *ms = *time;
  }
  return Done{};
}

// Goes through all that the options ask for.
Status each(const AppOptions& app, AttemptsOptions& options, const attempts::Visit& visit) {
  Source source;
  const auto now_ms = source.clock.wall_now().time_since_epoch().count();
  if (const auto good = read_filter(options, now_ms); !good) return good;
  if (const auto opened = open(app, options, source); !opened) return opened;
  const auto read = source.store ? attempts::from_store(*source.store, options.filter, visit)
                                 : attempts::from_files(source.files, options.filter, visit);
  if (!read) return read.error();
  if (read->passed_over > 0) {
    std::cerr << read->passed_over << " lines are none of the log's and were passed over\n";
  }
  return Done{};
}

int list(const AppOptions& app, AttemptsOptions& options) {
  const auto style = Style::for_stdout();
  std::size_t count = 0;
  const auto done = each(app, options, [&](const Attempt& attempt, std::string_view line) {
    if (options.json) {
      std::cout << (count == 0 ? "[\n" : ",\n") << line;
    } else {
      print_attempt(style, attempt);
    }
    ++count;
  });
  if (!done) return attempts_refused(done.error());
  if (options.json) std::cout << (count == 0 ? "[]\n" : "\n]\n");
  if (!options.json && count == 0) std::cout << "no such attempts\n";
  return kGood;
}

int summary(const AppOptions& app, AttemptsOptions& options) {
  attempts::Summary summary;
  const auto done =
      each(app, options, [&](const Attempt& attempt, std::string_view) { summary.add(attempt); });
  if (!done) return attempts_refused(done.error());
  summary.finish();
  if (options.json) {
    std::cout << summary.json() << "\n";
  } else if (summary.turns() == 0) {
    std::cout << "no such attempts\n";
  } else {
    print_summary(Style::for_stdout(), summary);
  }
  return kGood;
}

int show(const AppOptions& app, AttemptsOptions& options) {
  std::vector<Attempt> found;
  const auto done = each(
      app, options, [&](const Attempt& attempt, std::string_view) { found.push_back(attempt); });
  if (!done) return attempts_refused(done.error());
  if (found.empty()) {
    std::cerr << "dugout: nothing is logged of the turn "
              << Style(false).markdown(options.filter.turn)
              << ": there was none, it is past its time, or no model was asked in it\n";
    return kFindings;
  }
  if (options.json) {
    std::cout << attempts::explanation_json(found) << "\n";
    return kGood;
  }
  const auto style = Style::for_stdout();
  for (const auto& sentence : attempts::sentences(found))
    std::cout << style.markdown(sentence) << "\n";
  return kGood;
}

CLI::Validator outcome_name() {
  return CLI::Validator(
      [](std::string& text) {
        const std::string own[] = {"failed", "ok", "tool_calls", "cache_hit", "cancelled"};
        const bool known = std::find(std::begin(own), std::end(own), text) != std::end(own) ||
                           pipeline::class_named(text).has_value();
        return known ? std::string()
                     : "\"" + text +
                           "\" is none; such as failed, ok, cache_hit, cancelled, rate_limit, "
                           "timeout, server, invalid_json";
      },
      "", "");
}

using Shared = std::shared_ptr<AttemptsOptions>;

void add_place(CLI::App& command, const Shared& options) {
  command.add_flag("--json", options->json, "As JSON");
  command
      .add_option_function<std::string>(
          "--file",
          [options](const std::string& path) {
            options->in_files = true;
            options->file = path;
          },
          "Read this file or folder of the log instead of the store; alone: the data folder's")
      ->expected(0, 1)
      ->default_str("");
}

void add_filter(CLI::App& command, const Shared& options) {
  auto& filter = options->filter;
  command.add_option("--session", options->session, "Only of this session, whole or as shown");
  command.add_option("--turn", filter.turn, "Only of this turn");
  command.add_option("--class", filter.outcome, "Only those that ended so, or \"failed\"")
      ->check(outcome_name());
  command.add_option("--target", filter.target, "Only of this model, as PROVIDER/MODEL");
  command.add_option("--call-type", filter.call_type, "Only of this call type");
  command.add_option("--since", options->since, "90s, 30m, 2h, 7d ago, or a time as RFC 3339");
  command.add_option("--until", options->until, "The same, for the end");
  command.add_option("--last", filter.last, "The latest so many; 0 = all");
}

}  // namespace

void add_attempts(CLI::App& app, CommandLine& line) {
  const auto listed = std::make_shared<AttemptsOptions>();
  listed->filter.last = 50;
  auto* all = command(app, "attempts", "What was asked of models, and what came of it",
                      "  dugout attempts --class failed --since 2h\n"
                      "  dugout attempts --target openai_responses/gpt-4.1 --last 200 --json\n"
                      "  dugout attempts summary --since 24h\n"
                      "  dugout attempts show turn_0123456789abcdef0123456789abcdef",
                      line);
  all->require_subcommand(0, 1);
  add_filter(*all, listed);
  add_place(*all, listed);
  all->callback([all, listed, &line] {
    if (!all->get_subcommands().empty()) return;
    line.run = [listed, &line] { return list(line.app, *listed); };
  });

  const auto summed = std::make_shared<AttemptsOptions>();
  auto* sum = command(*all, "summary", "Success, waste, cost and waits by target and by class",
                      "  dugout attempts summary --since 24h\n"
                      "  dugout attempts summary --file var/attempts --json",
                      line);
  add_filter(*sum, summed);
  add_place(*sum, summed);
  sum->callback(
      [summed, &line] { line.run = [summed, &line] { return summary(line.app, *summed); }; });

  const auto shown = std::make_shared<AttemptsOptions>();
  auto* one = command(*all, "show", "Explain one answer: which model, which attempts, which checks",
                      "  dugout attempts show turn_0123456789abcdef0123456789abcdef", line);
  one->add_option("turn", shown->filter.turn, "The turn, as X-Dugout-Turn or the log names it")
      ->required();
  add_place(*one, shown);
  one->callback([shown, &line] { line.run = [shown, &line] { return show(line.app, *shown); }; });
}

}  // namespace dugout::cli
