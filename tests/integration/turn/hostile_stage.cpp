#include "hostile_stage.hpp"

#include <catch2/catch.hpp>

#include "config/yaml.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "support/model_play.hpp"

namespace dugout::test {
namespace {

using config::Node;
using nlohmann::json;

// "LONG" stands for a million signs, which no file has to hold.
std::string filled(std::string text) {
  return core::replace_all(std::move(text), "LONG", std::string(1'000'000, '9'));
}

void read_texts(const Node& node, Example& out) {
  const std::map<std::string, std::string*> texts{
      {"name", &out.name},     {"code", &out.code},   {"say", &out.say},   {"file", &out.file},
      {"answer", &out.answer}, {"reply", &out.reply}, {"kind", &out.kind}, {"needle", &out.needle},
      {"absent", &out.absent}, {"gone", &out.gone}};
  for (const auto& [key, text] : texts) {
    if (const auto* given = node.find(key)) *text = given->scalar;
  }
}

void read_numbers(const Node& node, Example& out) {
  const auto number = [&node](const char* key, long long fallback) {
    const auto* given = node.find(key);
    return given == nullptr ? fallback : given->as_integer().value_or(fallback);
  };
  out.at = static_cast<int>(number("at", 0));
  out.to = static_cast<int>(number("to", out.at));
  out.routine = static_cast<int>(number("routine", out.at));
  out.effects = static_cast<int>(number("effects", -1));
  out.longest = static_cast<std::size_t>(number("longest", 0));
  out.photo = node.find("photo") != nullptr;
}

void read_maps(const Node& node, Example& out) {
  const auto members = [&node](const char* key) {
    const auto* given = node.find(key);
    return given == nullptr ? std::vector<Node::Member>() : given->members;
  };
  for (const auto& [routine, text] : members("instead"))
    out.instead[std::stoi(routine)] = text.scalar;
  for (const auto& [field, value] : members("collected")) out.collected[field] = value.scalar;
  for (const auto& [field, value] : members("record")) out.record[field] = value.scalar;
  for (const auto& [table, rows] : members("rows")) {
    for (const auto& row : rows.items) out.rows[table].push_back(filled(config::to_json(row)));
  }
  if (const auto* calls = node.find("calls")) {
    for (const auto& call : calls->items) {
      out.calls.emplace_back(call.items.at(0).scalar, filled(config::to_json(call.items.at(1))));
    }
  }
}

json final_answer(const Example& example) {
  auto collected = json::array();
  for (const auto& [field, value] : example.collected) {
    collected.push_back({{"field", field}, {"value", value}});
  }
  return {{"agent_final_response", example.answer},
          {"routine_number", example.routine == 0 ? json() : json(example.routine)},
          {"metadata", {{"collected", collected}}}};
}

void add_texts(const json& value, std::string& out) {
  if (value.is_string()) out += value.get<std::string>() + "\x1e";
  if (value.is_structured()) {
    for (const auto& item : value) add_texts(item, out);
  }
}

}  // namespace

std::vector<Example> examples(const std::string& list) {
  core::Findings findings;
  const auto file = config::load_yaml(
      std::string(DUGOUT_SOURCE_DIR) + "/tests/integration/turn/hostile.yaml", findings);
  for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
  REQUIRE(file);
  std::vector<Example> out;
  for (const auto& node : file->root.find(list)->items) {
    auto& example = out.emplace_back();
    read_texts(node, example);
    read_numbers(node, example);
    read_maps(node, example);
    if (list == "harmless") example.reply = "same";
  }
  return out;
}

HostileStage::HostileStage(ProductOptions options)
    : telemetry_({true, false}),
      server_([this](const DoubleRequest& request) { return answer(request); }) {
  telemetry_.add(watcher_);
  options.base_url = server_.url("/v1");
  options.telemetry = &telemetry_;
  product_ = std::make_unique<Product>(options);
}

DoubleReply HostileStage::answer(const DoubleRequest& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(json::parse(request.body));
  return DoubleReply::json(200, body_for(requests_.back()));
}

std::string HostileStage::body_for(const json& request) {
  const auto asked = read_asked(request);
  auto played = live_ == nullptr ? test::play(asked, routine_, Fault::kNone) : test::Played();
  if (live_ != nullptr && !asked.tool_results_follow) played.calls = live_->calls;
  if (live_ != nullptr && played.calls.empty()) played.text = final_answer(*live_).dump();
  return body_of(asked, played, request.value("model", ""), ++asked_);
}

void HostileStage::lead(const Example& example) {
  product_->session = "session-hostile-" + std::to_string(++sessions_);
  live_ = nullptr;
  if (example.at == 0) return;
  int here = 0;
  for (const auto& line : conversation(example.at > 100 ? "rereg_good.yaml" : "run_a.yaml")) {
    routine_ = line.routine;
    auto text = here == 0 && !example.code.empty() ? example.code : line.say;
    if (const auto own = example.instead.find(here); own != example.instead.end())
      text = own->second;
    const auto reply = line.photo.empty() ? product_->say(text) : product_->send_photo();
    REQUIRE(reply);
    REQUIRE(reply->routine_number == line.routine);
    here = line.routine;
    if (here == example.at) return;
  }
  FAIL("no way leads to " << example.at);
}

Outcome<orchestrator::ChatReply> HostileStage::play(const Example& example) {
  live_ = &example;
  requests_.clear();
  std::map<std::string, std::vector<std::string>> before;
  for (const auto& [table, rows] : example.rows) {
    for (const auto& row : product_->rows(table)) before[table].push_back(row.dump());
    REQUIRE(product_->store().replace_table(table, rows));
  }
  auto reply = send(example);
  for (const auto& [table, rows] : before) REQUIRE(product_->store().replace_table(table, rows));
  live_ = nullptr;
  return reply;
}

Outcome<orchestrator::ChatReply> HostileStage::send(const Example& example) {
  orchestrator::ChatRequest request;
  request.session_id = product_->session;
  request.user_message = example.say;
  if (example.photo) {
    request.user_message.clear();
    request.upload = orchestrator::Upload{product_->upload("jpeg"), example.file};
  }
  return product_->chat(request);
}

std::string all_texts(const json& request) {
  std::string out;
  add_texts(request, out);
  return out;
}

std::string trusted_texts(const json& request) {
  std::string out = request.value("instructions", "");
  for (const auto& item : request.value("input", json::array())) {
    const auto role = item.value("role", "");
    if (role == "system" || role == "developer" ||
        item.value("type", "") == "function_call_output") {
      add_texts(item, out);
    }
  }
  return out;
}

std::string key_of(const json& request) {
  constexpr std::string_view kBefore = "\nKEY is ";
  const auto text = request.value("instructions", "");
  const auto at = text.find(kBefore);
  return at == text.npos ? "" : text.substr(at + kBefore.size(), 16);
}

std::string outside_marks(std::string text, const std::string& key) {
  const auto open = "<data-" + key + ">", close = "</data-" + key + ">";
  for (auto at = text.find(open); at != text.npos; at = text.find(open, at)) {
    const auto end = text.find(close, at);
    if (end == text.npos) break;
    text.erase(at, end + close.size() - at);
  }
  return text;
}

}  // namespace dugout::test
