// The program: parses the command line and calls one command.
#include <iostream>

#include "cli/command_line.hpp"
#include "cli/plugin_child.hpp"

namespace {

using namespace dugout::cli;

void add_conversations(CLI::App& app, CommandLine& line) {
  auto* serve_command =
      command(app, "serve", "Serve the chat over HTTP",
              "  dugout serve\n  dugout serve --listen 127.0.0.1:0 --data var", line);
  serve_command->add_option("--listen", line.app.listen,
                            "Address and port; port 0 takes a free one");
  serve_command->callback([&] { line.run = [&] { return serve(line.app); }; });

  auto* reload_command =
      command(app, "reload", "Let the running server read its files anew, and say what came of it",
              "  dugout reload\n  dugout reload --data /srv/club/var --json", line);
  reload_command->add_flag("--json", line.json, "As JSON");
  reload_command->callback([&] { line.run = [&] { return reload(line.app, line.json); }; });

  auto* chat_command = command(app, "chat", "Chat in the terminal",
                               "  dugout chat\n  dugout chat --session ses_0123\n"
                               "  printf '200-lions-u9-2526\\nHelen Barlow\\n' | dugout chat",
                               line);
  chat_command->add_option("--session", line.chat.session, "Go on with an earlier session");
  chat_command->add_flag("--offline", line.app.offline,
                         "Use no model provider, even with a key set");
  chat_command->callback([&] { line.run = [&] { return chat(line.app, line.chat); }; });

  auto* simulate_command = command(
      app, "simulate", "Play conversations against the understudy, and compare what comes out",
      "  dugout simulate tests/e2e/conversations/run_a.yaml\n  dugout simulate --all-paths", line);
  simulate_command->add_option("files", line.simulate.files, "Conversation files (YAML)");
  simulate_command->add_flag("--all-paths", line.simulate.all_paths,
                             "Walk every edge of the flow and report coverage");
  simulate_command->add_option("--flow", line.simulate.flow, "The flow to walk");
  simulate_command->add_flag("-v,--verbose", line.simulate.verbose, "Show what is said");
  simulate_command->callback([&] { line.run = [&] { return simulate(line.app, line.simulate); }; });
}

void add_editing(CLI::App& app, CommandLine& line) {
  command(app, "check", "Check settings, plugins, agents and routines; exit 1 with findings",
          "  dugout check\n  dugout check --root my-club", line)
      ->callback([&] { line.run = [&] { return check(line.app); }; });

  auto* graph_command =
      command(app, "graph", "Draw a flow",
              "  dugout graph --format svg -o flow.svg\n  dugout graph --format mermaid", line);
  graph_command->add_option("flow", line.graph.flow, "The flow (default: new_registration)");
  graph_command->add_option("--format", line.graph.format, "dot, svg (needs Graphviz) or mermaid")
      ->check(CLI::IsMember({"dot", "svg", "mermaid"}));
  graph_command->add_option("-o,--output", line.graph.output, "Write to this file");
  graph_command->callback([&] { line.run = [&] { return graph(line.app, line.graph); }; });
}

void add_plugins(CLI::App& app, CommandLine& line) {
  auto* plugin = app.add_subcommand("plugin", "List, check and start plugins");
  plugin->require_subcommand(1);
  auto* list = command(*plugin, "list", "Which plugins are there, and which were refused and why",
                       "  dugout plugin list --plugin-path my-plugins", line);
  list->add_flag("--json", line.json, "As JSON");
  list->callback([&] { line.run = [&] { return plugin_list(line.app, line.json); }; });
  auto* check_one =
      plugin->add_subcommand("check", "Run the conformance suite, each plugin in its own process");
  check_one->footer("Examples:\n  dugout plugin check build/release/lib/dugout/plugins/parser.raw");
  check_one->add_option("paths", line.plugin_check.paths, "Plugin folders or libraries")
      ->required();
  check_one
      ->add_option("--isolation", line.plugin_check.isolation,
                   "Where its code runs: process or none (default: as its manifest says)")
      ->check(CLI::IsMember({"process", "none"}));
  check_one
      ->add_option("--limit", line.plugin_check.limit,
                   "Longest time of one check in seconds (10); one that takes longer hangs")
      ->check(CLI::Range(0.1, 3600.0));
  check_one->add_option("--server", line.plugin_check.server)->group("");  // not for people
  check_one->add_flag("--json", line.json, "As JSON");
  check_one->callback(
      [&] { line.run = [&] { return plugin_check(line.plugin_check, line.json); }; });
  auto* fresh = plugin->add_subcommand("new", "Write a new plugin's folder, ready to build");
  fresh->footer("Examples:\n  dugout plugin new parser shouting --folder my-plugins");
  fresh->add_option("kind", line.kind, "parser, recovery, validator or tool")
      ->required()
      ->check(CLI::IsMember({"parser", "recovery", "validator", "tool"}));
  fresh->add_option("name", line.name, "Letters, digits and _")->required();
  fresh->add_option("--folder", line.folder, "Where to put it (default: here)");
  fresh->callback(
      [&] { line.run = [&] { return plugin_new(line.kind, line.name, line.folder); }; });

  auto* tool = app.add_subcommand("tool", "List tools, and run one outside a conversation");
  tool->require_subcommand(1);
  auto* tools = command(*tool, "list", "The tools there are", "  dugout tool list", line);
  tools->add_flag("--json", line.json, "As JSON, with the arguments' schema");
  tools->callback([&] { line.run = [&] { return tool_list(line.app, line.json); }; });
  auto* run = command(
      *tool, "run", "Run one tool",
      "  dugout tool run phone_validation '{\"phone\": \"07700 900 123\", \"kind\": \"mobile\"}'",
      line);
  run->add_option("name", line.tool, "The tool")->required();
  run->add_option("arguments", line.arguments, "Its arguments as JSON");
  run->callback([&] { line.run = [&] { return tool_run(line.app, line.tool, line.arguments); }; });
}

void add_jobs(CLI::App& app, CommandLine& line) {
  auto* jobs =
      app.add_subcommand("jobs", "Work behind the conversation: list it, run it, retry it");
  jobs->require_subcommand(1);
  auto* list = command(*jobs, "list", "The latest jobs",
                       "  dugout jobs list --state failed\n"
                       "  dugout jobs list --kind payment_chasing --json",
                       line);
  list->add_option("--state", line.jobs.state, "Only those: waiting, running, done or failed")
      ->check(CLI::IsMember({"waiting", "running", "done", "failed"}));
  list->add_option("--kind", line.jobs.kind, "Only those of this tool or kind");
  list->add_option("--last", line.jobs.last, "How many (default: 50)");
  list->add_flag("--json", line.jobs.json, "As JSON");
  list->callback([&] { line.run = [&] { return jobs_list(line.app, line.jobs); }; });

  auto* run = command(*jobs, "run", "Run a tool that has a schedule, now",
                      "  dugout jobs run payment_chasing --dry-run\n"
                      "  dugout jobs run subscription_fallback --json",
                      line);
  run->add_option("name", line.jobs.name, "The tool")->required();
  run->add_flag("--dry-run", line.jobs.dry_run, "Change nothing, show what would be done");
  run->add_flag("--json", line.jobs.json, "Its whole answer as JSON");
  run->callback([&] { line.run = [&] { return jobs_run(line.app, line.jobs); }; });

  auto* retry = command(*jobs, "retry", "Give a job that was given up its tries anew",
                        "  dugout jobs retry job_0123456789abcdef0123456789abcdef", line);
  retry->add_option("id", line.jobs.name, "The job, as `dugout jobs list` shows it")->required();
  retry->callback([&] { line.run = [&] { return jobs_retry(line.app, line.jobs); }; });
}

void add_who(CLI::App& command, CommandLine& line) {
  command.add_option("--email", line.subject.email, "Everything in which this email stands");
  command.add_option("--phone", line.subject.phone, "Everything in which this phone number stands");
  command.add_option("--session", line.subject.session, "One conversation and what came of it");
}

void add_privacy(CLI::App& app, CommandLine& line) {
  auto* subject = app.add_subcommand("subject", "One family's data: export it, erase it");
  subject->require_subcommand(1);
  auto* all = command(*subject, "export", "Write all that is kept of a family as JSON",
                      "  dugout subject export --email helen@example.org -o helen.json\n"
                      "  dugout subject export --phone '07700 900123' --email helen@example.org",
                      line);
  add_who(*all, line);
  all->add_option("-o,--output", line.subject.output, "Write to this file, readable for you alone");
  all->callback([&] { line.run = [&] { return subject_export(line.app, line.subject); }; });
  auto* none = command(*subject, "erase", "Remove all that is kept of a family",
                       "  dugout subject erase --email helen@example.org\n"
                       "  dugout subject erase --session ses_0123 --yes",
                       line);
  add_who(*none, line);
  none->add_flag("--yes", line.subject.yes, "Do not ask");
  none->callback([&] { line.run = [&] { return subject_erase(line.app, line.subject); }; });

  auto* retention = app.add_subcommand("retention", "Remove what is past its time");
  retention->require_subcommand(1);
  auto* run = command(*retention, "run", "Do now what the daily job does",
                      "  dugout retention run --dry-run\n  dugout retention run --json", line);
  run->add_flag("--dry-run", line.retention.dry_run, "Change nothing, count what would go");
  run->add_flag("--json", line.retention.json, "As JSON");
  run->callback([&] { line.run = [&] { return retention_run(line.app, line.retention); }; });
}

void read_log(CommandLine& line) {
  using dugout::observability::LogOptions;
  line.app.log_level = dugout::observability::level_named(line.log_level);
  if (line.log_format == "json") line.app.log_format = LogOptions::Format::kJson;
  if (line.log_format == "text") line.app.log_format = LogOptions::Format::kText;
}

}  // namespace

int main(int argc, char** argv) {
  if (is_plugin_child(argc, argv)) return plugin_child();
  CLI::App app("Dugout: plugin-based orchestration for conversational agents", "dugout");
  CommandLine line;
  app.set_version_flag("--version", "dugout " DUGOUT_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 good, 1 findings, 2 usage, 3 environment.\nStart with: dugout chat");
  add_conversations(app, line);
  add_editing(app, line);
  add_plugins(app, line);
  add_jobs(app, line);
  add_privacy(app, line);
  add_validators(app, line);
  add_attempts(app, line);
  add_chaos(app, line);
  add_tune(app, line);
  add_batch(app, line);
  add_estimate(app, line);
  add_config(app, line);
  add_token(app, line);
  add_audit(app, line);
  add_store(app, line);
  auto* complete = app.add_subcommand("completion", "Print a shell completion script");
  complete->footer("Examples:\n  source <(dugout completion bash)");
  complete->add_option("shell", line.shell, "bash")->check(CLI::IsMember({"bash"}));
  complete->callback([&] { line.run = [&] { return completion(line.shell); }; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kGood : kUsage;
  }
  try {
    line.app.serves = app.got_subcommand("serve");
    read_log(line);
    return line.run();
  } catch (const std::exception& error) {
    std::cerr << "dugout: " << error.what() << "\n";
    return kEnvironment;
  }
}
