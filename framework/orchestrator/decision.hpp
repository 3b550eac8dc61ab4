// The server's part of a turn: proposed values are checked, tools of the routine are called, and
// the next routine is computed from the routine's rules. The model's words move nothing by
// themselves. One Decider per turn, one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "orchestrator/draft.hpp"
#include "orchestrator/field_check.hpp"
#include "orchestrator/tool_runner.hpp"
#include "routines/model.hpp"

namespace dugout::orchestrator {

struct Correction;
using Proposals = std::map<std::string, std::string>;  // field -> raw text

struct Refusal {
  std::string field;
  std::string reason;  // for the model or the operator
  std::string say;     // for the user
};

struct Verdict {
  Draft draft;
  int to = 0;       // the routine whose ask is now open
  std::string say;  // the substance of the reply, in the understudy's words
  std::optional<Refusal> refused;
  std::string missing;    // the field that is still to be asked for; empty = none
  int refusals = 0;       // refused answers in a row, this one included
  bool accepted = false;  // all the routine wanted was there, and its rules were followed
  // `say` tells what only the server knows: a tool that failed, or values that came from tools,
  // rules or a correction in this turn. A model that was not told must not speak in its place.
  bool news = false;
  std::vector<std::pair<int, int>> path;      // the edges taken, in order: from, to
  std::map<std::string, core::Json> results;  // tool -> {"ok","data"/"error"}, for the model
};

class Decider {
 public:
  // `text`: the user's message, or the path of the uploaded file for a `file` field.
  Decider(const routines::Flow& flow, ToolRunner& tools, Draft base, int routine, int refusals,
          std::string turn, std::string text, bool upload);

  // What follows from these proposals. Equal proposals give the same verdict without running
  // anything twice; once a tool with an effect has run, the turn's values are settled and every
  // later proposal gets the verdict that ran it. [worker]
  const Verdict& decide(const Proposals& proposals);

  // What the person has said earlier, beside `text`: details that a model proposes must stand in it
  // (grounding.hpp). Before the first decide().
  void heard(std::vector<std::string> messages) {
    heard_.insert(heard_.begin(), messages.begin(), messages.end());
  }

  // The verdict that stands because a tool with an effect has run; nullptr: none has.
  const Verdict* settled() const { return settled_; }

  // The proposals the user's text makes by itself, without a model.
  Proposals read_text(int routine, const Draft& draft) const;

  const Draft& base() const { return base_; }
  int routine() const { return routine_; }
  const routines::Flow& flow() const { return flow_; }
  bool upload() const { return upload_; }
  const std::string& text() const { return text_; }

 private:
  // Where a correction leads, instead of the rules of the routine that took it.
  struct Detour {
    int go = 0;
    std::string say;
    Proposals carried;
  };
  // How taking an answer ended.
  enum class Taken { kYes, kNo, kMissing };

  Verdict evaluate(const Proposals& proposals);
  bool corrects_late() const;
  bool corrects_early() const;
  // On the way back from an early correction: asks what was open, or passes what is answered.
  bool comes_back(Verdict& verdict, const routines::Routine& routine, const std::string& said);
  // Where a correction goes that came while an earlier question was open; 0 = the rules decide.
  int way_back(const Verdict& verdict, const routines::Routine& routine) const;
  void answer(Verdict& verdict, const routines::Routine& routine, const Proposals& proposals,
              const std::string& said);
  bool collect(Verdict& verdict, const routines::Routine& routine, const Proposals& proposals);
  Taken take(Verdict& verdict, const routines::Routine& routine, const routines::Field& field,
             const std::string& raw, Checked& checked);
  Taken take_correction(Verdict& verdict, const routines::Routine& routine,
                        const routines::Field& field, const std::string& raw, Checked& checked);
  void apply(Verdict& verdict, const routines::Routine& routine, const Correction& correction);
  // What a correction brings with it, by the field's `corrected` rules.
  void bring_along(Verdict& verdict, const routines::Routine& routine,
                   const routines::Field& corrected, const std::string& value);
  // What was proposed for a field, as far as it may count; empty = nothing.
  std::string raw_answer(const routines::Field& field, const Proposals& proposals) const;
  bool call_tools(Verdict& verdict, const routines::Routine& routine);
  void fail_call(Verdict& verdict, const routines::Routine& routine, const routines::CallStep& step,
                 const std::string& code);
  // `passing`: it was answered before, so what its rules say has been said.
  void follow(Verdict& verdict, const routines::Routine& routine, const std::string& said,
              bool passing = false);
  // `carried`: the first answer to the routine entered; empty = the user's message, nullptr = none.
  void enter(Verdict& verdict, int from, int number, const std::string& said,
             const Proposals* carried = nullptr);
  void refuse(Verdict& verdict, const routines::Routine& routine, const routines::Field& field,
              const Checked& checked);
  void miss(Verdict& verdict, const routines::Routine& routine, const routines::Field& field);
  // Renders a text of the server's, noting whether it tells something new.
  std::string tell(Verdict& verdict, const std::string& text);
  void know(Verdict& verdict, const std::string& field, std::string value, int routine);
  // The user's own words say something else than the model proposes.
  bool contradicts(const routines::Field& field, const std::string& proposed) const;

  const routines::Flow& flow_;
  ToolRunner& tools_;
  const Draft base_;
  const int routine_;
  const int refusals_;
  const std::string turn_;
  const std::string text_;
  const bool upload_;
  std::vector<std::string> heard_;  // the person's messages in their order, this one last
  std::map<Proposals, Verdict> verdicts_;
  const Verdict* settled_ = nullptr;  // the verdict that ran an effect
  std::set<std::string> news_;        // fields set by tools, rules and corrections, this verdict
  std::optional<Detour> detour_;
  int hops_ = 0;  // bounds routes and carries within one verdict
};

// The text of a routine as it is put to the user.
std::string ask_of(const routines::Routine& routine, const Draft& draft);

}  // namespace dugout::orchestrator
