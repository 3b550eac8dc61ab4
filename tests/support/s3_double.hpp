// An S3 store for tests that works out every signature itself, with code of its own, and refuses
// what is not signed right. It answers calls of the plugin harness: answer_http([&](const auto&
// call) { return store.answer(call); }). Both ways of addressing a bucket; no threads.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "support/plugin_harness.hpp"

namespace dugout::test {

class S3Double {
 public:
  struct Kept {
    std::string content;
    std::map<std::string, std::string> headers;  // of the PUT, names in lower case
  };

  std::string region = "eu-west-2", bucket = "club-photos";
  std::string key_id = "AKIDTEST", secret = "test-secret", token;
  std::int64_t now_ms = 1'759'320'000'000;  // 2025-10-01 12:00 UTC, as the harness
  bool moves_by_301 = false;  // how a wrong region is told; else AuthorizationHeaderMalformed
  std::deque<ServiceReply> failures;  // given first, one for each call

  std::map<std::string, Kept> objects;  // by key
  std::vector<std::string> refusals;    // the error codes given so far
  int puts = 0;                         // that were let in

  ServiceReply answer(const ServiceCall& call);

 private:
  struct Asked;

  ServiceReply serve(const Asked& asked, const ServiceCall& call);
  std::string fault(const Asked& asked, const ServiceCall& call) const;
  std::string presigned_fault(const Asked& asked) const;
  std::string signature(const Asked& asked, const std::string& scope, const std::string& stamp,
                        const std::string& signed_names, const std::string& payload) const;
  ServiceReply refuse(const std::string& code);
};

// What S3 writes as an error.
ServiceReply s3_error(int status, const std::string& code, const std::string& more = {});

}  // namespace dugout::test
