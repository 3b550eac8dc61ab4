#include "product.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "cli/sample_photos.hpp"
#include "config/yaml.hpp"
#include "core/json.hpp"
#include "records/store_records.hpp"
#include "routines/load.hpp"
#include "store/sqlite_store.hpp"

namespace dugout::test {
namespace {

// Read once: nothing changes it, and a test may start many products.
std::shared_ptr<const routines::Application> shipped_application() {
  static const auto shipped = [] {
    core::Findings findings;
    return std::make_shared<const routines::Application>(
        routines::load_application(DUGOUT_SOURCE_DIR, {}, findings));
  }();
  return shipped;
}

std::string new_folder() {
  return (std::filesystem::temp_directory_path() / core::new_id("dugout_test_")).string();
}

std::shared_ptr<const host::Generation> shipped_plugins(const std::string& folder) {
  host::LoadOptions load;
  load.folders = {DUGOUT_PLUGIN_DIR};
  load.shared["data_folder"] = nlohmann::json(folder).dump();
  load.trust_writable = true;
  core::Findings findings;
  auto plugins = host::load(load, findings);
  for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
  REQUIRE_FALSE(core::has_errors(findings));
  return plugins;
}

}  // namespace

nlohmann::json answer_body(const std::string& text) {
  return {{"status", "completed"},
          {"output",
           {{{"type", "message"}, {"content", {{{"type", "output_text"}, {"text", text}}}}}}}};
}

Product::Product(const ProductOptions& options)
    : folder_(options.folder.empty() ? new_folder() : options.folder),
      log_(clock_, {}, [this](std::string_view line) { lines_.emplace_back(line); }) {
  auto opened = store::open_sqlite_store(folder_ + "/dugout.db", clock_);
  REQUIRE(opened);
  store_ = std::move(*opened);
  const auto application = shipped_application();
  for (const auto& [table, rows] : application->tables) REQUIRE(store_->replace_table(table, rows));
  faulty_ = std::make_unique<FaultyStore>(*store_);
  records_ = std::make_unique<records::StoreRecords>(*faulty_);
  host::install_services({&clock_, records_.get()});
  plugins_ = shipped_plugins(folder_);
  http_ = net::make_http_client();
  auto& chosen = chosen_;
  if (!options.base_url.empty()) {
    chosen.providers["openai_responses"] = {"openai_responses", options.base_url, "test-key",
                                            options.timeout};
    chosen.providers["openai_responses"].more_keys = options.more_keys;
  }
  chosen.resilience = options.resilience;
  chosen.link_hosts = options.link_hosts;
  for (const auto& [name, agent] : application->agents) chosen.retry[name] = options.retry;
  const auto served = std::make_shared<routines::Application>(*application);
  served->agents.at("universal").cache = options.cache;
  orchestrator_ =
      orchestrator::make_orchestrator({plugins_, served, *faulty_, *http_, clock_, random_, log_,
                                       nullptr, nullptr, options.telemetry},
                                      chosen);
}

Product::~Product() {
  orchestrator_.reset();
  plugins_.reset();
  host::install_services({});
  store_.reset();
  std::error_code ignored;
  if (!keep_) std::filesystem::remove_all(folder_, ignored);
}

std::string Product::keep_folder() {
  keep_ = true;
  return folder_;
}

int Product::publish(routines::Application application) {
  return orchestrator_->publish(
      {plugins_, std::make_shared<const routines::Application>(std::move(application)), chosen_});
}

Outcome<orchestrator::ChatReply> Product::say(const std::string& text,
                                              const std::string& message_id) {
  orchestrator::ChatRequest request;
  request.session_id = session;
  request.client_message_id = message_id;
  request.user_message = text;
  return orchestrator_->chat(request);
}

std::string Product::upload(const std::string& kind) {
  std::filesystem::create_directories(uploads());
  const auto path = uploads() + "/" + core::new_id("upload_");
  const auto bytes = cli::sample_photo(kind);
  REQUIRE_FALSE(bytes.empty());
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

Outcome<orchestrator::ChatReply> Product::send_photo(const std::string& kind,
                                                     const std::string& message_id) {
  orchestrator::ChatRequest request;
  request.session_id = session;
  request.client_message_id = message_id;
  request.upload = orchestrator::Upload{upload(kind), "photo"};
  return orchestrator_->chat(request);
}

Outcome<orchestrator::ChatReply> Product::chat(const orchestrator::ChatRequest& request) {
  return orchestrator_->chat(request);
}

int Product::at(const std::string& text) {
  const auto reply = say(text);
  if (!reply) {
    UNSCOPED_INFO("the turn failed: " << reply.error().message);
    return -1;
  }
  return reply->routine_number.value_or(0);
}

std::string Product::record(const std::string& field) {
  const auto text = orchestrator_->record(session);
  REQUIRE(text);
  return core::member(nlohmann::json::parse(*text), field, "(unset)");
}

nlohmann::json Product::rows(const std::string& table) {
  const auto text = store_->find_rows(table, "{}");
  REQUIRE(text);
  return nlohmann::json::parse(*text);
}

std::vector<SaidLine> conversation(const std::string& name) {
  core::Findings findings;
  const auto file = config::load_yaml(
      std::string(DUGOUT_SOURCE_DIR) + "/tests/e2e/conversations/" + name, findings);
  REQUIRE(file);
  std::vector<SaidLine> lines;
  for (const auto& turn : file->root.find("turns")->items) {
    SaidLine line;
    if (const auto* say = turn.find("say")) line.say = say->scalar;
    if (const auto* photo = turn.find("photo")) line.photo = photo->scalar;
    line.routine = static_cast<int>(turn.find("routine")->as_integer().value_or(0));
    lines.push_back(line);
  }
  return lines;
}

void go_to(Product& product, int routine) {
  for (const auto& line : conversation("run_a.yaml")) {
    const auto reply = line.photo.empty() ? product.say(line.say) : product.send_photo();
    REQUIRE(reply);
    REQUIRE(reply->routine_number == line.routine);
    if (line.routine == routine) return;
  }
}

Standing::Standing(int routine) {
  Product product;
  go_to(product, routine);
  folder_ = product.keep_folder();
}

Standing::~Standing() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

ProductOptions Standing::copy(ProductOptions options) const {
  options.folder = new_folder();
  std::filesystem::copy(folder_, options.folder, std::filesystem::copy_options::recursive);
  return options;
}

}  // namespace dugout::test
