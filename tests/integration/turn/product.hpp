// The whole product below HTTP, for tests of turns: real plugins, the shipped routines and agents,
// a SQLite store in a temporary folder, a virtual clock, and a model provider that is a double.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "observability/log.hpp"
#include "orchestrator/chat.hpp"
#include "store/store.hpp"
#include "support/fake_clock.hpp"
#include "support/faulty_store.hpp"
#include "support/responses_double.hpp"

namespace dugout::test {

struct ProductOptions {
  std::string base_url;                // of the model double; empty = no provider
  std::vector<std::string> more_keys;  // of the provider, beside "test-key"
  double timeout = 5.0;  // s, of one attempt, in real time; ample, also under a sanitizer
  pipeline::RetryOptions retry = [] {
    pipeline::RetryOptions options;
    options.jitter = 0;
    return options;
  }();
  orchestrator::ResilienceOptions resilience;
  bool cache = false;  // the universal agent's answers may come from memory
  observability::Telemetry* telemetry = nullptr;
  std::vector<std::string> link_hosts{"club.example.net", "http://127.0.0.1:8080"};
  std::string folder;  // an earlier product's, to start again on its store
};

// The least that is an answer of the Responses API.
nlohmann::json answer_body(const std::string& text);

class Product {
 public:
  explicit Product(const ProductOptions& options = {});
  ~Product();
  Product(const Product&) = delete;
  Product& operator=(const Product&) = delete;

  Outcome<orchestrator::ChatReply> say(const std::string& text, const std::string& message_id = "");
  // A picture of cli/sample_photos.hpp.
  Outcome<orchestrator::ChatReply> send_photo(const std::string& kind = "jpeg",
                                              const std::string& message_id = "");
  Outcome<orchestrator::ChatReply> chat(const orchestrator::ChatRequest& request);
  std::string upload(const std::string& kind);  // its path; nobody has sent it yet
  std::string uploads() const { return folder_ + "/uploads"; }
  std::string data() const { return folder_; }
  // Position after saying it; -1 when the turn failed.
  int at(const std::string& text);
  std::string record(const std::string& field);
  nlohmann::json rows(const std::string& table);
  std::vector<std::string> log_lines() const { return lines_; }

  Outcome<orchestrator::SessionView> view() { return orchestrator_->view(session); }
  orchestrator::GuardStates guards() const { return orchestrator_->guards(); }
  // A new generation with this application; the plugins stay. Its number.
  int publish(routines::Application application);
  FakeClock& clock() { return clock_; }
  observability::Log& log() { return log_; }
  orchestrator::Orchestrator& orchestrator() { return *orchestrator_; }
  FaultyStore& store() { return *faulty_; }
  std::string session = "session-of-the-test";
  std::string keep_folder();  // the folder stays for another product

 private:
  std::string folder_;
  bool keep_ = false;
  FakeClock clock_;
  FixedRandom random_;
  std::vector<std::string> lines_;
  observability::Log log_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<FaultyStore> faulty_;
  std::unique_ptr<host::RecordService> records_;
  std::shared_ptr<const host::Generation> plugins_;
  std::unique_ptr<net::HttpClient> http_;
  orchestrator::OrchestratorOptions chosen_;
  std::unique_ptr<orchestrator::Orchestrator> orchestrator_;
};

// One line of a conversation file of tests/e2e/conversations.
struct SaidLine {
  std::string say, photo;
  int routine = 0;
};
std::vector<SaidLine> conversation(const std::string& name);

// Answers of run A until the session stands at this routine.
void go_to(Product& product, int routine);

// A session that was led to a routine once. A test that starts there again and again takes copies:
// playing the way each time is what such a test would spend its time on.
class Standing {
 public:
  explicit Standing(int routine);
  ~Standing();
  Standing(const Standing&) = delete;
  Standing& operator=(const Standing&) = delete;

  // These options, with a copy of the folder; the product that takes them removes it.
  ProductOptions copy(ProductOptions options = {}) const;

 private:
  std::string folder_;
};

}  // namespace dugout::test
