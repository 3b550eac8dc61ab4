// How the pure faces behave with input from outside: never a crash, never DUGOUT_E_INTERNAL, and
// what is answered has its shape.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/json.hpp"
#include "host/conformance.hpp"
#include "host/faces.hpp"

namespace dugout::host {
namespace {

using core::Json;

constexpr std::string_view kAnswerSchema =
    R"({"type":"object","properties":{"agent_final_response":{"type":"string"},)"
    R"("routine_number":{"type":"integer"}},"required":["agent_final_response"]})";

constexpr std::string_view kAnswer =
    R"({"agent_final_response":"Thank you.","routine_number":3,"metadata":{"collected":{}}})";

constexpr std::string_view kRequest =
    R"({"model":"gpt-4.1","instructions":"Be brief.","items":[{"kind":"user","text":"hello"},)"
    R"({"kind":"tool_call","id":"call_1","name":"look","arguments":"{}"},)"
    R"({"kind":"tool_result","id":"call_1","output":"{}"}],"tools":[{"name":"look",)"
    R"("description":"Looks.","parameters":{"type":"object","properties":{}}}],)"
    R"("schema_name":"agent_response","schema":null,"max_output_tokens":null,"attempt":0})";

constexpr std::array kActions = {
    "wait",  "next_target",        "truncate_history", "simplify_prompt",
    "reask", "raise_output_limit", "next_key",         "stop"};

// "" = the outcome is one a plugin may have; `shape` judges what was answered.
template <typename Shape>
std::string judge(const std::string& input, const Outcome<std::string>& outcome, Shape shape) {
  if (!outcome) {
    const auto code = outcome.error().code;
    if (code != Code::kInternal && code != Code::kUnavailable) return {};
    return "with " + input + ": " + outcome.error().message;
  }
  const auto parsed = core::parse_json(*outcome);
  if (!parsed) return "with " + input + ": the answer is no JSON: " + parsed.error().message;
  const std::string fault = shape(*parsed);
  return fault.empty() ? fault : "with " + input + ": " + fault;
}

std::string parser_shape(const Json& answer) {
  const auto text = answer.is_object() ? answer.find("agent_final_response") : answer.end();
  if (text == answer.end() || !text->is_string()) return "no text in agent_final_response";
  const auto number = answer.find("routine_number");
  if (number != answer.end() && !number->is_number_integer()) return "routine_number is no integer";
  const auto metadata = answer.find("metadata");
  if (metadata != answer.end() && !metadata->is_object()) return "metadata is no object";
  return {};
}

std::string verdict_shape(const Json& verdict) {
  const auto confidence = verdict.is_object() ? verdict.find("confidence") : verdict.end();
  if (confidence == verdict.end() || !confidence->is_number()) return "no number in confidence";
  const auto value = confidence->get<double>();
  if (!(value >= 0.0 && value <= 1.0)) return "confidence is not within 0 and 1";
  const auto problem = verdict.find("problem");
  if (problem != verdict.end() && core::member(*problem, "message").empty()) {
    return "problem has no message";
  }
  return {};
}

std::string proposal_shape(const Json& proposal) {
  for (const char* name : {"max_retries", "base_delay", "multiplier", "p_success"}) {
    if (!proposal.is_object() || !proposal.contains(name) || !proposal[name].is_number()) {
      return std::string("no number in ") + name;
    }
  }
  return {};
}

std::string advice_shape(const Json& advice) {
  const auto action = core::member(advice, "action");
  if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
    return "unknown action \"" + action + "\"";
  }
  for (const char* key : {"wait_multiplier", "fraction", "factor", "start", "ceiling"}) {
    const auto found = advice.find(key);
    if (found != advice.end() && !found->is_number()) return std::string(key) + " is no number";
  }
  return {};
}

std::string head_shape(const Json& head) {
  if (core::member(head, "method").empty()) return "the head has no method";
  if (core::member(head, "path").rfind('/', 0) != 0) return "the head's path does not begin with /";
  const auto headers = head.find("headers");
  return headers == head.end() || headers->is_object() ? "" : "the head's headers are no object";
}

std::string neutral_shape(const Json& answer) {
  return answer.is_object() && answer.contains("output_text")
             ? ""
             : "the neutral answer has no output_text";
}

Outcome<std::string> encoded_head(const ProviderHandle& provider, std::string_view request) {
  auto encoded = provider.encode(request);
  if (!encoded) return encoded.error();
  return std::move(encoded->head);
}

std::string decode_fault(const ProviderHandle& provider, const HostileText& hostile) {
  for (const unsigned status : {0U, 200U, 204U, 301U, 400U, 401U, 404U, 429U, 500U, 503U, 999U}) {
    const auto outcome =
        provider.decode(status, R"({"content-type":"application/json"})", hostile.text);
    const auto input = hostile.name + " and status " + std::to_string(status);
    if (auto fault = judge(input, outcome, neutral_shape); !fault.empty()) return fault;
    if (!outcome && outcome.error().code == Code::kUpstream) {
      const auto detail = core::parse_json(outcome.error().detail);
      if (!detail || core::member(*detail, "class").empty()) {
        return "with " + input + ": the error's detail names no class";
      }
    }
  }
  return {};
}

// The first fault over all hostile texts.
template <typename Check>
std::string over_hostile(Check check) {
  for (const auto& hostile : hostile_texts()) {
    if (std::string fault = check(hostile); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace

void check_parser(const std::shared_ptr<Plugin>& plugin, Report& report) {
  const auto parser = parser_of(plugin);
  report.run("parser: answers have their shape", [&] {
    return judge("a good answer", parser->parse(kAnswer, kAnswerSchema), parser_shape);
  });
  report.run("parser: survives hostile text", [&] {
    return over_hostile([&](const HostileText& hostile) {
      auto fault = judge(hostile.name, parser->parse(hostile.text, {}), parser_shape);
      return fault.empty()
                 ? judge(hostile.name, parser->parse(hostile.text, kAnswerSchema), parser_shape)
                 : fault;
    });
  });
  report.run("parser: survives a hostile schema", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge("as schema " + hostile.name, parser->parse(kAnswer, hostile.text), parser_shape);
    });
  });
}

void check_recovery(const std::shared_ptr<Plugin>& plugin, Report& report) {
  const auto recovery = recovery_of(plugin);
  report.run("recovery: advice has its shape", [&] {
    for (const char* name :
         {"connection",   "timeout",        "rate_limit",      "overloaded",     "server",
          "quota",        "authentication", "invalid_request", "context_length", "unknown",
          "invalid_json", "missing_field",  "truncated",       "refusal",        "empty",
          "wrong_shape",  "schema",         "routine",         "field",          "business_rule"}) {
      const Json failure{{"class", name}, {"code", name}, {"message", name},
                         {"status", 429}, {"attempt", 1}, {"target", "openai_responses/gpt-4.1"},
                         {"repeats", 1}};
      auto fault = judge(name, recovery->advise(failure.dump()), advice_shape);
      if (!fault.empty()) return fault;
    }
    return std::string{};
  });
  report.run("recovery: survives hostile text", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge(hostile.name, recovery->advise(hostile.text), advice_shape);
    });
  });
}

void check_validator(const std::shared_ptr<Plugin>& plugin, Report& report) {
  constexpr std::string_view kContext = R"({"agent":"new_registration","routine":2,"next":[2,3]})";
  const auto validator = validator_of(plugin);
  report.run("validator: a verdict has its shape", [&] {
    return judge("a good answer", validator->validate(kAnswer, kContext), verdict_shape);
  });
  report.run("validator: survives a hostile answer", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge(hostile.name, validator->validate(hostile.text, kContext), verdict_shape);
    });
  });
  report.run("validator: survives a hostile context", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge("as context " + hostile.name, validator->validate(kAnswer, hostile.text),
                   verdict_shape);
    });
  });
}

void check_tuner(const std::shared_ptr<Plugin>& plugin, Report& report) {
  constexpr std::string_view kSituation =
      R"({"call_type":"registration","messages":4,"routine":2,"recent_success_rate":0.9,)"
      R"("recent_latency":1.5,"hour":12,"weekday":3,"attempt":1,"class":"rate_limit"})";
  const auto tuner = tuner_of(plugin);
  report.run("tuner: a proposal has its shape",
             [&] { return judge("a situation", tuner->propose(kSituation), proposal_shape); });
  report.run("tuner: survives a hostile situation", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge(hostile.name, tuner->propose(hostile.text), proposal_shape);
    });
  });
  report.run("tuner: survives a hostile log", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge("as log " + hostile.name, tuner->train(hostile.text),
                   [](const Json&) { return std::string{}; });
    });
  });
}

void check_provider(const std::shared_ptr<Plugin>& plugin, Report& report) {
  const auto provider = provider_of(plugin);
  report.run("provider: encodes the neutral request", [&] {
    const auto head = encoded_head(*provider, kRequest);
    return head ? judge("the neutral request", head, head_shape) : head.error().message;
  });
  report.run("provider: encode survives hostile text", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge(hostile.name, encoded_head(*provider, hostile.text), head_shape);
    });
  });
  report.run("provider: decode survives hostile bodies", [&] {
    return over_hostile(
        [&](const HostileText& hostile) { return decode_fault(*provider, hostile); });
  });
  report.run("provider: decode survives hostile headers", [&] {
    return over_hostile([&](const HostileText& hostile) {
      return judge("as headers " + hostile.name, provider->decode(429, hostile.text, "{}"),
                   neutral_shape);
    });
  });
}

void check_concurrency(const std::shared_ptr<Plugin>& plugin, Report& report) {
  constexpr int kThreads = 4, kRounds = 50;
  const auto parser = parser_of(plugin);
  const auto recovery = recovery_of(plugin);
  const auto provider = provider_of(plugin);
  if (!parser && !recovery && !provider) return;
  report.run("pure faces serve four threads at once", [&] {
    std::array<std::string, kThreads> faults;
    const auto work = [&](std::string& fault) {
      for (int round = 0; round < kRounds && fault.empty(); ++round) {
        if (parser)
          fault = judge("a good answer", parser->parse(kAnswer, kAnswerSchema), parser_shape);
        if (recovery && fault.empty()) {
          fault = judge("a failure", recovery->advise(R"({"class":"rate_limit"})"), advice_shape);
        }
        if (provider && fault.empty()) {
          fault = judge("the neutral request", encoded_head(*provider, kRequest), head_shape);
        }
      }
    };
    std::array<std::thread, kThreads> threads;
    for (int at = 0; at < kThreads; ++at) threads[at] = std::thread(work, std::ref(faults[at]));
    for (auto& thread : threads) thread.join();
    for (const auto& fault : faults) {
      if (!fault.empty()) return fault;
    }
    return std::string{};
  });
}

}  // namespace dugout::host
