// How a command is put on the command line: a name, a sentence, examples, the options all share.
// Each group of commands adds itself; main.cpp lists the groups. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace dugout::cli {

// What the command line said. A command's callback sets `run`; the options of a command that are
// not here live as long as its callback.
struct CommandLine {
  AppOptions app;
  ChatOptions chat;
  GraphOptions graph;
  SimulateOptions simulate;
  JobsOptions jobs;
  RetentionOptions retention;
  SubjectOptions subject;
  PluginCheckOptions plugin_check;
  std::string kind, name, folder, tool, arguments = "{}", shell = "bash", log_level, log_format;
  bool json = false;
  std::function<int()> run;
};

// A command below `app` with its examples, and the options that all commands share.
CLI::App* command(CLI::App& app, const std::string& name, const std::string& what,
                  const std::string& examples, CommandLine& line);

void add_validators(CLI::App& app, CommandLine& line);
void add_attempts(CLI::App& app, CommandLine& line);
void add_chaos(CLI::App& app, CommandLine& line);
void add_tune(CLI::App& app, CommandLine& line);

// The groups, each in the file of its command.
void add_batch(CLI::App& app, CommandLine& line);
void add_estimate(CLI::App& app, CommandLine& line);
void add_config(CLI::App& app, CommandLine& line);
void add_token(CLI::App& app, CommandLine& line);
void add_audit(CLI::App& app, CommandLine& line);
void add_store(CLI::App& app, CommandLine& line);

}  // namespace dugout::cli
