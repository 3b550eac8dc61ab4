// Reads one agent file. Settings are put into its texts here, once; only `welcome` stays a
// template, because it speaks of the team at hand.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "config/json_schema.hpp"
#include "config/link_settings.hpp"
#include "core/text.hpp"
#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSchemaBytes = 1U << 20;

// Only settings are replaced: instructions may hold other braces, such as JSON.
std::string with_settings(std::string text, const Settings& settings) {
  for (const auto& name : slots(text)) {
    const auto it = settings.find(name);
    if (it != settings.end()) text = core::replace_all(text, "{" + name + "}", it->second);
  }
  return std::string(core::trim(text));
}

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > kSchemaBytes) {
    return std::nullopt;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return in ? std::optional(text.str()) : std::nullopt;
}

void read_schema(const std::string& name, config::Mark mark, const FileFindings& out,
                 Agent& agent) {
  const auto path = fs::path(out.file).parent_path() / name;
  const auto text = read_file(path);
  if (!text) {
    return out.error(mark, "the schema " + name + " cannot be read",
                     "the path is relative to the agent's file, at most 1 MiB");
  }
  const auto compiled = config::JsonSchema::compile(std::string_view(*text));
  if (!compiled) {
    return out.error(mark, "the schema " + name + " is not usable: " + compiled.error().message);
  }
  agent.schema = *text;
  agent.schema_name = path.stem().string();
}

void read_response(const config::Node& node, const FileFindings& out, Agent& agent) {
  MapReader reader(node, "response", out);
  const auto text_at = reader.word("text_at", {"output[].content[].text", "output_text"});
  if (!text_at.empty()) agent.text_at = text_at;
  const auto schema = reader.text("schema");
  if (!schema.empty()) read_schema(schema, reader.mark_of("schema"), out, agent);
  reader.finish();
}

void read_limits(const config::Node& node, const FileFindings& out, Agent& agent) {
  MapReader reader(node, "limits", out);
  agent.tool_rounds = static_cast<int>(reader.integer("tool_rounds", 0, 50).value_or(5));
  agent.history_messages =
      static_cast<std::size_t>(reader.integer("history_messages", 2, 10'000).value_or(80));
  agent.turn_attempts = static_cast<int>(reader.integer("turn_attempts", 1, 100).value_or(12));
  if (const auto tokens = reader.integer("output_tokens", 16, 1'000'000)) {
    agent.output_tokens = static_cast<int>(*tokens);
  }
  agent.turn_tokens = reader.integer("turn_tokens", 1, 1'000'000'000);
  if (const auto* money = reader.take("turn_money")) {
    const auto sum = money->is_scalar() ? money->as_number() : std::nullopt;
    if (!sum || !(*sum > 0) || *sum > 1e6) {
      reader.wrong(*money, "turn_money", "a sum in the currency of `prices:`, such as 0.05");
    } else {
      agent.turn_money = *sum;
    }
  }
  if (const auto* deadline = reader.take("turn_deadline")) {
    const auto seconds = deadline->is_scalar() ? deadline->as_seconds() : std::nullopt;
    if (!seconds || *seconds <= 0 || *seconds > 3600) {
      reader.wrong(*deadline, "turn_deadline", "a time up to 1 h, such as 90s");
    } else {
      agent.turn_deadline = *seconds;
    }
  }
  reader.finish();
}

void read_links(MapReader& reader, const FileFindings& out, Agent& agent) {
  agent.links = reader.texts("links");
  for (const auto& host : agent.links) {
    if (config::is_link_host(host)) continue;
    out.error(reader.mark_of("links"), "\"" + host + "\" is no host",
              "such as www.example.org or *.example.org, without https://");
  }
}

// "provider/model", or the understudy.
void check_target_shape(const std::string& target, config::Mark mark, const FileFindings& out) {
  const auto slash = target.find('/');
  if (target == "understudy" || (slash != target.npos && slash > 0 && slash + 1 < target.size())) {
    return;
  }
  out.error(mark, "\"" + target + "\" is not a model",
            "provider/model, such as openai_responses/gpt-4.1, or understudy");
}

// The understudy speaks for a flow's routines; without a flow it has nothing to say.
void check_understudy(const Agent& agent, MapReader& reader, const FileFindings& out) {
  const auto& last = agent.fallbacks.empty() ? agent.model : agent.fallbacks.back();
  if (!agent.flow.empty() && last != "understudy") {
    out.error(reader.mark_of("fallbacks"),
              "the last fallback of an agent with a flow must be "
              "understudy",
              "so that a conversation never ends in an outage");
  }
  if (!agent.flow.empty()) return;
  for (const auto& target : agent.fallbacks) {
    if (target != "understudy") continue;
    out.error(reader.mark_of("fallbacks"), "an agent without a flow has no understudy",
              "set unavailable to what is said when no model can answer");
  }
  if (agent.unavailable.empty()) {
    out.error(reader.mark(), "an agent without a flow needs \"unavailable\"",
              "what is said when no model can answer");
  }
}

void read_texts(MapReader& reader, const Settings& settings, const FileFindings& out,
                Agent& agent) {
  agent.instructions = with_settings(reader.required_text("instructions"), settings);
  agent.short_instructions = with_settings(reader.text("short_instructions"), settings);
  agent.unavailable = with_settings(reader.text("unavailable"), settings);
  agent.welcome = reader.text("welcome");
  check_template(reader.take("welcome"), out);
}

}  // namespace

std::optional<Agent> load_agent(const std::string& path, const Settings& settings,
                                core::Findings& findings) {
  const auto file = config::load_yaml(path, findings);
  if (!file) return std::nullopt;
  const FileFindings out{path, findings};
  MapReader reader(file->root, "the agent", out);
  if (!file->root.is_map()) return std::nullopt;
  Agent agent;
  agent.file = path;
  agent.name = reader.required_text("name");
  if (!agent.name.empty() && agent.name != fs::path(path).stem().string()) {
    out.error(reader.mark_of("name"), "agent \"" + agent.name + "\" is in a file of another name",
              "name the file " + agent.name + ".yaml");
  }
  agent.flow = reader.text("flow");
  agent.model = reader.required_text("model");
  agent.fallbacks = reader.texts("fallbacks");
  agent.call_type = reader.required_text("call_type");
  agent.parsers = reader.texts("parsers");
  agent.recovery = reader.texts("recovery");
  agent.tools = reader.texts("tools");
  load_trust(reader, settings, out, agent);
  read_links(reader, out, agent);
  agent.cache = reader.flag("cache", false);
  read_texts(reader, settings, out, agent);
  if (const auto* response = reader.take("response")) read_response(*response, out, agent);
  if (const auto* limits = reader.take("limits")) read_limits(*limits, out, agent);
  if (const auto* retry = reader.take("retry")) {
    if (!retry->is_map()) reader.wrong(*retry, "retry", "a map of retry settings");
    agent.retry = *retry;
  }
  if (!agent.model.empty()) check_target_shape(agent.model, reader.mark_of("model"), out);
  for (const auto& target : agent.fallbacks) {
    check_target_shape(target, reader.mark_of("fallbacks"), out);
  }
  if (agent.parsers.empty())
    out.error(reader.mark(), "the agent has no \"parsers\"", "such as [structured, raw]");
  if (agent.cache && !agent.flow.empty()) {
    out.error(reader.mark_of("cache"), "an agent with a flow cannot answer from memory",
              "what it says depends on the family's own record");
  }
  check_understudy(agent, reader, out);
  reader.finish();
  return agent;
}

}  // namespace dugout::routines
