// Mistakes in agent and data files.
#include <nlohmann/json.hpp>

#include "sandbox.hpp"

using dugout::test::Sandbox;
using namespace dugout::routines;

namespace {

constexpr auto kAgentFile = "cards.yaml";
constexpr auto kAgentPath = "agents/cards.yaml";

const Known& some_known() {
  static const Known known{{{"lookup", {"postcode"}, {"postcode"}, "postcode", false}},
                           {"structured", "raw"},
                           {"rate_limit"},
                           {"openai_responses"},
                           {"json_structure", "semantic_content"}};
  return known;
}

bool finds_with(const std::string& line, int at, int column, const std::string& words) {
  Sandbox box;
  box.write(kAgentPath, std::string(Sandbox::kAgent) + line);
  return box.finds(kAgentFile, at, column, words, some_known());
}

std::string without(const std::string& key) {
  std::string out;
  for (std::size_t at = 0, end = 0; at < std::string(Sandbox::kAgent).size(); at = end + 1) {
    const std::string text = Sandbox::kAgent;
    end = text.find('\n', at);
    const auto line = text.substr(at, end - at + 1);
    if (!line.starts_with(key + ":")) out += line;
  }
  return out;
}

}  // namespace

TEST_CASE("AgentTest.UnknownPartsNameTheNearestOne") {
  Sandbox box;
  box.write(kAgentPath, without("parsers") + "parsers: [structred]\n");
  CHECK(box.finds(kAgentFile, 7, 11, "unknown parser \"structred\" | did you mean structured?",
                  some_known()));
  box.write(kAgentPath, without("flow") + "flow: card\n");
  CHECK(box.finds(kAgentFile, 7, 7, "unknown flow \"card\" | did you mean cards?", some_known()));
  box.write(kAgentPath, without("model") + "model: openai_response/gpt\n");
  CHECK(box.finds(kAgentFile, 7, 8, "unknown provider \"openai_response\"", some_known()));
  CHECK(finds_with("tools: [lookup, lokup]\n", 8, 17,
                   "unknown tool \"lokup\" | did you mean lookup?"));
  CHECK(finds_with("recovery: [rate_limits]\n", 8, 12, "did you mean rate_limit?"));
  CHECK(finds_with("colour: red\n", 8, 1, "unknown key \"colour\" in the agent"));
}

TEST_CASE("AgentTest.MissingAndWrongKeysAreNamed") {
  Sandbox box;
  box.write(kAgentPath, without("instructions"));
  CHECK(box.finds(kAgentFile, 1, 1, "the agent has no \"instructions\""));
  box.write(kAgentPath, without("model") + "model: gpt\n");
  CHECK(box.finds(kAgentFile, 7, 8, "\"gpt\" is not a model"));
  box.write(kAgentPath, without("name") + "name: other\n");
  CHECK(box.finds(kAgentFile, 7, 7, "is in a file of another name"));
  CHECK(finds_with("limits: {tool_rounds: many}\n", 8, 23, "must be a whole number"));
  CHECK(finds_with("limits: {turn_deadline: soon}\n", 8, 25, "such as 90s"));
  CHECK(finds_with("limits: {output_tokens: 8}\n", 8, 25, "from 16 to 1000000"));
  CHECK(finds_with("response: {text_at: somewhere}\n", 8, 21, "must be one of: output"));
  CHECK(finds_with("response: {schema: none.json}\n", 8, 20, "cannot be read"));
  CHECK(finds_with("welcome: \"Hi {age_grup}\"\n", 8, 10, "did you mean age_group?"));
}

TEST_CASE("AgentTest.ValidatorsHaveWeightsAndTheirMeanHasThresholds") {
  Sandbox box;
  box.write(kAgentPath, std::string(Sandbox::kAgent) +
                            "validators: [json_structure, {name: semantic_content, weight: 2.5}]\n"
                            "confidence: {valid: 0.8, retry: 0.25}\n"
                            "pinned: {amounts: [fee], facts: {paid: fee_paid}}\n");

  const auto agent = box.load(some_known()).agents.at("cards");

  CHECK(box.findings.empty());
  REQUIRE(agent.validators.size() == 2);
  CHECK(agent.validators[0].name == "json_structure");
  CHECK(agent.validators[0].weight == 1.0);
  CHECK(agent.validators[1].name == "semantic_content");
  CHECK(agent.validators[1].weight == 2.5);
  CHECK(agent.confidence.valid == 0.8);
  CHECK(agent.confidence.retry == 0.25);
  CHECK(agent.pinned.amounts == std::vector<std::string>{"fee"});
  CHECK(agent.pinned.facts == decltype(agent.pinned.facts){{"paid", "fee_paid"}});
}

TEST_CASE("AgentTest.WithoutThemNobodyDoubtsAndTheThresholdsAreTheSeeds") {
  Sandbox box;

  const auto agent = box.load(some_known()).agents.at("cards");

  CHECK(agent.validators.empty());
  CHECK(agent.confidence.valid == 0.7);
  CHECK(agent.confidence.retry == 0.5);
}

TEST_CASE("AgentTest.MistakesOfValidatorsAreNamedWithTheirPlace") {
  CHECK(finds_with("validators: [json_structur]\n", 8, 14,
                   "unknown validator \"json_structur\" | did you mean json_structure?"));
  CHECK(finds_with("validators: [{name: semantic, weight: 1}]\n", 8, 21, "unknown validator"));
  CHECK(finds_with("validators: json_structure\n", 8, 13, "must be a list, such as"));
  CHECK(finds_with("validators: [json_structure, json_structure]\n", 8, 30, "named twice"));
  CHECK(finds_with("validators: [{weight: 1}]\n", 8, 14, "a validator has no \"name\""));
  CHECK(finds_with("validators: [{name: json_structure, wieght: 1}]\n", 8, 37,
                   "did you mean \"weight\"?"));
  for (const auto* weight : {"-1", ".nan", ".inf", "1e999", "heavy", "1001"}) {
    INFO(weight);
    CHECK(finds_with(std::string("validators: [{name: json_structure, weight: ") + weight + "}]\n",
                     8, 45, "\"weight\" of a validator must be a number from 0 to 1000"));
  }
}

TEST_CASE("AgentTest.ThresholdsLieWithinZeroAndOneInTheirOrder") {
  CHECK(finds_with("confidence: {valid: 1.1}\n", 8, 21, "must be a number from 0 to 1"));
  CHECK(finds_with("confidence: {retry: -0.1}\n", 8, 21, "must be a number from 0 to 1"));
  CHECK(finds_with("confidence: {valid: .nan}\n", 8, 21, "must be a number from 0 to 1"));
  CHECK(finds_with("confidence: {valid: 0.4}\n", 8, 13, "retry is above valid"));
  CHECK(finds_with("confidence: {valid: 0.4, retry: 0.6}\n", 8, 33, "retry is above valid"));
  CHECK(finds_with("confidence: {vaild: 0.8}\n", 8, 14, "did you mean \"valid\"?"));
  CHECK(finds_with("confidence: high\n", 8, 13, "confidence must be a map"));
}

TEST_CASE("AgentTest.WhatIsPinnedIsASettingOrARecordField") {
  CHECK(finds_with("pinned: {amounts: [club.nmae]}\n", 8, 19, "did you mean club.name?"));
  CHECK(finds_with("pinned: {facts: {paid: Fee Paid}}\n", 8, 17, "neither a setting nor a record"));
  CHECK(finds_with("pinned: {facts: [paid]}\n", 8, 17, "must be a map, such as"));
}

TEST_CASE("AgentTest.ASchemaThatIsNoneIsRefused") {
  Sandbox box;
  box.write("agents/broken.json", "{\"type\": 7}");
  box.write(kAgentPath, std::string(Sandbox::kAgent) + "response: {schema: broken.json}\n");

  CHECK(box.finds(kAgentFile, 8, 20, "the schema broken.json is not usable"));
}

TEST_CASE("AgentTest.AFlowEndsWithTheUnderstudyAndOnlyAFlow") {
  Sandbox box;
  box.write(kAgentPath, without("fallbacks"));
  CHECK(
      box.finds(kAgentFile, 1, 1, "the last fallback of an agent with a flow must be understudy"));
  box.write(kAgentPath, without("flow"));
  CHECK(box.finds(kAgentFile, 3, 12, "an agent without a flow has no understudy"));
  CHECK(box.finds(kAgentFile, 1, 1, "needs \"unavailable\""));
}

TEST_CASE("AgentTest.SettingsArePutIntoTheTextsAtLoad") {
  Sandbox box;
  box.write(kAgentPath,
            without("instructions") +
                "instructions: \"Help at {club.name}; keep {braces} and {\\\"a\\\": 1}.\"\n");

  const auto application = box.load();

  CHECK(application.agents.at("cards").instructions ==
        "Help at Example Library; keep {braces} and {\"a\": 1}.");
}

TEST_CASE("DataTest.TablesBecomeRowsOfTexts") {
  Sandbox box;
  box.write("agents/data/teams.yaml", "- {team: Lions, number: 7, full: true}\n");

  const auto application = box.load();

  CHECK(application.tables.at("teams") ==
        std::vector<std::string>{R"({"full":"true","number":"7","team":"Lions"})"});
}

TEST_CASE("DataTest.WhatIsNeitherTableNorSettingsIsNamed") {
  Sandbox box;
  box.write("agents/data/teams.yaml", "- Lions\n- {team: [a]}\n");
  CHECK(box.finds("teams.yaml", 1, 3, "a row of teams must be a map"));
  CHECK(box.finds("teams.yaml", 2, 10, "column team of teams must be a text"));
  box.write("agents/data/more.yaml", "just text\n");
  CHECK(box.finds("more.yaml", 1, 1, "a list of rows, or a map of settings"));
  box.write("agents/data/club.yaml", "fees: [1, 2]\n");
  CHECK(box.finds("club.yaml", 1, 7, "setting club.fees must be"));
}

TEST_CASE("AgentTest.AnAgentWithoutAFlowMayNotHaveAToolWithEffects") {
  const Known known{{{"charge", {}, {}, "", true}, {"lookup", {}, {}, "", false}},
                    {"structured", "raw"},
                    {"rate_limit"},
                    {"openai_responses"},
                    {}};
  const auto free_agent = [](const std::string& tools) {
    auto text = without("flow");
    const auto fallbacks = text.find("fallbacks:");
    if (fallbacks != text.npos) text.erase(fallbacks, text.find('\n', fallbacks) + 1 - fallbacks);
    return text + "unavailable: sorry\ntools: [" + tools + "]\n";
  };
  Sandbox box;

  box.write(kAgentPath, free_agent("lookup, charge"));
  CHECK(box.finds(kAgentFile, 7, 17, "tool \"charge\" has effects, and the agent has no flow",
                  known));
  box.write(kAgentPath, free_agent("lookup"));
  box.load(known);
  for (const auto& finding : box.findings) {
    CHECK(finding.message.find("has effects") == std::string::npos);
  }
}

TEST_CASE("AgentTest.LinksAreHosts") {
  CHECK(finds_with("links: [www.example.org, \"https://example.org\"]\n", 8, 8,
                   "\"https://example.org\" is no host"));
  CHECK(finds_with("links: [example]\n", 8, 8, "\"example\" is no host"));
}
