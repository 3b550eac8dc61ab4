// `dugout batch`: many chat requests from a file, run in this process by the same orchestrator as
// the server's. A run that was stopped or killed is gone on with: what has a result is skipped, and
// what was under way is told the reply it got, because its message id is the same again.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

#include "cli/batch_output.hpp"
#include "cli/command_line.hpp"
#include "cli/terminal.hpp"
#include "core/files.hpp"
#include "core/text.hpp"
#include "http/batch_body.hpp"
#include "orchestrator/batch.hpp"

namespace dugout::cli {
namespace {

using http::BatchEntry;

struct BatchOptions {
  std::string file, output;
  int concurrency = 8;
};

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

// The first signal lets the calls under way end; the second ends the program.
void listen_to_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked.store(true); };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

http::Problem repeated_id(std::size_t line) {
  http::Problem problem;
  problem.status = 422;
  problem.title = "An id is there twice";
  problem.pointer = "/id";
  problem.detail =
      "Line " + std::to_string(line) + " has the same id; results are told apart by it.";
  return problem;
}

// The same for the same line of the same file, whenever it is run. A call without a session gets
// one of its own in the same way, or a repeat would start a second conversation.
void name_ids(BatchEntry& entry, std::string_view file, std::string_view text) {
  const auto place = entry.id.empty() ? std::to_string(entry.index) : entry.id;
  const auto name =
      "batch_" + core::stable_hash(text) + core::stable_hash(std::string(file) + "\n" + place);
  auto& request = entry.request;
  if (request.session_id.empty()) request.session_id = name;
  if (request.client_message_id.empty()) request.client_message_id = name;
}

// The calls of a file: blank lines do not count.
std::vector<BatchEntry> read_calls(std::string_view text, std::string_view file) {
  std::vector<BatchEntry> entries;
  std::map<std::string, std::size_t> lines;  // by id
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto content = core::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty()) continue;
    auto entry = http::read_line(content, entries.size(), line);
    if (!entry.id.empty()) {
      const auto [first, fresh] = lines.emplace(entry.id, line);
      if (!fresh) {
        entry.problem = repeated_id(first->second);
        entry.id.clear();
      }
    }
    if (!entry.problem) name_ids(entry, file, content);
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Counts on one line of stderr, at a terminal only.
class BatchProgress {
 public:
  explicit BatchProgress(std::size_t all) : all_(all), shown_(stderr_is_terminal() && all > 0) {}

  void show(std::size_t good, std::size_t failed) const {
    if (!shown_) return;
    constexpr std::size_t kCells = 30;
    const auto done = good + failed;
    const auto cells = std::min(kCells, done * kCells / all_);
    std::cerr << "\r[" << std::string(cells, '#') << std::string(kCells - cells, '.') << "] "
              << done << "/" << all_ << "  " << style_.good(std::to_string(good) + " good") << "  "
              << (failed > 0 ? style_.bad(std::to_string(failed) + " failed") : "0 failed") << " "
              << std::flush;
  }
  void end() const {
    if (shown_) std::cerr << "\n";
  }

 private:
  const std::size_t all_;
  const bool shown_;
  const Style style_ = Style::for_stderr();
};

// Runs what has no result yet, and writes each result as it comes.
class BatchRun {
 public:
  BatchRun(const std::vector<BatchEntry>& entries, BatchOutput& output)
      : entries_(entries),
        output_(output),
        progress_(entries.size()),
        good_(output.good_before()),
        failed_(output.failed_before()) {}

  int go(orchestrator::Orchestrator& orchestrator, int concurrency) {
    progress_.show(good_, failed_);
    std::vector<orchestrator::BatchCall> calls;
    for (const auto& entry : entries_) {
      if (output_.has(entry.id, entry.index)) continue;
      if (!entry.problem) {
        calls.push_back({entry.index, entry.request});
      } else if (may_begin()) {
        note(false, http::problem_line(entry, *entry.problem));
      }
    }
    orchestrator::BatchPlan plan;
    plan.workers = concurrency;
    plan.may_begin = [this] { return may_begin(); };
    plan.finished = [this](std::size_t index, const Outcome<orchestrator::ChatReply>& reply) {
      note(reply.ok(), http::result_line(entries_[index], reply));
    };
    orchestrator::run_batch(orchestrator, std::move(calls), plan);
    progress_.end();
    return result();
  }

 private:
  bool may_begin() const { return !stop_asked.load() && !broken_; }

  void note(bool good, const std::string& line) {
    broken_ = broken_ || !output_.write(line);
    ++(good ? good_ : failed_);
    progress_.show(good_, failed_);
  }

  int result() const {
    const auto done = good_ + failed_;
    if (broken_) {
      std::cerr << "cannot write a result: the disk is full, or nobody reads\n";
      return kEnvironment;
    }
    if (done < entries_.size()) {
      std::cerr << "stopped: " << done << " of " << entries_.size()
                << " calls have a result; with -o, the same command goes on from there\n";
      return kFindings;
    }
    if (failed_ > 0) std::cerr << failed_ << " of " << done << " calls failed\n";
    return failed_ == 0 ? kGood : kFindings;
  }

  const std::vector<BatchEntry>& entries_;
  BatchOutput& output_;
  const BatchProgress progress_;
  std::size_t good_, failed_;
  bool broken_ = false;
};

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return in.bad() ? std::nullopt : std::optional(std::move(text));
}

// The name a file is known by: also from another folder it is the same.
std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Goes into the names of sessions, so that nobody who knows a line can work out whose session it
// made. Kept with the data, as a repeat has to come to the same names.
Outcome<std::string> folder_secret(const std::string& data) {
  const auto path = data + "/batch_secret";
  if (auto known = content_of(path); known && !known->empty()) return *known;
  std::error_code error;
  std::filesystem::create_directories(data, error);
  auto fresh = core::new_id("");
  if (const auto written = core::write_private(path, fresh); !written) {
    return Error{Code::kUnavailable, path + ": " + written.error().message};
  }
  return fresh;
}

int run_batch(const AppOptions& app_options, const BatchOptions& options) {
  const auto text = content_of(options.file);
  if (!text) {
    std::cerr << "cannot read " << options.file << "\n";
    return kUsage;
  }
  BatchOutput output;
  if (const auto opened = output.open(options.output); !opened) {
    std::cerr << opened.error().message << "\n";
    return opened.error().code == Code::kUnavailable ? kEnvironment : kUsage;
  }
  core::Findings findings;
  Set set(app_options, findings);
  if (report(findings)) return kFindings;
  const auto secret = folder_secret(set.settings().data);
  if (!secret) {
    std::cerr << secret.error().message << "\n";
    return kEnvironment;
  }
  const auto entries = read_calls(*text, *secret + name_of(options.file));
  auto app = App::open(set, app_options, findings);
  if (report(findings)) return kFindings;
  if (!app) {
    std::cerr << app.error().message << "\n";
    return kEnvironment;
  }
  listen_to_signals();
  return BatchRun(entries, output).go((*app)->orchestrator(), options.concurrency);
}

}  // namespace

void add_batch(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<BatchOptions>();
  auto* made = command(
      app, "batch", "Run many chat requests from a file, several at once; exit 1 if any failed",
      "  dugout batch calls.jsonl -o results.jsonl\n"
      "  dugout batch calls.jsonl --concurrency 4 --offline | jq .reply.response\n"
      "A line: {\"user_message\": \"...\", \"id\"?, \"session_id\"?, \"client_message_id\"?}.\n"
      "Calls of one session run in their order. After a stop, the same command with -o goes on:\n"
      "what has a result is skipped, and no call takes effect twice.",
      line);
  made->add_option("file", options->file, "The calls, one JSON object a line")->required();
  made->add_option("-o,--output", options->output,
                   "Add the results to this file, and skip what it has (default: stdout)");
  made->add_option("--concurrency", options->concurrency, "Calls at once, 1 to 256 (default: 8)")
      ->check(CLI::Range(1, 256));
  made->add_flag("--offline", line.app.offline, "Use no model provider, even with a key set");
  made->callback(
      [options, &line] { line.run = [options, &line] { return run_batch(line.app, *options); }; });
}

}  // namespace dugout::cli
