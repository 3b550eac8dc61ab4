// One model behind a provider: neutral request -> codec plugin -> HTTP -> codec plugin -> answer.
// Every way the exchange can fail becomes a Failure of a class. Immutable but for the key in use,
// [worker].
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/handles.hpp"
#include "net/http_client.hpp"
#include "orchestrator/chat.hpp"
#include "orchestrator/key_ring.hpp"
#include "pipeline/call.hpp"

namespace dugout::orchestrator {

class ProviderModel final : public pipeline::Model {
 public:
  // `target` is "provider/model"; `text_at` says which text of the answer goes to the parsers;
  // `keys` are those of the provider, shared by all its models.
  ProviderModel(std::string target, std::string model, std::string text_at,
                std::shared_ptr<const host::ProviderHandle> codec, ProviderTarget provider,
                std::shared_ptr<KeyRing> keys, net::HttpClient& http, core::Clock& clock);

  std::string_view name() const override { return target_; }
  bool next_key(const std::vector<int>& failed) override { return keys_->go_on(failed); }
  pipeline::Attempted<pipeline::Answer> ask(const pipeline::Request& request, core::Duration within,
                                            const core::CancelToken& cancel) override;

 private:
  pipeline::Attempted<pipeline::Answer> exchange(const pipeline::Request& request,
                                                 const std::string& key, core::Duration within,
                                                 const core::CancelToken& cancel);
  pipeline::Attempted<pipeline::Answer> read(const net::HttpResponse& response) const;
  pipeline::Failure upstream(const Error& error, const net::HttpResponse& response) const;

  const std::string target_, model_, text_at_;
  const std::shared_ptr<const host::ProviderHandle> codec_;
  const ProviderTarget provider_;
  const std::shared_ptr<KeyRing> keys_;
  net::HttpClient& http_;
  core::Clock& clock_;
};

}  // namespace dugout::orchestrator
