#include "support/model_play.hpp"

#include <algorithm>

namespace dugout::test {
namespace {

using nlohmann::json;

std::string text_of(const json& content) {
  if (content.is_string()) return content;
  std::string out;
  if (!content.is_array()) return out;
  for (const auto& part : content) {
    if (part.contains("text") && part["text"].is_string()) out += part["text"].get<std::string>();
  }
  return out;
}

json brief_in(const std::string& instructions) {
  constexpr std::string_view kOpen = "<<dugout:brief>>", kClose = "<<end>>";
  const auto open = instructions.rfind(kOpen);
  const auto close = open == std::string::npos ? open : instructions.find(kClose, open);
  if (close == std::string::npos) return json::object();
  const auto start = open + kOpen.size();
  auto brief = json::parse(instructions.substr(start, close - start), nullptr, false);
  return brief.is_object() ? brief : json::object();
}

void read_item(const json& item, Asked& asked) {
  const auto role = item.value("role", "");
  if (role == "user") {
    const auto text = text_of(item.value("content", json()));
    if (!text.empty()) asked.last_user = text;
    asked.tool_results_follow = false;
  }
  if (role == "tool" || item.value("type", "") == "function_call_output") {
    asked.tool_results_follow = true;
  }
}

}  // namespace

Asked read_asked(const json& request) {
  Asked asked;
  asked.chat = request.contains("messages");
  std::string instructions =
      request.contains("instructions") ? text_of(request["instructions"]) : std::string();
  const auto items = request.value(asked.chat ? "messages" : "input", json::array());
  if (items.is_string()) asked.last_user = items;
  if (items.is_array()) {
    for (const auto& item : items) {
      if (item.value("role", "") == "system" || item.value("role", "") == "developer") {
        instructions += text_of(item.value("content", json()));
      }
      read_item(item, asked);
    }
  }
  asked.brief = brief_in(instructions);
  for (const auto& tool : request.value("tools", json::array())) {
    const auto& function = asked.chat ? tool.at("function") : tool;
    asked.tools.emplace_back(function.at("name"), function.value("parameters", json::object()));
  }
  return asked;
}

namespace {

// "parent_house_number" is what the argument "house_number" is about.
bool is_about(const std::string& field, const std::string& argument) {
  if (field == argument) return true;
  const auto end = "_" + argument;
  return field.size() > end.size() &&
         field.compare(field.size() - end.size(), end.size(), end) == 0;
}

json value_for(const json& schema, const std::string& text) {
  const auto type = schema.is_object() ? schema.value("type", json("string")) : json("string");
  if (schema.is_object() && schema.contains("enum")) return schema["enum"].at(0);
  if (type == "integer" || type == "number") return 0;
  if (type == "boolean") return false;
  return text;
}

// The arguments for a tool that a field of the brief is for; null when none is.
json arguments_for(const json& parameters, const Asked& asked) {
  const auto properties = parameters.value("properties", json::object());
  const auto required = parameters.value("required", json::array());
  json arguments = json::object();
  bool matches = false;
  for (const auto& [name, schema] : properties.items()) {
    bool about = false;
    for (const auto& field : asked.brief.value("fields", json::array())) {
      about = about || is_about(field, name);
    }
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    if (about || needed) arguments[name] = value_for(schema, asked.last_user);
    matches = matches || about;
  }
  return matches ? arguments : json();
}

bool may_call(const Asked& asked, const std::string& tool) {
  const auto named = asked.brief.value("tools", json());
  return !named.is_array() || named.empty() ||
         std::find(named.begin(), named.end(), tool) != named.end();
}

std::optional<int> number_at(const json& object, const char* key) {
  if (!object.contains(key) || !object[key].is_number_integer()) return std::nullopt;
  return object[key].get<int>();
}

json final_answer(const Asked& asked, std::optional<int> routine, Fault fault) {
  json collected = json::array();
  for (const auto& field : asked.brief.value("fields", json::array())) {
    collected.push_back({{"field", field}, {"value", asked.last_user}});
  }
  json answer = {{"agent_final_response", "Thank you, noted."},
                 {"metadata", {{"collected", collected}}}};
  if (!routine) routine = number_at(asked.brief, "next");
  if (!routine) routine = number_at(asked.brief, "routine");
  if (routine && fault == Fault::kWrongRoutine) routine = *routine % 35 + 1;
  if (routine) answer["routine_number"] = *routine;
  if (fault == Fault::kMissingField) answer.erase("agent_final_response");
  return answer;
}

std::string dressed(const std::string& answer, Fault fault) {
  if (fault == Fault::kProse) return "Of course! Here it is:\n" + answer + "\nIs that all right?";
  if (fault == Fault::kFence) return "```json\n" + answer + "\n```";
  if (fault == Fault::kTruncatedJson || fault == Fault::kIncomplete) {
    return answer.substr(0, answer.size() / 2);
  }
  return answer;
}

}  // namespace

Played play(const Asked& asked, std::optional<int> routine, Fault fault) {
  Played played;
  if (!asked.tool_results_follow && fault == Fault::kNone) {
    for (const auto& [name, parameters] : asked.tools) {
      const auto arguments = may_call(asked, name) ? arguments_for(parameters, asked) : json();
      if (arguments.is_object()) played.calls.emplace_back(name, arguments.dump());
    }
    if (!played.calls.empty()) return played;
  }
  played.refused = fault == Fault::kRefusal;
  played.incomplete = fault == Fault::kIncomplete;
  played.text = played.refused ? "I cannot help with that."
                               : dressed(final_answer(asked, routine, fault).dump(), fault);
  return played;
}

}  // namespace dugout::test
