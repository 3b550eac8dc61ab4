// Mistakes in agent and data files.
#include <nlohmann/json.hpp>

#include "sandbox.hpp"

using dugout::test::Sandbox;
using namespace dugout::routines;

namespace {

constexpr auto kFile = "cards.yaml";
constexpr auto kPath = "agents/cards.yaml";

const Known& some_known() {
  static const Known known{{{"lookup", {"postcode"}, {"postcode"}, "postcode", false}},
                           {"structured", "raw"},
                           {"rate_limit"},
                           {"openai_responses"}};
  return known;
}

bool finds_with(const std::string& line, int at, int column, const std::string& words) {
  Sandbox box;
  box.write(kPath, std::string(Sandbox::kAgent) + line);
  return box.finds(kFile, at, column, words, some_known());
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
  box.write(kPath, without("parsers") + "parsers: [structred]\n");
  CHECK(box.finds(kFile, 7, 11, "unknown parser \"structred\" | did you mean structured?",
                  some_known()));
  box.write(kPath, without("flow") + "flow: card\n");
  CHECK(box.finds(kFile, 7, 7, "unknown flow \"card\" | did you mean cards?", some_known()));
  box.write(kPath, without("model") + "model: openai_response/gpt\n");
  CHECK(box.finds(kFile, 7, 8, "unknown provider \"openai_response\"", some_known()));
  CHECK(finds_with("tools: [lookup, lokup]\n", 8, 17,
                   "unknown tool \"lokup\" | did you mean lookup?"));
  CHECK(finds_with("recovery: [rate_limits]\n", 8, 12, "did you mean rate_limit?"));
  CHECK(finds_with("colour: red\n", 8, 1, "unknown key \"colour\" in the agent"));
}

TEST_CASE("AgentTest.MissingAndWrongKeysAreNamed") {
  Sandbox box;
  box.write(kPath, without("instructions"));
  CHECK(box.finds(kFile, 1, 1, "the agent has no \"instructions\""));
  box.write(kPath, without("model") + "model: gpt\n");
  CHECK(box.finds(kFile, 7, 8, "\"gpt\" is not a model"));
  box.write(kPath, without("name") + "name: other\n");
  CHECK(box.finds(kFile, 7, 7, "is in a file of another name"));
  CHECK(finds_with("limits: {tool_rounds: many}\n", 8, 23, "must be a whole number"));
  CHECK(finds_with("limits: {turn_deadline: soon}\n", 8, 25, "such as 90s"));
  CHECK(finds_with("response: {text_at: somewhere}\n", 8, 21, "must be one of: output"));
  CHECK(finds_with("response: {schema: none.json}\n", 8, 20, "cannot be read"));
  CHECK(finds_with("welcome: \"Hi {age_grup}\"\n", 8, 10, "did you mean age_group?"));
}

TEST_CASE("AgentTest.ASchemaThatIsNoneIsRefused") {
  Sandbox box;
  box.write("agents/broken.json", "{\"type\": 7}");
  box.write(kPath, std::string(Sandbox::kAgent) + "response: {schema: broken.json}\n");

  CHECK(box.finds(kFile, 8, 20, "the schema broken.json is not usable"));
}

TEST_CASE("AgentTest.AFlowEndsWithTheUnderstudyAndOnlyAFlow") {
  Sandbox box;
  box.write(kPath, without("fallbacks"));
  CHECK(box.finds(kFile, 1, 1, "the last fallback of an agent with a flow must be understudy"));
  box.write(kPath, without("flow"));
  CHECK(box.finds(kFile, 3, 12, "an agent without a flow has no understudy"));
  CHECK(box.finds(kFile, 1, 1, "needs \"unavailable\""));
}

TEST_CASE("AgentTest.SettingsArePutIntoTheTextsAtLoad") {
  Sandbox box;
  box.write(kPath,
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
