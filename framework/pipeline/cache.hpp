// Answers that were accepted before, for calls that say they may be answered from memory. True LRU
// with a time to live and a bound on bytes; equal calls at the same time are made once, and the
// others wait for that one (single-flight), each no longer than its own deadline. [any]
//
// What makes two calls equal is the caller's key (request_key below); who may share is its first
// part, the tenant. Only answers that were validated are put in, with the target that gave them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/clock.hpp"
#include "pipeline/call.hpp"

namespace dugout::pipeline {

struct CacheOptions {
  std::size_t entries = 1000;     // 1..1e6
  double ttl = 3600.0;            // s, 1..604800
  std::size_t bytes = 32U << 20;  // of keys and answers together, 1 KiB..4 GiB
  bool operator==(const CacheOptions&) const = default;
};

struct CachedAnswer {
  Parsed parsed;
  std::string target;
};

struct CacheCounts {
  std::uint64_t hits = 0, misses = 0, shared = 0, evicted = 0, expired = 0;
  std::size_t entries = 0, bytes = 0;
};

class AnswerCache {
 public:
  // REQUIRES: the clock outlives it.
  AnswerCache(CacheOptions options, core::Clock& clock) : options_(options), clock_(clock) {}

  // The one who makes the call; the others wait until it has put an answer or is gone.
  class Flight {
   public:
    Flight(Flight&& other) noexcept : cache_(other.cache_), key_(std::move(other.key_)) {
      other.cache_ = nullptr;
    }
    Flight& operator=(Flight&&) = delete;
    ~Flight();  // without an answer: one of those who wait makes the call
    void put(CachedAnswer answer);

   private:
    friend class AnswerCache;
    Flight(AnswerCache* cache, std::string key) : cache_(cache), key_(std::move(key)) {}
    AnswerCache* cache_;
    std::string key_;
  };

  // An answer, or leave to make the call; neither when the wait for another's call took until
  // `deadline`. [worker]
  struct Found {
    std::optional<CachedAnswer> answer;
    std::optional<Flight> flight;
  };
  Found find(const std::string& key, core::MonoTime deadline);

  CacheCounts counts() const;

 private:
  struct Entry {
    std::string key;
    CachedAnswer answer;
    core::MonoTime until;
    std::size_t bytes;
  };
  using Entries = std::list<Entry>;

  std::optional<CachedAnswer> look(const std::string& key);
  void store(const std::string& key, CachedAnswer answer);
  void remove(Entries::iterator entry);
  void land(const std::string& key);

  const CacheOptions options_;
  core::Clock& clock_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable landed_;
  Entries entries_;  // the most recently used first
  std::unordered_map<std::string, Entries::iterator> by_key_;
  std::unordered_map<std::string, int> flying_;
  CacheCounts counts_;
};

// The canonical text of everything an answer depends on. Two calls share an answer only when
// scope (tenant and agent), target list, instructions, items, tools, schema and limits are all the
// same.
std::string request_key(std::string_view scope, const std::vector<Model*>& targets,
                        const Request& request);

}  // namespace dugout::pipeline
