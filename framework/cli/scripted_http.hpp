// Plays a model provider from a list of texts, for `dugout simulate`: each is wrapped as an answer
// of the Responses API, so that codec, parsers and judge work as they do with a real model. When
// the list is empty the provider cannot be reached, and the fallbacks take over. One thread.
#pragma once

#include <deque>
#include <string>

#include "net/http_client.hpp"

namespace dugout::cli {

class ScriptedHttp final : public net::HttpClient {
 public:
  void script(std::deque<std::string> texts) { texts_ = std::move(texts); }
  int requests() const { return requests_; }
  std::size_t left() const { return texts_.size(); }
  Outcome<net::HttpResponse> send(const net::HttpRequest& request,
                                  const net::HttpTimes& times) override;

 private:
  std::deque<std::string> texts_;
  int requests_ = 0;
};

}  // namespace dugout::cli
