// `dugout jobs list|run|retry`. Arguments and results of stored jobs are not shown: they hold what
// people told about themselves.
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"
#include "dugout/sdk/dates.hpp"

namespace dugout::cli {
namespace {

using core::Json;

// The set with its store, or the exit code that says why not.
struct OpenedJobs {
  core::Findings findings;
  std::unique_ptr<Set> set;
  std::unique_ptr<jobs::Jobs> jobs;
  int code = kGood;
};

OpenedJobs open(const AppOptions& options) {
  OpenedJobs opened;
  opened.set = std::make_unique<Set>(options, opened.findings);
  if (report(opened.findings)) {
    opened.code = kFindings;
  } else if (const auto store = opened.set->open_store(); !store) {
    std::cerr << store.error().message << "\n";
    opened.code = kEnvironment;
  } else {
    opened.jobs = open_jobs(*opened.set);
  }
  return opened;
}

int job_refused(const Error& error) {
  std::cerr << error.message << "\n";
  if (error.code == Code::kUnavailable) return kEnvironment;
  return error.code == Code::kNotFound || error.code == Code::kNotApplicable ? kUsage : kFindings;
}

const char* state_name(store::JobState state) {
  switch (state) {
    case store::JobState::kWaiting:
      return "waiting";
    case store::JobState::kRunning:
      return "running";
    case store::JobState::kDone:
      return "done";
    default:
      return "failed";
  }
}

Json job_json(const store::Job& job) {
  Json shown{{"id", job.id},
             {"kind", job.kind},
             {"state", state_name(job.state)},
             {"tries", job.tries},
             {"due", sdk::iso_time(job.due_ms)},
             {"created", sdk::iso_time(job.created_ms)},
             {"updated", sdk::iso_time(job.updated_ms)}};
  if (!job.error.empty()) shown["error"] = job.error;
  if (job.lease_ms > 0) shown["leased_until"] = sdk::iso_time(job.lease_ms);
  return shown;
}

std::string coloured(const Style& style, store::JobState state) {
  std::string name = state_name(state);
  name.resize(8, ' ');
  switch (state) {
    case store::JobState::kDone:
      return style.good(name);
    case store::JobState::kFailed:
      return style.bad(name);
    default:
      return style.note(name);
  }
}

void print_job(const Style& style, const store::Job& job) {
  std::cout << coloured(style, job.state) << " " << job.id << "  " << std::left << std::setw(26)
            << job.kind << " ";
  if (job.state == store::JobState::kWaiting) {
    std::cout << "due " << sdk::iso_time(job.due_ms);
  } else {
    std::cout << "at  " << sdk::iso_time(job.updated_ms);
  }
  if (job.tries > 0) std::cout << "  tries " << job.tries;
  if (!job.error.empty()) std::cout << "  " << style.markdown(job.error);
  std::cout << "\n";
}

// Bare texts, numbers as they are; "refused_rows" is "refused rows".
std::string plain_value(const Style& style, const Json& value) {
  return style.markdown(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string label(std::string name) {
  for (auto& c : name) c = c == '_' ? ' ' : c;
  return name;
}

// A tool's data for a person: a line for each member, the items of lists below one another.
void print_data(const Style& style, const Json& data, const std::string& indent) {
  if (!data.is_structured()) {
    std::cout << indent << plain_value(style, data) << "\n";
    return;
  }
  for (const auto& [name, value] : data.items()) {
    const auto head = data.is_array() ? std::string("-") : label(name) + ":";
    if (value.is_structured() && !value.empty()) {
      std::cout << indent << style.markdown(head) << "\n";
      print_data(style, value, indent + "  ");
    } else {
      std::cout << indent << style.markdown(head) << " "
                << (value.is_structured() ? "none" : plain_value(style, value)) << "\n";
    }
  }
}

int print_answer(const std::string& text, const JobsOptions& jobs) {
  const auto answer = core::parse_json(text);
  if (!answer || !answer->is_object()) {
    std::cerr << "the tool gave no usable answer\n";
    return kFindings;
  }
  const bool good = answer->value("ok", false);
  if (jobs.json) {
    std::cout << answer->dump(2) << "\n";
    return good ? kGood : kFindings;
  }
  const auto style = Style::for_stdout();
  if (!good) {
    const auto error = answer->value("error", Json::object());
    std::cout << style.bad("failed") << "  " << jobs.name << ": " << core::member(error, "code")
              << ": " << style.markdown(core::member(error, "message")) << "\n";
    return kFindings;
  }
  std::cout << style.good(jobs.dry_run ? "dry run" : "done") << "  " << jobs.name
            << (jobs.dry_run ? ": nothing was changed; this would be done" : "") << "\n";
  print_data(style, answer->value("data", Json::object()), "  ");
  return kGood;
}

// Says which names there are when this is none.
bool runs_by_clock(const host::Generation& plugins, const std::string& name) {
  const auto tool = plugins.tool(name);
  if (tool != nullptr && tool->declaration().schedule.set()) return true;
  std::string others;
  for (const auto& other : plugins.tool_names()) {
    if (plugins.tool(other)->declaration().schedule.set()) others += " " + other;
  }
  std::cerr << "no tool called " << name << " runs by the clock; "
            << (others.empty() ? "none does" : "there is:" + others) << "\n";
  return false;
}

}  // namespace

int jobs_list(const AppOptions& options, const JobsOptions& jobs) {
  auto opened = open(options);
  if (opened.code != kGood) return opened.code;
  const auto found = opened.jobs->list({jobs.kind, jobs.state, jobs.last});
  if (!found) return job_refused(found.error());
  const auto style = Style::for_stdout();
  Json all = Json::array();
  for (const auto& job : *found) {
    if (jobs.json) {
      all.push_back(job_json(job));
    } else {
      print_job(style, job);
    }
  }
  if (jobs.json) std::cout << all.dump(2) << "\n";
  if (!jobs.json && found->empty()) std::cout << "no such jobs\n";
  return kGood;
}

int jobs_run(const AppOptions& options, const JobsOptions& jobs) {
  auto opened = open(options);
  if (opened.code != kGood) return opened.code;
  if (!runs_by_clock(*opened.set->plugins(), jobs.name)) return kUsage;
  const auto answer = opened.jobs->run_now(jobs.name, jobs.dry_run);
  return answer ? print_answer(*answer, jobs) : job_refused(answer.error());
}

int jobs_retry(const AppOptions& options, const JobsOptions& jobs) {
  auto opened = open(options);
  if (opened.code != kGood) return opened.code;
  if (const auto done = opened.jobs->retry(jobs.name); !done) return job_refused(done.error());
  std::cout << Style::for_stdout().good("waiting") << "  " << jobs.name
            << "; a running `dugout serve` takes it up\n";
  return kGood;
}

}  // namespace dugout::cli
