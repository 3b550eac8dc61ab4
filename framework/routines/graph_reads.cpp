// A may-analysis over the flow: which fields can be set when a routine is entered, from what the
// hand-off gives and what collects, save and set of the routines before it write, less what is
// cleared on the way. A read of a field that no way can have set is a finding.
#include <algorithm>
#include <functional>
#include <set>

#include <nlohmann/json.hpp>

#include "routines/graph_checks.hpp"

namespace dugout::routines {
namespace {

using Names = std::set<std::string>;

// One pass through a routine, in the order in which it runs: tells every read with what can be set
// by then, and every way out with what can be set there.
class Walk {
 public:
  using OnRead = std::function<void(const std::string& name, Mark mark, const Names& set)>;
  using OnExit = std::function<void(int to, const Names& set)>;

  Walk(const Flow& flow, const Routine& routine, Names set, OnRead on_read, OnExit on_exit)
      : flow_(flow),
        routine_(routine),
        set_(std::move(set)),
        read_(std::move(on_read)),
        exit_(std::move(on_exit)) {}

  void run() {
    if (takes_late_corrections(flow_, routine_.number)) exit_(flow_.corrections->go, set_);
    read_template(routine_.ask, routine_.ask_mark);
    for (const auto& field : routine_.collects) collect(field);
    read_template(routine_.clarify, routine_.clarify_mark);
    if (routine_.repair) {
      read_template(routine_.repair->say, routine_.mark);
      exit_(routine_.repair->then, set_);
    }
    for (const auto& step : routine_.calls) call(step);
    for (const auto& edge : routine_.next) leave(edge);
  }

 private:
  void read(const std::string& name, Mark mark) { read_(name, mark, set_); }

  void read_template(const std::string& text, Mark mark) {
    for (const auto& name : slots(text)) read(name, mark);
  }

  void read_when(const std::optional<Condition>& when) {
    if (!when) return;
    for (const auto& name : when->reads()) read(name, when->mark);
  }

  void read_arguments(const std::vector<std::pair<std::string, core::Json>>& arguments, Mark mark) {
    for (const auto& [name, value] : arguments) {
      if (value.is_string()) read_template(value.get<std::string>(), mark);
    }
  }

  void save(const TextPairs& pairs) {
    for (const auto& [path, name] : pairs) set_.insert(name);
  }

  void collect(const Field& field) {
    read_when(field.when);
    read_template(field.ask, field.mark);
    read_arguments(field.with, field.mark);
    if (!field.differs_from.empty()) read(field.differs_from, field.mark);
    set_.insert(field.name);
    if (field.type == FieldType::kCorrection) correct();
    save(field.save);
    for (const auto& [name, text] : field.set) {
      read_template(text, field.mark);
      set_.insert(name);
    }
    read_template(field.clarify, field.mark);
    for (const auto& [code, text] : field.refused) read_template(text, field.mark);
  }

  // What the corrected rules read is checked with their own file, in check_corrected.
  void correct() {
    set_.insert(kCorrectionFields.begin(), kCorrectionFields.end());
    for (const auto& [home, field, rule] : corrected_rules(flow_)) {
      set_.insert(field.name);
      save(field.save);
      for (const auto& [name, text] : rule.set) set_.insert(name);
      exit_(rule.go, without(rule.clear));
    }
  }

  void call(const CallStep& step) {
    read_when(step.when);
    read_arguments(step.args, step.mark);
    if (step.on_failure) {
      read_template(step.on_failure->say, step.on_failure->mark);
      exit_(step.on_failure->go, without(step.on_failure->clear));
    }
    save(step.save);
  }

  void leave(const Edge& edge) {
    read_when(edge.when);
    read_template(edge.say, edge.mark);
    Names after = set_;
    for (const auto& [name, text] : edge.set) {
      read_template(text, edge.mark);
      after.insert(name);
    }
    for (const auto& name : edge.clear) after.erase(name);
    exit_(edge.go, after);
  }

  Names without(const std::vector<std::string>& clear) const {
    Names out = set_;
    for (const auto& name : clear) out.erase(name);
    return out;
  }

  const Flow& flow_;
  const Routine& routine_;
  Names set_;
  OnRead read_;
  OnExit exit_;
};

// What can be set at the entry of each routine that is reached.
std::map<int, Names> entries(const Flow& flow) {
  std::map<int, Names> at;
  at[flow.start] = Names(flow.given.begin(), flow.given.end());
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [number, routine] : flow.routines) {
      if (!at.contains(number)) continue;
      const auto arrive = [&](int to, const Names& set) {
        if (to == 0 || flow.find(to) == nullptr) return;
        const bool first = !at.contains(to);
        auto& known = at[to];
        const auto before = known.size();
        known.insert(set.begin(), set.end());
        grown = grown || first || known.size() > before;
      };
      Walk(
          flow, routine, at[number], [](const auto&, Mark, const Names&) {}, arrive)
          .run();
    }
  }
  return at;
}

// Where each field is set, for the hint.
std::map<std::string, const Routine*> writers(const Flow& flow) {
  std::map<std::string, const Routine*> out;
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& field : routine.collects) {
      out.emplace(field.name, &routine);
      for (const auto& [path, name] : field.save) out.emplace(name, &routine);
      for (const auto& [name, text] : field.set) out.emplace(name, &routine);
      for (const auto& rule : field.corrected) {
        for (const auto& [name, text] : rule.set) out.emplace(name, &routine);
      }
      if (field.type != FieldType::kCorrection) continue;
      for (const auto* name : kCorrectionFields) out.emplace(name, &routine);
    }
    for (const auto& call : routine.calls) {
      for (const auto& [path, name] : call.save) out.emplace(name, &routine);
    }
    for (const auto& edge : routine.next) {
      for (const auto& [name, text] : edge.set) out.emplace(name, &routine);
    }
  }
  return out;
}

class ReadCheck {
 public:
  ReadCheck(const Flow& flow, const Settings& settings, core::Findings& findings)
      : flow_(flow), settings_(settings), findings_(findings), writers_(writers(flow)) {
    for (const auto& [name, routine] : writers_) known_.push_back(name);
    for (const auto& name : flow.given) known_.push_back(name);
    for (const auto& [name, value] : settings) known_.push_back(name);
  }

  void read(const Routine& routine, const std::string& name, Mark mark, const Names& set) const {
    const auto base = base_name(name);
    if (set.contains(base) || settings_.contains(base) || base == kNow) return;
    const FileFindings out{routine.file, findings_};
    const auto writer = writers_.find(base);
    const bool given = std::find(flow_.given.begin(), flow_.given.end(), base) != flow_.given.end();
    if (writer != writers_.end() || given) {
      out.error(mark, "field " + base + " is read before it can be set",
                given ? "it is cleared on every way to this routine"
                      : "it is set in routine " + std::to_string(writer->second->number) + " " +
                            writer->second->name);
      return;
    }
    const auto near = config::nearest(base, known_);
    out.error(mark, "nothing sets \"" + base + "\"",
              near.empty() ? "fields come from collects, save, set, and given in flow.yaml"
                           : "did you mean " + near + "?");
  }

  // A clear of a name that nothing sets is a slip of the pen.
  void cleared(const Routine& routine, const std::vector<std::string>& names, Mark mark) const {
    for (const auto& name : names) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      const auto near = config::nearest(name, known_);
      FileFindings{routine.file, findings_}.error(
          mark, "nothing sets \"" + name + "\", so it cannot be cleared",
          near.empty() ? "" : "did you mean " + near + "?");
    }
  }

 private:
  const Flow& flow_;
  const Settings& settings_;
  core::Findings& findings_;
  const std::map<std::string, const Routine*> writers_;
  std::vector<std::string> known_;
};

// A corrected rule reads what can be set where corrections are taken.
void check_corrected(const Flow& flow, const std::map<int, Names>& at, const ReadCheck& check) {
  Names set(kCorrectionFields.begin(), kCorrectionFields.end());
  bool any = false;
  for (const auto& [number, names] : at) {
    const auto* routine = flow.find(number);
    if (routine == nullptr || !corrects(*routine)) continue;
    any = true;
    set.insert(names.begin(), names.end());
  }
  for (const auto& [home, field, rule] : corrected_rules(flow)) {
    check.cleared(home, rule.clear, rule.mark);
    if (!any) continue;  // an unreachable correction is a finding of its own
    set.insert(field.name);
    for (const auto& [path, name] : field.save) set.insert(name);
    std::vector<std::string> reads = rule.when ? rule.when->reads() : std::vector<std::string>{};
    for (const auto& name : slots(rule.say)) reads.push_back(name);
    for (const auto& [target, text] : rule.set) {
      for (const auto& name : slots(text)) reads.push_back(name);
    }
    for (const auto& name : reads) check.read(home, name, rule.mark, set);
  }
}

}  // namespace

void check_reads(const Flow& flow, const Settings& settings, core::Findings& findings) {
  const ReadCheck check(flow, settings, findings);
  const auto at = entries(flow);
  for (const auto& [number, names] : at) {
    const auto* routine = flow.find(number);
    if (routine == nullptr) continue;
    Walk(
        flow, *routine, names,
        [&](const std::string& name, Mark mark, const Names& set) {
          check.read(*routine, name, mark, set);
        },
        [](int, const Names&) {})
        .run();
    for (const auto& edge : routine->next) check.cleared(*routine, edge.clear, edge.mark);
    for (const auto& call : routine->calls) {
      if (call.on_failure) check.cleared(*routine, call.on_failure->clear, call.on_failure->mark);
    }
  }
  check_corrected(flow, at, check);
}

}  // namespace dugout::routines
