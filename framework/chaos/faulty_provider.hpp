// A model provider that is not there: it answers as the Responses API does, takes its time by the
// virtual clock, and goes wrong as the scenario says. Answers are well-formed and move nothing.
// Used by one actor at a time.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "chaos/scenario.hpp"
#include "chaos/virtual_time.hpp"
#include "net/http_client.hpp"

namespace dugout::chaos {

struct Asked {
  double at = 0.0;  // s, from the start
  std::string target;
  bool faulty = false;
};

class FaultyProvider final : public net::HttpClient {
 public:
  // `base_urls`: provider name by its base URL. REQUIRES: time and scenario outlive it.
  FaultyProvider(const Scenario& scenario, VirtualTime& time, unsigned seed,
                 std::map<std::string, std::string> base_urls);

  Outcome<net::HttpResponse> send(const net::HttpRequest& request,
                                  const net::HttpTimes& times) override;

  const std::vector<Asked>& asked() const { return asked_; }
  double elapsed() const;  // s, from the start

 private:
  std::string target_of(const net::HttpRequest& request) const;
  const Fault* fault_for(const std::string& target);
  double good_latency();
  // False, with the error: the time allowed was used up, or the call was called back.
  Status spend(double seconds, const net::HttpTimes& times);

  const Scenario& scenario_;
  VirtualTime& time_;
  const core::MonoTime started_;
  std::mt19937 engine_;
  const std::map<std::string, std::string> base_urls_;
  std::vector<Asked> asked_;
};

}  // namespace dugout::chaos
