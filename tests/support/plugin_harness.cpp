#include "support/plugin_harness.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <stdexcept>

#include "config/json_schema.hpp"
#include "config/yaml.hpp"
#include "support/fake_clock.hpp"

namespace dugout::test {
namespace {

using nlohmann::json;
using sdk::view;

std::recursive_mutex mutex;  // guards all state below: tests call tools from several threads
std::int64_t now_ms = FakeClock::kStartMs;
std::map<std::string, std::string> unique_keys;  // "table\nkey" -> row id
int next_id = 1;
std::function<ServiceReply(const ServiceCall&)> http_answer;
std::vector<ServiceCall> calls_seen;
std::vector<std::pair<int, std::string>> lines_logged;

void put(dugout_sink* sink, const json& value) {
  const auto text = value.dump();
  sink->put(sink, sdk::text(text));
}

dugout_status find(dugout_text table, dugout_text where, dugout_sink* out) {
  const std::lock_guard lock(mutex);
  const auto wanted = json::parse(view(where));
  json found = json::array();
  for (const auto& row : rows()[std::string(view(table))]) {
    bool all = true;
    for (const auto& [key, value] : wanted.items())
      all = all && row.contains(key) && row[key] == value;
    if (all) found.push_back(row);
  }
  put(out, found);
  return DUGOUT_OK;
}

dugout_status insert(dugout_text table, dugout_text unique, dugout_text row, dugout_sink* out) {
  const std::lock_guard lock(mutex);
  auto& all = rows()[std::string(view(table))];
  if (all.is_null()) all = json::array();
  const auto key = std::string(view(table)) + "\n" + std::string(view(unique));
  if (unique.size > 0 && unique_keys.count(key) != 0) {
    for (const auto& holder : all) {
      if (holder["id"] == unique_keys[key]) {
        put(out, {{"message", "taken"}, {"detail", holder}});
        return DUGOUT_E_CONFLICT;
      }
    }
  }
  auto added = json::parse(view(row));
  if (!added.contains("id")) added["id"] = "recTEST" + std::to_string(next_id++);
  if (unique.size > 0) unique_keys[key] = added["id"];
  all.push_back(added);
  put(out, {{"id", added["id"]}});
  return DUGOUT_OK;
}

dugout_status update(dugout_text table, dugout_text id, dugout_text changes, dugout_sink* out) {
  const std::lock_guard lock(mutex);
  for (auto& row : rows()[std::string(view(table))]) {
    if (row["id"] != std::string(view(id))) continue;
    row.merge_patch(json::parse(view(changes)));
    put(out, row);
    return DUGOUT_OK;
  }
  put(out, {{"message", "no such row"}});
  return DUGOUT_E_NOT_FOUND;
}

dugout_status check_schema(dugout_text schema, dugout_text instance, dugout_sink* why) {
  const auto compiled = config::JsonSchema::compile(view(schema));
  if (!compiled) return DUGOUT_E_INVALID;
  const auto errors = compiled->check(json::parse(view(instance)), 1);
  if (errors.empty()) return DUGOUT_OK;
  const auto text = errors.front().pointer + ": " + errors.front().message;
  why->put(why, sdk::text(text));
  return DUGOUT_E_WRONG_SHAPE;
}

dugout_status send(dugout_text request, dugout_text content, dugout_sink* head,
                   dugout_sink* answer) {
  const auto asked = json::parse(view(request));
  const ServiceCall call{asked.value("method", "GET"), asked.value("url", ""),
                         std::string(view(content)), asked.value("effect", "once"),
                         asked.value("headers", json::object())};
  std::function<ServiceReply(const ServiceCall&)> answering;
  {
    const std::lock_guard lock(mutex);
    calls_seen.push_back(call);
    answering = http_answer;
  }
  const auto reply = answering ? answering(call) : ServiceReply{0, "", json::object(), false};
  if (reply.status == 0) {
    put(head, {{"message", "no answer"}, {"detail", {{"sent", reply.sent}}}});
    return DUGOUT_E_UNAVAILABLE;
  }
  put(head, {{"status", reply.status}, {"headers", reply.headers}, {"tries", 1}});
  answer->put(answer, sdk::text(reply.body));
  return DUGOUT_OK;
}

const dugout_http_v1 http_table{sizeof(dugout_http_v1), 0, &send};
const dugout_log_v1 log_table{sizeof(dugout_log_v1), 0, [](int32_t level, dugout_text line) {
                                const std::lock_guard lock(mutex);
                                lines_logged.emplace_back(level, view(line));
                              }};
const dugout_clock_v1 clock_table{sizeof(dugout_clock_v1), 0, [] { return now_ms; }};
const dugout_schema_v1 schema_table{sizeof(dugout_schema_v1), 0, &check_schema};
const dugout_records_v1 records_table{sizeof(dugout_records_v1), 0, &find, &insert, &update};

const void* service(const char* id) {
  const std::string_view name(id);
  if (name == DUGOUT_SERVICE_LOG) return &log_table;
  if (name == DUGOUT_SERVICE_CLOCK) return &clock_table;
  if (name == DUGOUT_SERVICE_SCHEMA) return &schema_table;
  if (name == DUGOUT_SERVICE_RECORDS) return &records_table;
  if (name == DUGOUT_SERVICE_HTTP) return &http_table;
  return nullptr;
}

void complete(dugout_call* call, dugout_status status, dugout_text body) {
  *reinterpret_cast<PluginAnswer*>(call) = {status, std::string(view(body))};
}

const dugout_host host_table{sizeof(dugout_host),
                             DUGOUT_ABI_MAJOR,
                             DUGOUT_ABI_MINOR,
                             0,
                             &service,
                             [](dugout_call*, dugout_text) {},
                             &complete};

std::string context_of(const std::string& key) {
  return json{{"idempotency_key", key},
              {"session", "ses_test"},
              {"turn", "turn_test"},
              {"deadline_ms", 10000}}
      .dump();
}

std::string library_in(const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".so") return entry.path();
  }
  throw std::runtime_error("no library in " + folder);
}

}  // namespace

json& rows() {
  static json tables = json::object();
  return tables;
}

void reset_services() {
  const std::lock_guard lock(mutex);
  rows() = json::object();
  unique_keys.clear();
  next_id = 1;
  http_answer = nullptr;
  calls_seen.clear();
  lines_logged.clear();
  now_ms = FakeClock::kStartMs;
}

void answer_http(std::function<ServiceReply(const ServiceCall&)> answer) {
  const std::lock_guard lock(mutex);
  http_answer = std::move(answer);
}

std::vector<ServiceCall> http_calls() {
  const std::lock_guard lock(mutex);
  return calls_seen;
}

std::vector<std::pair<int, std::string>> logged() {
  const std::lock_guard lock(mutex);
  return lines_logged;
}

void set_unix_ms(std::int64_t now) {
  const std::lock_guard lock(mutex);
  now_ms = now;
}

namespace {

// As the host does it: plugin.yaml speaks where the config says nothing.
json with_defaults(const std::string& id, json config) {
  core::Findings findings;
  const auto yaml =
      config::load_yaml(std::string(DUGOUT_PLUGIN_DIR) + "/" + id + "/plugin.yaml", findings);
  const auto* defaults = yaml ? yaml->root.find("defaults") : nullptr;
  if (defaults == nullptr) return config;
  auto all = json::parse(config::to_json(*defaults));
  all.update(config);
  return all;
}

}  // namespace

PluginUnderTest::PluginUnderTest(const std::string& id, const json& config) {
  const auto path = library_in(std::string(DUGOUT_PLUGIN_DIR) + "/" + id);
  library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) throw std::runtime_error(dlerror());
  const auto open = reinterpret_cast<dugout_plugin_open_fn>(dlsym(library_, "dugout_plugin_open"));
  if (open == nullptr) throw std::runtime_error("no dugout_plugin_open");
  module_ = open(DUGOUT_ABI_MAJOR, DUGOUT_ABI_MINOR);
  sdk::StringSink why;
  const auto text = with_defaults(id, config).dump();
  if (module_ == nullptr ||
      module_->create(&host_table, sdk::text(text), &instance_, &why) != DUGOUT_OK) {
    throw std::runtime_error("create failed: " + why.text);
  }
}

PluginUnderTest::~PluginUnderTest() {
  if (instance_ != nullptr) module_->destroy(instance_);
  if (module_ != nullptr) module_->close();
  if (library_ != nullptr) dlclose(library_);
}

template <typename Table>
const Table* PluginUnderTest::face(const char* id) {
  const auto* table = static_cast<const Table*>(module_->face(instance_, id));
  if (table == nullptr) throw std::runtime_error(std::string("no face ") + id);
  return table;
}

PluginAnswer PluginUnderTest::parse(std::string_view raw, std::string_view schema) {
  sdk::StringSink out;
  const auto status = face<dugout_parser_v1>(DUGOUT_FACE_PARSER)
                          ->parse(instance_, sdk::text(raw), sdk::text(schema), &out);
  return {status, out.text};
}

PluginAnswer PluginUnderTest::advise(const json& failure) {
  sdk::StringSink out;
  const auto text = failure.dump();
  const auto status =
      face<dugout_recovery_v1>(DUGOUT_FACE_RECOVERY)->advise(instance_, sdk::text(text), &out);
  return {status, out.text};
}

PluginAnswer PluginUnderTest::validate(const json& answer, const json& context) {
  sdk::StringSink out;
  const auto text = answer.dump(), around = context.dump();
  const auto status = face<dugout_validator_v1>(DUGOUT_FACE_VALIDATOR)
                          ->validate(instance_, sdk::text(text), sdk::text(around), &out);
  return {status, out.text};
}

PluginAnswer PluginUnderTest::propose(std::string_view situation) {
  sdk::StringSink out;
  const auto status =
      face<dugout_tuner_v1>(DUGOUT_FACE_TUNER)->propose(instance_, sdk::text(situation), &out);
  return {status, out.text};
}

PluginAnswer PluginUnderTest::train(std::string_view log) {
  sdk::StringSink out;
  const auto status =
      face<dugout_tuner_v1>(DUGOUT_FACE_TUNER)->train(instance_, sdk::text(log), &out);
  return {status, out.text};
}

PluginAnswer PluginUnderTest::encode(const json& request, std::string* body) {
  sdk::StringSink head, text_body;
  const auto text = request.dump();
  const auto status = face<dugout_provider_v1>(DUGOUT_FACE_PROVIDER)
                          ->encode(instance_, sdk::text(text), &head, &text_body);
  *body = text_body.text;
  return {status, head.text};
}

PluginAnswer PluginUnderTest::decode(unsigned status, const json& headers, std::string_view body) {
  sdk::StringSink out;
  const auto head = headers.dump();
  const auto result = face<dugout_provider_v1>(DUGOUT_FACE_PROVIDER)
                          ->decode(instance_, status, sdk::text(head), sdk::text(body), &out);
  return {result, out.text};
}

json PluginUnderTest::describe() {
  sdk::StringSink out;
  const auto status = face<dugout_tool_v1>(DUGOUT_FACE_TOOL)->describe(instance_, &out);
  if (status != DUGOUT_OK) throw std::runtime_error("describe failed: " + out.text);
  return json::parse(out.text);
}

json PluginUnderTest::run(const json& args, const std::string& idempotency_key) {
  const auto schema = config::JsonSchema::compile(describe().at("arguments"));
  if (!schema) throw std::runtime_error("arguments is no schema: " + schema.error().message);
  const auto errors = schema->check(args);
  if (!errors.empty()) throw std::runtime_error(errors[0].pointer + ": " + errors[0].message);
  const auto answer = start(args.dump(), idempotency_key);
  if (!answer.done()) throw std::runtime_error("the tool failed: " + answer.text);
  return answer.json();
}

PluginAnswer PluginUnderTest::start(std::string_view args, const std::string& idempotency_key) {
  PluginAnswer answer;
  const auto context = context_of(idempotency_key);
  face<dugout_tool_v1>(DUGOUT_FACE_TOOL)
      ->start(instance_, reinterpret_cast<dugout_call*>(&answer), sdk::text(args),
              sdk::text(context));
  return answer;
}

PluginAnswer PluginUnderTest::reconcile(const json& args, const std::string& idempotency_key) {
  PluginAnswer answer;
  const auto text = args.dump();
  const auto context = context_of(idempotency_key);
  face<dugout_tool_v1>(DUGOUT_FACE_TOOL)
      ->reconcile(instance_, reinterpret_cast<dugout_call*>(&answer), sdk::text(text),
                  sdk::text(context));
  return answer;
}

}  // namespace dugout::test
