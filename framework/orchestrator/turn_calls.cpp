// The calls of a turn: models are asked, their tools are run, their answers are judged.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>

#include "core/bytes.hpp"
#include "core/untrusted.hpp"
#include "orchestrator/marking.hpp"
#include "orchestrator/prompt.hpp"
#include "orchestrator/proposals.hpp"
#include "orchestrator/turn.hpp"
#include "orchestrator/turn_state.hpp"
#include "orchestrator/understudy.hpp"

namespace dugout::orchestrator {
namespace {

using core::Json;
using pipeline::Failure;
using pipeline::FailureClass;
using pipeline::Item;

// The very same tool request this often in a turn is a loop.
constexpr int kSameRequests = 3;
constexpr int kMostToolRuns = 24;               // of a turn
constexpr std::size_t kMostCalls = 32;          // of one answer that are looked at
constexpr std::size_t kMostArguments = 16'000;  // bytes of one call's

std::string tool_error(const std::string& code, const std::string& message) {
  return core::canonical(Json{{"ok", false}, {"error", {{"code", code}, {"message", message}}}});
}

// A model wrote the name, so it is repeated only where it looks like one.
std::string name_of_tool(const std::string& name) {
  constexpr std::size_t kLongest = 64;
  const bool like_one =
      name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      });
  return like_one && !name.empty() ? name : "unknown";
}

std::string no_such_tool(const std::string& name, const char* where) {
  return tool_error("unknown_tool", "there is no tool called " + name_of_tool(name) + " " + where);
}

// Reasons and sentences hold what people typed, so they go to the model as data.
Failure not_that_one(const Verdict& verdict, long long claimed, const std::string& mark) {
  Failure failure;
  const bool about_a_field = verdict.refused || !verdict.missing.empty();
  failure.cls = about_a_field ? FailureClass::kField : FailureClass::kRoutine;
  if (verdict.refused) {
    failure.field = verdict.refused->field;
    failure.message = "The value for " + verdict.refused->field +
                      " was refused: " + core::marked(verdict.refused->reason, mark, kMarkedValue) +
                      ".";
  } else if (!verdict.missing.empty()) {
    failure.field = verdict.missing;
    failure.message = "A value for " + verdict.missing + " is still missing in metadata.collected.";
  } else {
    failure.message =
        "By the routine's rules routine_number " + std::to_string(claimed) + " is wrong.";
  }
  failure.message += " Answer again with routine_number " + std::to_string(verdict.to) +
                     ", saying in substance: " + core::marked(verdict.say, mark, kMarkedSentence);
  return failure;
}

}  // namespace

pipeline::CallPlan Turn::plan_for(const routines::Agent& agent, Place* place,
                                  std::vector<std::unique_ptr<pipeline::Model>>& own) {
  const auto& targets = targets_.of(agent.name);
  pipeline::CallPlan plan;
  const bool alone = place != nullptr && place->alone;
  if (!alone) {
    for (const auto& model : targets.models) plan.targets.push_back(model.get());
  }
  if (place != nullptr && (targets.understudy || alone)) {
    own.push_back(std::make_unique<Understudy>(place->decider, place->proposals));
    plan.targets.push_back(own.back().get());
  }
  for (const auto& parser : targets.parsers) plan.parsers.push_back(parser.get());
  for (const auto& advisor : targets.advisors) plan.advisors.push_back(advisor.get());
  const auto retry = options_.retry.find(agent.name);
  if (retry != options_.retry.end()) plan.retry = retry->second;
  // In a flow an answer depends on what the family's own record and tools say.
  guards_.equip(plan, agent.name + "#" + cache_scope_,
                agent.cache && place == nullptr && !targets.models.empty());
  plan.validators = targets.weighed;
  plan.thresholds = {agent.confidence.valid, agent.confidence.retry};
  plan.context = context_for(agent, place);
  plan.trace = &trace_;
  if (plan.cache != nullptr) {
    plan.shareable = [this, &agent](const pipeline::Parsed& parsed) {
      return targets_.words().look(parsed.message, words_place(agent, nullptr, nullptr)).fit;
    };
  }
  if (place != nullptr) {
    plan.judge = [this, place](const pipeline::Parsed& parsed) { return judge(*place, parsed); };
  }
  return plan;
}

// For the validators. What a tool has done in this turn counts already.
std::string Turn::context_for(const routines::Agent& agent, Place* place) const {
  if (agent.validators.empty()) return "";
  if (place == nullptr) return answer_context(agent, nullptr, draft());
  const auto number = place->routine.number;
  auto next = old_routine_ ? following(place->decider.flow())[number]
                           : targets_.next(place->decider.flow().name, number);
  const auto* settled = place->decider.settled();
  if (settled != nullptr) next.push_back(settled->to);
  const AnswerPlace at{place->routine.number, &next};
  return answer_context(agent, &at, settled != nullptr ? settled->draft : place->decider.base());
}

std::optional<Failure> Turn::judge(Place& place, const pipeline::Parsed& parsed) {
  place.accepted = nullptr;
  auto proposals = place.proposals;
  for (auto& [field, raw] : proposals_in(parsed.metadata, place.routine)) proposals[field] = raw;
  // Words without a claim may be shown, and move nothing; unless the tools have moved it already.
  if (!parsed.routine && proposals.empty() && place.decider.settled() == nullptr)
    return std::nullopt;
  const auto& verdict = place.decider.decide(proposals);
  const auto claimed = parsed.routine.value_or(session_.routine);
  if (claimed != verdict.to) {
    place.told.insert(&verdict);
    return not_that_one(verdict, claimed, memory_.mark);
  }
  place.accepted = &verdict;
  return std::nullopt;
}

void Turn::ask_models() {
  const auto& agent = agent_for_turn();
  const auto record = draft();
  const auto flow = parts_.application->flows.find(flow_name());
  const bool in_flow = flow != parts_.application->flows.end();
  const auto* routine = in_flow ? flow->second.find(session_.routine) : nullptr;
  std::unique_ptr<Place> place;
  if (routine != nullptr) {
    const auto text = request_.upload ? request_.upload->path : request_.user_message;
    place = std::make_unique<Place>(
        *routine, Decider(flow->second, *tools_, record, session_.routine, memory_.refusals,
                          accepted_.id, text, request_.upload.has_value()));
    place->decider.heard(heard());
    place->alone = request_.upload && !check_upload(*routine);
  }
  std::vector<std::unique_ptr<pipeline::Model>> own;
  auto plan = plan_for(agent, place.get(), own);
  // The understudy reads no prompt, so none is written for it alone.
  pipeline::Request request;
  if (!targets_.of(agent.name).models.empty() && !(place && place->alone)) {
    if (memory_.mark.empty()) memory_.mark = new_mark();
    request = build_request({agent, routine, in_flow ? &flow->second : nullptr, record, history_,
                             *parts_.plugins, request_.upload ? kPhotoNote : request_.user_message,
                             image(), memory_.mark});
  }
  take(place.get(), agent, call(agent, place.get(), plan, std::move(request)));
}

void Turn::record(const CallFacts& facts, const std::vector<pipeline::AttemptRecord>& attempts) {
  const AttemptPlace place{accepted_.id, session_.id, session_.routine, ++calls_};
  const auto now = parts_.clock.wall_now();
  for (const auto& attempt : attempts) {
    const bool counts = attempt.target != kUnderstudy && attempt.number > 0 &&
                        attempt.outcome != pipeline::kCancelled &&
                        attempt.outcome != pipeline::kNotAsked;
    if (counts) {
      const bool good = attempt.outcome == "ok" || attempt.outcome == "tool_calls";
      guards_.recent().note(facts.call_type, good, attempt.took);
    }
    attempts_.push_back(attempt_text(attempt, place, facts, now));
    trace_.report().attempts.push_back(attempt_figures(attempt, place, facts));
  }
}

// The options as the latest attempts and the tuner ask for them, and what is recorded of that.
CallFacts Turn::choose_retry(const routines::Agent& agent, pipeline::RetryOptions& retry) const {
  CallFacts facts;
  facts.call_type = agent.call_type;
  facts.agent = agent.name;
  facts.messages = static_cast<int>(history_.size());
  if (const auto recent = guards_.recent().of(agent.call_type); recent.attempts > 0) {
    facts.recent_success_rate = recent.success_rate;
    facts.recent_latency = recent.latency;
  }
  const auto choice =
      targets_.choose(retry, {agent.call_type, facts.messages, session_.routine,
                              guards_.recent().of(agent.call_type), parts_.clock.wall_now()});
  retry = choice.options;
  facts.tuner = name_of(targets_.tuner_mode());
  if (choice.proposal) facts.proposal = text_of(*choice.proposal);
  facts.max_retries = retry.max_retries;
  facts.base_delay = retry.base_delay;
  facts.multiplier = retry.multiplier;
  return facts;
}

pipeline::CallResult Turn::call(const routines::Agent& agent, Place* place,
                                pipeline::CallPlan& plan, pipeline::Request request) {
  pipeline::Budget budget{agent.turn_attempts, deadline_, agent.turn_tokens, agent.turn_money};
  const pipeline::Planner planner(parts_.clock, parts_.random);
  const auto facts = choose_retry(agent, plan.retry);
  for (int round = 0;; ++round) {
    if (round == agent.tool_rounds) {
      // The model asks for tools without end: the last word is said without any.
      log_.warning("turn.tool_rounds", {});
      request.tools.clear();
    }
    auto result = [&] {
      observability::SpanScope span(&trace_, observability::Stage::kCall, "call " + agent.call_type,
                                    agent.call_type);
      span.put("gen_ai.agent.name", agent.name);
      auto answered = planner.run(plan, request, budget);
      span.put("dugout.from_memory", answered.from_cache);
      if (answered.failure) span.fail(pipeline::name_of(answered.failure->cls));
      return answered;
    }();
    record(facts, result.attempts);
    if (result.tool_calls.empty()) return result;
    if (round > agent.tool_rounds) {
      result.tool_calls.clear();
      return result;
    }
    run_tools(place, result.tool_calls, request);
    plan.context = context_for(agent, place);
    if (tools_->effects_ran()) {  // what follows speaks of a deed: it is asked once, and anew
      plan.hedge = {};
      plan.cache = nullptr;
    }
    if (round == agent.tool_rounds && place != nullptr) {
      std::erase_if(plan.targets, [](const pipeline::Model* model) { return !model->local(); });
    }
  }
}

void Turn::run_tools(Place* place, const std::vector<pipeline::ToolCall>& all,
                     pipeline::Request& request) {
  const auto calls = std::span(all).first(std::min(all.size(), kMostCalls));
  const int group = request.items.empty() ? 0 : request.items.back().group;
  for (const auto& call : calls) {
    Item asked;
    asked.kind = Item::Kind::kToolCall;
    asked.call = call;
    asked.call.name = name_of_tool(call.name);
    if (call.arguments.size() > kMostArguments) asked.call.arguments = "{}";
    asked.group = group;
    request.items.push_back(asked);
  }
  for (const auto& call : calls) {
    Item answered;
    answered.kind = Item::Kind::kToolResult;
    answered.call.id = call.id;
    answered.text = run_tool(place, call);
    answered.group = group;
    request.items.push_back(answered);
  }
}

std::string Turn::run_tool(Place* place, const pipeline::ToolCall& call) {
  if (++tool_runs_ > kMostToolRuns || parts_.clock.now() >= deadline_) {
    return tool_error("too_many", "no more tools can be used in this turn");
  }
  if (call.arguments.size() > kMostArguments) {
    return tool_error("invalid_arguments", "the arguments are far too long");
  }
  const auto arguments = core::parse_json(call.arguments.empty() ? "{}" : call.arguments);
  if (!arguments) {
    return tool_error("invalid_arguments",
                      "the arguments are not JSON: " + arguments.error().message);
  }
  if (++tool_requests_[call.name + core::canonical(*arguments)] > kSameRequests) {
    return tool_error("repeated", "this was asked before with the same arguments; use that answer");
  }
  return place != nullptr ? run_routine_tool(*place, call, *arguments)
                          : run_free_tool(call, *arguments);
}

// Outside a flow nothing is pinned, so only tools without effects may run.
std::string Turn::run_free_tool(const pipeline::ToolCall& call, const Json& arguments) {
  const auto tool = parts_.plugins->tool(call.name);
  const auto& allowed = agent_for_turn().tools;
  const bool listed = std::find(allowed.begin(), allowed.end(), call.name) != allowed.end();
  if (tool == nullptr || !listed || tool->declaration().effects != host::Effects::kNone) {
    return no_such_tool(call.name, "here");
  }
  const auto run = tools_->run(call.name, arguments, 0);
  if (!run.ok)
    return tool_error(core::defused(run.code, kMarkedValue),
                      core::marked(run.message, memory_.mark, kMarkedValue));
  return core::marked(core::canonical(Json{{"ok", true}, {"data", defused(run.data)}}),
                      memory_.mark, kMarkedResult);
}

// In a flow a model's request for a tool is a proposal like its final answer: the server checks the
// values, runs the routine's calls in their order with pinned arguments, and tells what follows.
std::string Turn::run_routine_tool(Place& place, const pipeline::ToolCall& call,
                                   const Json& arguments) {
  const auto& steps = place.routine.calls;
  const bool known = std::any_of(steps.begin(), steps.end(), [&](const routines::CallStep& step) {
    return step.tool == call.name;
  });
  if (!known) return no_such_tool(call.name, "in this routine");
  for (auto& [field, raw] : proposals_in_arguments(arguments, place.routine)) {
    place.proposals[field] = raw;
  }
  // To ask for a tool that takes the uploaded file is to accept the file.
  for (const auto& field : place.routine.collects) {
    if (field.type == routines::FieldType::kFile) place.proposals[field.name] = "accepted";
  }
  const auto& verdict = place.decider.decide(place.proposals);
  place.told.insert(&verdict);
  Json answer;
  const auto ran = verdict.results.find(call.name);
  if (ran != verdict.results.end()) {
    answer = ran->second;
    // What a tool gave is the server's business: it is in the record, and what of it is to be told
    // is in the words below.
    answer.erase("data");
    if (answer.contains("error")) {
      answer["error"]["message"] =
          core::marked(core::member(answer["error"], "message"), memory_.mark, kMarkedValue);
    }
  } else if (verdict.refused) {
    answer = {{"ok", false},
              {"error",
               {{"code", "refused"},
                {"field", verdict.refused->field},
                {"message", core::marked(verdict.refused->reason, memory_.mark, kMarkedValue)}}}};
    place.proposals.erase(verdict.refused->field);
  } else {
    answer = {{"ok", false},
              {"error", {{"code", "not_needed"}, {"message", "not called for by the rules"}}}};
  }
  answer["next"] = {{"routine_number", verdict.to},
                    {"say_in_substance", core::marked(verdict.say, memory_.mark, kMarkedSentence)}};
  return core::canonical(answer);
}

// The check comes before anybody looks at the file: what it refuses costs no call of a model.
bool Turn::check_upload(const routines::Routine& routine) {
  const auto record = draft();
  for (const auto& field : routine.collects) {
    if (field.type != routines::FieldType::kFile || field.tool.empty()) continue;
    if (field.when && !field.when->holds(record)) continue;
    const auto checked = check_field(field, request_.upload->path, record, *tools_, routine.number);
    if (!checked.value) return false;
    if (*checked.value != request_.upload->path) picture_ = *checked.value;
  }
  return true;
}

std::string Turn::image() const {
  if (!request_.upload || targets_.of(agent_for_turn().name).models.empty()) return "";
  std::ifstream file(picture_.empty() ? request_.upload->path : picture_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return bytes.empty() ? "" : "data:" + core::media_type(bytes) + ";base64," + core::base64(bytes);
}

}  // namespace dugout::orchestrator
