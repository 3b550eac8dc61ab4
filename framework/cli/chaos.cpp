// `dugout chaos`: the fault bench over scenario files, each in three modes of recovery.
#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "chaos/bench.hpp"
#include "cli/command_line.hpp"
#include "cli/serving.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"

namespace dugout::cli {
namespace {

namespace fs = std::filesystem;
using chaos::Measured;
using chaos::Mode;
using chaos::Scenario;
using core::Json;

struct ChaosOptions {
  std::vector<std::string> files;
  unsigned seed = 1;
  std::string format = "text", mode;
  bool live = false;
};

constexpr long long kStartMs = 1'759'320'000'000;  // 2025-10-01 12:00 UTC, within the season

// In memory where there is such a folder: thousands of turns are stored, and none is worth keeping.
std::string fresh_folder() {
  std::error_code error;
  const fs::path memory("/dev/shm");
  const auto parent = fs::is_directory(memory, error) ? memory : fs::temp_directory_path();
  return (parent / core::new_id("dugout_chaos_")).string();
}

// The one that is asked for, or a fresh one that goes with the object.
class OwnFolder {
 public:
  explicit OwnFolder(const std::string& asked)
      : fresh_(asked.empty()), path_(fresh_ ? fresh_folder() : asked) {}
  ~OwnFolder() {
    std::error_code ignored;  // what is left in a temporary folder harms nobody
    if (fresh_) fs::remove_all(path_, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  const bool fresh_;
  const std::string path_;
};

std::string url_of(const std::string& provider) {
  return "http://" + provider + ".invalid/v1";
}

// Each provider of the settings, by the address that the faulty one is asked under.
std::map<std::string, std::string> urls_of(const config::Settings& settings) {
  std::map<std::string, std::string> urls;
  for (const auto& [name, provider] : settings.providers) urls[url_of(name)] = name;
  return urls;
}

// One product on virtual time, for one run; its folder goes with it.
class Bench {
 public:
  Bench(const AppOptions& options, const Scenario& scenario, Mode mode, unsigned seed,
        core::Findings& findings)
      : scenario_(scenario),
        mode_(mode),
        seed_(seed),
        time_(core::WallTime(std::chrono::milliseconds(kStartMs))),
        random_(seed) {
    auto own = options;
    own.data = folder_.path();
    own.own_data = true;
    own.clock = &time_;
    set_ = std::make_unique<Set>(own, findings);
    if (core::has_errors(findings)) return;
    open(own, findings);
  }

  std::optional<Measured> run() {
    if (app_ == nullptr) return std::nullopt;
    return chaos::run_bench(scenario_, mode_, seed_, app_->orchestrator(), time_, *provider_,
                            lines_);
  }

 private:
  void open(const AppOptions& own, core::Findings& findings) {
    auto provider =
        std::make_unique<chaos::FaultyProvider>(scenario_, time_, seed_, urls_of(set_->settings()));
    provider_ = provider.get();
    Stand stand;
    stand.http = std::move(provider);
    stand.application = chaos::application_of(mode_, set_->application());
    stand.timer = &time_;
    stand.random = &random_;
    stand.attempts = &lines_;
    stand.adjust = [this](orchestrator::OrchestratorOptions& options) {
      for (auto& [name, one] : options.providers) one.base_url = url_of(name);
      chaos::set_mode(mode_, scenario_, options);
    };
    auto app = App::open(*set_, own, findings, std::move(stand));
    if (app) {
      app_ = std::move(*app);
    } else {
      findings.push_back(
          {core::Finding::Severity::kError, folder_.path(), 0, 0, app.error().message, ""});
    }
  }

  const Scenario& scenario_;
  const Mode mode_;
  const unsigned seed_;
  const OwnFolder folder_{""};  // the last to go
  chaos::VirtualTime time_;
  core::SystemRandom random_;
  chaos::AttemptLines lines_;
  std::unique_ptr<Set> set_;
  chaos::FaultyProvider* provider_ = nullptr;  // owned by the app
  std::unique_ptr<App> app_;
};

std::vector<std::string> shipped_scenarios(const AppOptions& options) {
  std::vector<std::string> files;
  core::Findings ignored;
  const Set set(options, ignored);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(set.root() + "/agents/chaos", error)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> cells(const Measured& one) {
  return {core::fixed(one.good * 100.0, 2) + " %",
          core::fixed(one.by_model * 100.0, 1) + " %",
          core::fixed(one.added, 2) + " s",
          core::fixed(one.p95, 1) + " s",
          core::fixed(one.requests_per_turn, 2),
          one.load_in_faults ? core::fixed(*one.load_in_faults * 100.0, 1) + " %" : "-",
          core::fixed(one.wasted_tokens, 0)};
}

const std::vector<std::string> kHead = {"end well",      "by a model",     "added",        "p95",
                                        "requests/turn", "load in faults", "wasted tokens"};

int column_width(std::size_t column) {
  constexpr std::size_t kLeast = 7;  // "123.4 s"
  return static_cast<int>(std::max(kHead[column].size(), kLeast));
}

void print_text(const Measured& one, bool missed, const Style& style) {
  const auto row = cells(one);
  std::ostringstream line;
  line << "  " << std::left << std::setw(12) << chaos::name_of(one.mode) << std::right;
  for (std::size_t i = 0; i < row.size(); ++i) {
    line << "  " << std::setw(column_width(i)) << row[i];
  }
  std::cout << (missed ? style.bad(line.str()) : line.str()) << std::endl;
}

void print_head(const Scenario& scenario, const Style& style) {
  std::cout << "\n" << style.bold(scenario.name) << "  " << scenario.about << "\n";
  std::ostringstream line;
  line << "  " << std::setw(12) << "";
  for (std::size_t i = 0; i < kHead.size(); ++i) {
    line << "  " << std::setw(column_width(i)) << kHead[i];
  }
  std::cout << style.dim(line.str()) << std::endl;
}

void print_markdown(const std::vector<Measured>& all) {
  std::cout << "| scenario | mode |";
  for (const auto& head : kHead) std::cout << " " << head << " |";
  std::cout << "\n| --- | --- |";
  for (std::size_t i = 0; i < kHead.size(); ++i) std::cout << " ---: |";
  std::cout << "\n";
  for (const auto& one : all) {
    std::cout << "| " << one.scenario << " | " << chaos::name_of(one.mode) << " |";
    for (const auto& cell : cells(one)) std::cout << " " << cell << " |";
    std::cout << "\n";
  }
}

void print_json(const std::vector<Measured>& all) {
  Json out = Json::array();
  for (const auto& one : all) {
    out.push_back({{"scenario", one.scenario},
                   {"mode", chaos::name_of(one.mode)},
                   {"turns", one.turns},
                   {"good", one.good},
                   {"by_model", one.by_model},
                   {"mean_s", one.mean},
                   {"p50_s", one.p50},
                   {"p95_s", one.p95},
                   {"p99_s", one.p99},
                   {"added_s", one.added},
                   {"requests_per_turn", one.requests_per_turn},
                   {"load_in_faults", one.load_in_faults ? Json(*one.load_in_faults) : Json()},
                   {"wasted_tokens_per_turn", one.wasted_tokens}});
  }
  std::cout << out.dump(2) << "\n";
}

void show_progress(const Scenario& scenario, Mode mode, std::size_t done, std::size_t all) {
  if (!stderr_is_terminal()) return;
  std::cerr << "\r\033[K" << done + 1 << "/" << all << "  " << scenario.name << ", "
            << chaos::name_of(mode) << " ..." << std::flush;
}

class ChaosRun {
 public:
  ChaosRun(const AppOptions& app, const ChaosOptions& options, std::vector<Scenario> scenarios)
      : app_(app), options_(options), scenarios_(std::move(scenarios)) {}

  int all() {
    for (const auto& scenario : scenarios_) {
      if (text()) print_head(scenario, style_);
      for (const auto mode : modes()) {
        if (!one(scenario, mode)) return kEnvironment;
      }
    }
    if (options_.format == "markdown") print_markdown(measured_);
    if (options_.format == "json") print_json(measured_);
    for (const auto& text : missed_)
      std::cerr << Style::for_stderr().bad("missed") << " " << text << "\n";
    return missed_.empty() ? kGood : kFindings;
  }

 private:
  bool text() const { return options_.format == "text"; }
  std::vector<Mode> modes() const {
    if (options_.mode == "none") return {Mode::kNone};
    if (options_.mode == "plain") return {Mode::kPlain};
    if (options_.mode == "all") return {Mode::kAll};
    return {std::begin(chaos::kModes), std::end(chaos::kModes)};
  }

  bool one(const Scenario& scenario, Mode mode) {
    show_progress(scenario, mode, measured_.size(), scenarios_.size() * modes().size());
    core::Findings findings;
    auto measured = Bench(app_, scenario, mode, options_.seed, findings).run();
    if (stderr_is_terminal()) std::cerr << "\r\033[K";
    if (report(findings) || !measured) return false;
    auto missed =
        mode == Mode::kAll ? chaos::missed(scenario, *measured) : std::vector<std::string>();
    if (text()) print_text(*measured, !missed.empty(), style_);
    measured_.push_back(*measured);
    missed_.insert(missed_.end(), missed.begin(), missed.end());
    return true;
  }

  const AppOptions& app_;
  const ChaosOptions& options_;
  const std::vector<Scenario> scenarios_;
  const Style style_ = Style::for_stdout();
  std::vector<Measured> measured_;
  std::vector<std::string> missed_;
};

// The scenario on the machine's own time, in a server that can be looked at: its dashboard shows
// what the faults do while they last. It goes on after the last parent, until it is stopped.
int chaos_live(const AppOptions& app, const ChaosOptions& options) {
  const StopSignals signals;
  core::Findings findings;
  if (options.files.size() != 1) {
    std::cerr << "--live plays one scenario: name its file\n";
    return kUsage;
  }
  const auto scenario = chaos::load_scenario(options.files.front(), findings);
  if (report(findings) || !scenario) return kFindings;
  std::error_code unreadable;  // a folder that cannot be looked at is refused by the store itself
  if (!app.data.empty() && fs::exists(app.data + "/dugout.db", unreadable)) {
    std::cerr << app.data << " holds a store already; its sessions are no place for made-up ones. "
              << "Name another --data, or none\n";
    return kUsage;
  }
  const OwnFolder folder(app.data);
  auto own = app;
  own.data = folder.path();
  own.own_data = true;
  own.serves = true;
  Set set(own, findings);
  if (report(findings)) return kFindings;
  if (!set.settings().has_operators()) std::cerr << "set DUGOUT_ADMIN_TOKEN to see the dashboard\n";
  auto provider = std::make_unique<chaos::FaultyProvider>(*scenario, set.clock(), options.seed,
                                                          urls_of(set.settings()));
  const auto& asked = *provider;  // owned by the app from here on
  chaos::AttemptLines lines;
  Watchers watchers(set);
  Stand stand;
  stand.http = std::move(provider);
  stand.attempts = &lines;
  stand.telemetry = &watchers.telemetry();
  stand.adjust = [&](orchestrator::OrchestratorOptions& chosen) {
    for (auto& [name, one] : chosen.providers) one.base_url = url_of(name);
    chaos::set_mode(Mode::kAll, *scenario, chosen);
  };
  auto product = App::open(set, own, findings, std::move(stand));
  if (report(findings)) return kFindings;
  if (!product) {
    std::cerr << product.error().message << "\n";
    return kEnvironment;
  }
  return serve_until_stopped(set, watchers, **product, signals, [&](const core::CancelToken& stop) {
    const auto talks =
        chaos::talk_live(*scenario, options.seed, (*product)->orchestrator(), set.clock(), stop);
    const auto style = Style::for_stdout();
    print_head(*scenario, style);
    print_text(chaos::measure(*scenario, Mode::kAll, talks, asked, lines), false, style);
  });
}

int chaos_run(const AppOptions& app, ChaosOptions options) {
  if (options.live) return chaos_live(app, options);
  if (options.files.empty()) options.files = shipped_scenarios(app);
  core::Findings findings;
  std::vector<Scenario> scenarios;
  for (const auto& file : options.files) {
    if (auto scenario = chaos::load_scenario(file, findings)) scenarios.push_back(*scenario);
  }
  if (report(findings)) return kFindings;
  if (scenarios.empty()) {
    std::cerr << "there is no scenario; name a file, or put one into agents/chaos\n";
    return kEnvironment;
  }
  auto quiet = app;
  quiet.log_level = observability::Level::kError;
  return ChaosRun(quiet, options, std::move(scenarios)).all();
}

}  // namespace

void add_chaos(CLI::App& app, CommandLine& line) {
  auto* made =
      command(app, "chaos", "Let the provider go wrong by scenario, and measure what becomes of it",
              "  dugout chaos\n  dugout chaos agents/chaos/outage.yaml --seed 7\n"
              "  dugout chaos --format markdown\n"
              "  dugout chaos agents/chaos/outage.yaml --live",
              line);
  const auto options = std::make_shared<ChaosOptions>();
  made->add_option("files", options->files, "Scenario files (default: all of agents/chaos)");
  made->add_option("--seed", options->seed, "Of all chance in it; the same seed, the same run");
  made->add_option("--mode", options->mode, "none, plain or all (default: one after the other)")
      ->check(CLI::IsMember({"none", "plain", "all"}));
  made->add_flag("--live", options->live,
                 "One scenario on real time in a server, to watch its dashboard; Ctrl-C stops it");
  made->add_option("--listen", line.app.listen, "Of --live: host:port, port 0 = a free one");
  made->add_option("--format", options->format, "text, json or markdown")
      ->check(CLI::IsMember({"text", "json", "markdown"}));
  made->callback(
      [&line, options] { line.run = [&line, options] { return chaos_run(line.app, *options); }; });
}

}  // namespace dugout::cli
