#include "pipeline/cache.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json.hpp"
#include "core/text.hpp"
#include "pipeline/waits.hpp"

namespace dugout::pipeline {
namespace {

using core::Json;

std::size_t size_of(const std::string& key, const CachedAnswer& answer) {
  constexpr std::size_t kBookkeeping = 200;
  return 2 * key.size() + answer.parsed.message.size() + answer.parsed.metadata.size() +
         answer.parsed.parser.size() + answer.target.size() + kBookkeeping;
}

// Without the key of the marks, which nobody's own text contains.
std::string unmarked(const std::string& text, const std::string& mark) {
  return mark.empty() ? text : core::replace_all(text, mark, "");
}

Json item_of(const Item& item, const std::string& mark) {
  return {static_cast<int>(item.kind), unmarked(item.text, mark), item.call.id, item.call.name,
          item.call.arguments};
}

}  // namespace

AnswerCache::Flight::~Flight() {
  if (cache_ != nullptr) cache_->land(key_);
}

void AnswerCache::Flight::put(CachedAnswer answer) {
  if (cache_ == nullptr) return;
  cache_->store(key_, std::move(answer));
  std::exchange(cache_, nullptr)->land(key_);
}

AnswerCache::Found AnswerCache::find(const std::string& key, core::MonoTime deadline) {
  std::unique_lock lock(mutex_);
  bool waited = false;
  for (;;) {
    if (auto answer = look(key)) {
      ++(waited ? counts_.shared : counts_.hits);
      return {std::move(answer), std::nullopt};
    }
    if (flying_.find(key) == flying_.end()) {
      flying_[key] = 1;
      ++counts_.misses;
      return {std::nullopt, Flight(this, key)};
    }
    if (clock_.now() >= deadline) return {};
    waited = true;
    landed_.wait_for(lock, kGlance);
  }
}

std::optional<CachedAnswer> AnswerCache::look(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  const auto entry = found->second;
  if (clock_.now() >= entry->until) {
    ++counts_.expired;
    remove(entry);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->answer;
}

void AnswerCache::store(const std::string& key, CachedAnswer answer) {
  const auto bytes = size_of(key, answer);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) remove(found->second);
  if (bytes > options_.bytes) return;
  entries_.push_front({key, std::move(answer), clock_.now() + to_duration(options_.ttl), bytes});
  by_key_[key] = entries_.begin();
  counts_.bytes += bytes;
  while (entries_.size() > options_.entries || counts_.bytes > options_.bytes) {
    ++counts_.evicted;
    remove(std::prev(entries_.end()));
  }
}

void AnswerCache::remove(Entries::iterator entry) {
  counts_.bytes -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void AnswerCache::land(const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    flying_.erase(key);
  }
  landed_.notify_all();
}

CacheCounts AnswerCache::counts() const {
  const std::lock_guard lock(mutex_);
  auto counts = counts_;
  counts.entries = entries_.size();
  return counts;
}

std::string request_key(std::string_view scope, const std::vector<Model*>& targets,
                        const Request& request) {
  Json key{{"scope", scope},
           {"instructions", unmarked(request.instructions, request.mark)},
           {"items", Json::array()},
           {"tools", Json::array()},
           {"targets", Json::array()},
           {"schema", request.schema},
           {"schema_name", request.schema_name},
           {"max_output_tokens", request.max_output_tokens.value_or(-1)}};
  for (const auto* target : targets) key["targets"].push_back(target->name());
  for (const auto& item : request.items) key["items"].push_back(item_of(item, request.mark));
  for (const auto& tool : request.tools) {
    key["tools"].push_back({tool.name, tool.description, tool.parameters});
  }
  return core::canonical(key);
}

}  // namespace dugout::pipeline
