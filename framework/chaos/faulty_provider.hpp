// A model provider that is not there: it answers as the Responses API does, takes its time by the
// clock it is given, and goes wrong as the scenario says. Answers are well-formed and move nothing.
// [any]
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "chaos/scenario.hpp"
#include "core/clock.hpp"
#include "net/http_client.hpp"

namespace dugout::chaos {

struct Asked {
  double at = 0.0;  // s, from the start
  std::string target;
  bool faulty = false;
};

class FaultyProvider final : public net::HttpClient {
 public:
  // `base_urls`: provider name by its base URL. REQUIRES: clock and scenario outlive it.
  FaultyProvider(const Scenario& scenario, core::Clock& clock, unsigned seed,
                 std::map<std::string, std::string> base_urls);

  Outcome<net::HttpResponse> send(const net::HttpRequest& request,
                                  const net::HttpTimes& times) override;

  std::vector<Asked> asked() const;
  double elapsed() const;  // s, from the start

 private:
  std::string target_of(const net::HttpRequest& request) const;
  const Fault* fault_for(const std::string& target);
  double good_latency();
  void note(Asked asked);
  // False, with the error: the time allowed was used up, or the call was called back.
  Status spend(double seconds, const net::HttpTimes& times);

  const Scenario& scenario_;
  core::Clock& clock_;
  const core::MonoTime started_;
  const std::map<std::string, std::string> base_urls_;
  mutable std::mutex mutex_;  // guards the two below
  std::mt19937 engine_;
  std::vector<Asked> asked_;
};

}  // namespace dugout::chaos
