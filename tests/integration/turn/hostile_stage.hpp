// A model that behaves until it is told to say or ask something else, and the examples of
// hostile.yaml that it plays.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "observability/telemetry.hpp"
#include "product.hpp"
#include "support/http_double.hpp"

namespace dugout::test {

struct Example {
  std::string name, code, say = "Hello there?", file, answer, reply, kind, needle, absent, gone;
  int at = 0, to = 0, routine = 0, effects = -1;
  bool photo = false;
  std::size_t longest = 0;  // bytes of a request; 0 = not looked at
  std::map<int, std::string> instead;
  std::map<std::string, std::vector<std::string>> rows;
  std::vector<std::pair<std::string, std::string>> calls;  // tool, arguments
  std::map<std::string, std::string> collected, record;
};

// Of "hostile" or "harmless".
std::vector<Example> examples(const std::string& list);

class WordsWatcher final : public observability::TurnWatcher {
 public:
  void turn_ended(const observability::TurnReport& report) noexcept override { last = report; }
  observability::TurnReport last;
};

// One product with the model; sessions are led to where an example begins.
class HostileStage {
 public:
  explicit HostileStage(ProductOptions options = {});

  // Leads a new session to the example's routine. REQUIRES: it is on a way that a model can go.
  void lead(const Example& example);
  Outcome<orchestrator::ChatReply> play(const Example& example);

  Product& product() { return *product_; }
  const observability::TurnReport& report() const { return watcher_.last; }
  const std::vector<nlohmann::json>& requests() const { return requests_; }  // of the last turn

 private:
  DoubleReply answer(const DoubleRequest& request);
  std::string body_for(const nlohmann::json& request);
  Outcome<orchestrator::ChatReply> send(const Example& example);

  observability::Telemetry telemetry_;
  WordsWatcher watcher_;
  std::mutex mutex_;  // guards the three below
  const Example* live_ = nullptr;
  int routine_ = 0, asked_ = 0;
  std::vector<nlohmann::json> requests_;
  HttpDouble server_;
  std::unique_ptr<Product> product_;
  int sessions_ = 0;
};

// All texts of a request, and those of what no person wrote as a message of their own:
// instructions, system messages, results of tools.
std::string all_texts(const nlohmann::json& request);
std::string trusted_texts(const nlohmann::json& request);
// The key that the request names, and a text without what stands between marks of that key.
std::string key_of(const nlohmann::json& request);
std::string outside_marks(std::string text, const std::string& key);

}  // namespace dugout::test
