// Agents, flows and routines as read from YAML: plain data, immutable after load, safe from any
// thread. What each key means to an editor is in docs/routine-authors.md; loading is in load.hpp,
// the checks over a whole flow in graph.hpp.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/yaml.hpp"
#include "core/json.hpp"
#include "routines/condition.hpp"

namespace dugout::routines {

using config::Mark;

// ---- where it goes

struct Edge {
  int go = 0;  // 0 only in `corrected`: no way of its own
  Mark mark;
  std::optional<Condition> when;  // absent = always
  std::string say;                // spoken before the ask of the routine entered; template
  std::vector<std::pair<std::string, std::string>> set;  // field -> template
  std::vector<std::string> clear;
  bool carry = false;  // the user's message is also the first answer to the routine entered
};

// ---- what a routine collects

// What a field of type correction leaves in the record for the rules and texts of its routine: the
// field that is being corrected, between two turns, and what was changed to which value.
inline constexpr std::array<const char*, 3> kCorrectionFields = {
    "correction_field", "correction_label", "correction_value"};
// The routine whose question was open when a correction came early: the flow comes back to it.
inline constexpr auto kCorrectionReturn = "correction_return";

enum class FieldType { kText, kChoice, kYesNo, kInteger, kDate, kFile, kCheck, kCorrection };

struct ChoiceValue {
  std::string value;                  // as stored
  std::vector<std::string> variants;  // what people write for it; the value itself is one of them
};

// An answer that a page offers to tap.
struct Button {
  std::string said;   // what is sent; read as if it had been typed
  std::string label;  // what is shown
};

struct Field {
  std::string name;  // record field
  Mark mark;
  FieldType type = FieldType::kText;
  std::string label;                 // how people call it: "email"; for summaries and corrections
  std::vector<std::string> aliases;  // other names it goes by in a correction
  bool optional = false;
  bool sensitive = false;         // masked in every log, metric and trace
  bool correctable = true;        // may routine 27 change it?
  std::string differs_from;       // another field it must not equal
  std::optional<Condition> when;  // asked for only if this holds
  std::string ask;                // put when this field is still missing while others are there
  std::string clarify;            // put when its answer is refused; else the routine's
  // What a correction of this field brings with it: the first rule that holds. `carry`: the
  // corrected value is the first answer to the routine entered.
  std::vector<Edge> corrected;
  // Answers that mean "there is none": the field counts as answered and is left out of the record.
  std::vector<std::string> none;

  // kText
  std::size_t min_length = 1, max_length = 500;
  std::string pattern;  // RE2, must match somewhere
  enum class Case { kKeep, kUpper, kLower } letter_case = Case::kKeep;
  // kChoice, kYesNo, and words for kInteger (variants: value is the number)
  std::vector<ChoiceValue> values;
  // kInteger
  std::optional<long long> min, max;
  // kDate: stored DD-MM-YYYY
  std::optional<int> min_age, max_age, min_year;
  // kCheck, and kFile if it has one: a tool without effects; its `data.value` is stored under
  // `name`
  std::string tool;
  std::vector<std::pair<std::string, core::Json>> with;  // fixed arguments; strings are templates
  // result member (dotted path in `data`) -> record field, stored beside `name`
  std::vector<std::pair<std::string, std::string>> save;
  // error code of the check -> what is put instead of `clarify`; template
  std::vector<std::pair<std::string, std::string>> refused;
  // Any type: field -> template, noted beside `name` with each answer, a correction's too.
  std::vector<std::pair<std::string, std::string>> set;

  // How a page asks for it; the answer is read in the same way however it was given.
  std::string input;     // text, date, number, phone, email, postcode; empty = by type and check
  std::string autofill;  // what a browser knows of the person who answers: "email", "bday" ...
  std::optional<std::vector<Button>> buttons;  // absent = by type
};

// ---- what a routine calls before it may move on

struct FailureEdge {
  int go = 0;       // 0 = stay
  std::string say;  // spoken before the next ask; template
  std::vector<std::string> clear;
  Mark mark;
};

struct CallStep {
  std::string tool;
  Mark mark;
  std::optional<Condition> when;
  std::vector<std::pair<std::string, core::Json>>
      args;  // string values are templates over the record
  std::vector<std::pair<std::string, std::string>> save;  // dotted path in `data` -> record field
  std::optional<FailureEdge> on_failure;  // absent: the turn tells the user and stays
};

// ---- the kinds of a routine

enum class RoutineKind { kAsk, kRoute, kEnd };

struct Repair {
  int attempts = 3;  // refused answers in a row
  int then = 0;      // routine to go to
  std::string say;
};

struct Routine {
  int number = 0;
  std::string name, title, file;
  std::string hash;  // of the file's text: another one may mean something else
  Mark mark, ask_mark, clarify_mark;
  RoutineKind kind = RoutineKind::kAsk;
  std::string ask, clarify, brief;  // templates
  // Answers, good and bad, that `dugout simulate --all-paths` tries here; "photo:jpeg" uploads.
  std::vector<std::string> examples;
  std::vector<Field> collects;
  std::vector<CallStep> calls;
  std::vector<Edge> next;
  std::optional<Repair> repair;
};

// Where somebody is taken who says, in one of these routines, that a detail told earlier is wrong.
struct LateCorrections {
  int go = 0;
  std::vector<int> from;  // the flow goes on from `go`
  std::vector<int> back;  // it comes back to the question that was open
  Mark mark;
};

struct Flow {
  std::string name;  // the folder's
  std::string folder;
  int start = 1;  // the lowest number
  std::map<int, Routine> routines;
  // Set by the hand-off before the first routine: registration_code, team, age_group, ...
  std::vector<std::string> given;
  std::optional<LateCorrections> corrections;
  // What starts the flow, for simulations: the messages sent one after the other.
  std::vector<std::vector<std::string>> examples;

  const Routine* find(int number) const;
  // The field's definition in its home routine; nullptr = unknown.
  const Field* field(const std::string& wanted) const;
};

// One validator of an agent's answers, and how much its confidence counts in the mean.
struct ValidatorUse {
  std::string name;
  double weight = 1.0;
  Mark mark;
};

// Above `valid` an answer is taken, below `retry` it is asked for again.
struct Confidence {
  double valid = 0.7, retry = 0.5;
};

// What an answer must not contradict: names of settings ("club.monthly_fee") and record fields.
struct Pinned {
  std::vector<std::string> amounts;                        // each one sum of money
  std::vector<std::pair<std::string, std::string>> facts;  // fact -> record field; Y = it is so
};

struct Agent {
  std::string name, file;
  std::string flow;  // empty = none
  std::string model;
  std::vector<std::string> fallbacks;
  std::string call_type;  // registration | photo | rereg | another name
  std::string instructions, short_instructions;
  std::string text_at = "output[].content[].text";  // or "output_text"
  std::string schema_name, schema;                  // JSON Schema text of the answer; may be empty
  std::vector<std::string> parsers, recovery, tools;
  std::vector<ValidatorUse> validators;
  Confidence confidence;
  Pinned pinned;
  int tool_rounds = 5;
  std::size_t history_messages = 80;
  double turn_deadline = 90.0;  // s
  int turn_attempts = 12;
  std::optional<int> output_tokens;      // of one answer; absent: the model's own limit
  std::optional<long long> turn_tokens;  // input and output of a turn together
  std::optional<double> turn_money;      // in the currency of the price table
  std::vector<std::string> links;        // hosts that its words may link to; besides dugout.yaml's
  bool cache = false;                    // equal questions may be answered from memory
  std::string unavailable;               // said when nothing can answer
  std::string welcome;                   // said at the hand-off, before the first ask; template
  config::Node retry;                    // overrides of the retry options; may be null
};

// What the parents' page looks like and says; every key of page_texts.hpp is there. Of the colours:
// main, on_main, accent, on_accent, and the same with _dark, each as #rrggbb.
struct PageSettings {
  std::map<std::string, std::string> colours, texts;
  // What is told while a turn works: a kind of progress ("thinking") or a tool's name -> words.
  std::map<std::string, std::string> status;
};

// Everything that was loaded together.
struct Application {
  PageSettings page;
  std::map<std::string, Agent> agents;
  std::map<std::string, Flow> flows;
  // club settings for templates and tools, flattened: "club.contact_email" -> "..."
  std::map<std::string, std::string> settings;
  // Folder agents/data: table name -> rows as JSON objects.
  std::map<std::string, std::vector<std::string>> tables;
};

}  // namespace dugout::routines
