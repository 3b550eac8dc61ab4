// The commands of the program. Each takes the shared options and its own, and gives an exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/app.hpp"

namespace dugout::cli {

int serve(const AppOptions& options);
int reload(const AppOptions& options, bool json);

struct ChatOptions {
  std::string session;  // go on with this one
};
int chat(const AppOptions& options, const ChatOptions& chat);

int check(const AppOptions& options);

struct GraphOptions {
  std::string flow = "new_registration";
  std::string format = "mermaid";  // dot | svg | mermaid
  std::string output;              // a file; empty = stdout
};
int graph(const AppOptions& options, const GraphOptions& graph);

struct SimulateOptions {
  std::vector<std::string> files;
  bool all_paths = false;
  std::string flow = "new_registration";
  bool verbose = false;
};
int simulate(const AppOptions& options, const SimulateOptions& simulate);

int plugin_list(const AppOptions& options, bool json);

struct PluginCheckOptions {
  std::vector<std::string> paths;
  std::string isolation;  // "process", "none"; empty = as the manifest says
  double limit = 10.0;    // s, for each check
  int server = 0;         // the process for which it is done, and with which it ends; 0 = a person
};
int plugin_check(const PluginCheckOptions& check, bool json);
int plugin_new(const std::string& kind, const std::string& name, const std::string& folder);

int tool_list(const AppOptions& options, bool json);
int tool_run(const AppOptions& options, const std::string& name, const std::string& arguments);

struct JobsOptions {
  std::string state, kind;  // of list; empty = all
  std::size_t last = 50;
  std::string name;  // of run: a tool; of retry: a job's id
  bool dry_run = false, json = false;
};
int jobs_list(const AppOptions& options, const JobsOptions& jobs);
int jobs_run(const AppOptions& options, const JobsOptions& jobs);
int jobs_retry(const AppOptions& options, const JobsOptions& jobs);

struct RetentionOptions {
  bool dry_run = false, json = false;
};
int retention_run(const AppOptions& options, const RetentionOptions& retention);

struct SubjectOptions {
  std::string email, phone, session;  // at least one
  std::string output;                 // of export: a file; empty = stdout
  bool yes = false;                   // of erase: do not ask
};
int subject_export(const AppOptions& options, const SubjectOptions& subject);
int subject_erase(const AppOptions& options, const SubjectOptions& subject);

// A completion script for "bash" (also read by zsh's bashcompinit).
int completion(const std::string& shell);

}  // namespace dugout::cli
