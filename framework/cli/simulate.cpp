// `dugout simulate`: plays conversation files and compares; walks all paths of a flow (walk.cpp).
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/conversation.hpp"
#include "cli/stage.hpp"
#include "cli/terminal.hpp"
#include "cli/walk.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace dugout::cli {
namespace {

using core::Json;

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return "[" + out + "]";
}

class Play {
 public:
  Play(const Script& script, Stage& stage, bool verbose)
      : script_(script), stage_(stage), verbose_(verbose) {}

  // What did not come out as the script says.
  std::vector<std::string> run() {
    for (const auto& turn : script_.turns) take(turn);
    compare_record();
    for (const auto& row : script_.rows) compare_rows(row);
    return failures_;
  }

 private:
  void fail(int line, const std::string& what) {
    failures_.push_back(script_.file + ":" + std::to_string(line) + ": " + what);
  }

  void take(const ScriptTurn& turn) {
    if (!turn.session.empty()) session_ = "session-" + turn.session;
    orchestrator::ChatRequest request;
    request.session_id = session_;
    request.user_message = turn.say;
    if (!turn.photo.empty()) {
      request.upload =
          orchestrator::Upload{make_photo(turn.photo, stage_.folder() + "/uploads"), "photo"};
    }
    stage_.tools().forget();
    const int before = stage_.model() == nullptr ? 0 : stage_.model()->requests();
    if (stage_.model() != nullptr) stage_.model()->script({turn.model.begin(), turn.model.end()});
    const auto reply = stage_.orchestrator().chat(request);
    if (!reply) {
      fail(turn.line, "the turn failed: " + reply.error().message);
      return;
    }
    if (verbose_) show(turn, *reply);
    compare(turn, *reply);
    if (stage_.model() != nullptr && stage_.model()->left() > 0) {
      fail(turn.line,
           std::to_string(stage_.model()->left()) + " answers of the script were not asked for");
    }
    const int asked = stage_.model() == nullptr ? 0 : stage_.model()->requests() - before;
    if (turn.requests && asked != *turn.requests) {
      fail(turn.line, "expected " + std::to_string(*turn.requests) +
                          " requests to the model, got " + std::to_string(asked));
    }
  }

  void show(const ScriptTurn& turn, const orchestrator::ChatReply& reply) {
    std::cout << style_.dim("  > " + (turn.say.empty() ? "(photo " + turn.photo + ")" : turn.say))
              << "\n  "
              << style_.voice(reply.routine_number ? std::to_string(*reply.routine_number) : "-")
              << " " << style_.markdown(reply.response) << "\n";
  }

  void compare(const ScriptTurn& turn, const orchestrator::ChatReply& reply) {
    const auto at = reply.routine_number.value_or(0);
    if (turn.routine && *turn.routine != at) {
      fail(turn.line, "expected routine " + std::to_string(*turn.routine) + ", got " +
                          std::to_string(at) + " after \"" + turn.say +
                          "\"; the reply was: " + reply.response);
    }
    if (!turn.agent.empty() && turn.agent != reply.last_agent) {
      fail(turn.line, "expected agent " + turn.agent + ", got " + reply.last_agent);
    }
    const auto said = core::plain(reply.response);
    for (const auto& text : turn.contains) {
      if (said.find(core::plain(text)) == said.npos)
        fail(turn.line, "the reply lacks \"" + text + "\": " + reply.response);
    }
    for (const auto& text : turn.lacks) {
      if (said.find(core::plain(text)) != said.npos)
        fail(turn.line, "the reply has \"" + text + "\": " + reply.response);
    }
    if (turn.tools && *turn.tools != stage_.tools().ran()) {
      fail(turn.line,
           "expected tools " + listed(*turn.tools) + ", got " + listed(stage_.tools().ran()));
    }
  }

  void compare_record() {
    const auto text = stage_.orchestrator().record(session_);
    const auto record = text ? core::parse_json(*text) : Outcome<Json>(text.error());
    if (!record) return fail(0, "the record cannot be read");
    for (const auto& [field, value] : script_.record) {
      const auto got = core::member(*record, field, "(unset)");
      if (got != value)
        fail(0, "record." + field + ": expected \"" + value + "\", got \"" + got + "\"");
    }
    for (const auto& field : script_.unset) {
      if (record->contains(field))
        fail(0,
             "record." + field + " should be unset, is \"" + core::member(*record, field) + "\"");
    }
  }

  void compare_rows(const RowCheck& check) {
    const auto text = stage_.store().find_rows(check.table, check.where);
    const auto rows = text ? core::parse_json(*text) : Outcome<Json>(text.error());
    if (!rows) return fail(check.line, "table " + check.table + " cannot be read");
    if (check.count && static_cast<int>(rows->size()) != *check.count) {
      fail(check.line, "table " + check.table + ": expected " + std::to_string(*check.count) +
                           " rows, got " + std::to_string(rows->size()));
    }
    if (rows->empty() && !check.members.empty()) {
      fail(check.line, "table " + check.table + " has no row to compare");
    }
    for (const auto& row : *rows) {
      for (const auto& [member, value] : check.members) {
        const auto got = core::member(row, member, "(unset)");
        if (got != value)
          fail(check.line,
               check.table + "." + member + ": expected \"" + value + "\", got \"" + got + "\"");
      }
    }
  }

  const Script& script_;
  Stage& stage_;
  const bool verbose_;
  const Style style_ = Style::for_stdout();
  std::string session_ = "session-a";
  std::vector<std::string> failures_;
};

bool is_scripted(const Script& script) {
  for (const auto& turn : script.turns) {
    if (!turn.model.empty() || turn.requests) return true;
  }
  return false;
}

int play(const AppOptions& options, const std::string& file, bool verbose) {
  core::Findings findings;
  const auto script = load_script(file, findings);
  if (report(findings) || !script) return kFindings;
  Stage stage(options, script->clock_ms, is_scripted(*script), findings);
  if (report(findings) || !stage.ready()) return kFindings;
  const auto failures = Play(*script, stage, verbose).run();
  const auto style = Style::for_stdout();
  std::cout << (failures.empty() ? style.good("pass") : style.bad("FAIL")) << "  " << script->name
            << "  " << style.dim(std::to_string(script->turns.size()) + " turns") << "\n";
  for (const auto& failure : failures) std::cout << "  " << failure << "\n";
  return failures.empty() ? kGood : kFindings;
}

}  // namespace

int simulate(const AppOptions& options, const SimulateOptions& simulate_options) {
  if (simulate_options.files.empty() && !simulate_options.all_paths) {
    std::cerr << "simulate needs conversation files, or --all-paths\n";
    return kUsage;
  }
  int code = kGood;
  for (const auto& file : simulate_options.files) {
    code = std::max(code, play(options, file, simulate_options.verbose));
  }
  if (simulate_options.all_paths) {
    code = std::max(code, walk_all_paths(options, simulate_options.flow, simulate_options.verbose));
  }
  return code;
}

}  // namespace dugout::cli
