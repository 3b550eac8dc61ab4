// The server's certificate: read, checked, and replaced while it runs. A connection keeps what it
// began with; a pair that cannot be used leaves the old one in use. [any]
#pragma once

#include <Poco/Net/Context.h>

#include <mutex>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "dugout/sdk/outcome.hpp"
#include "http/tls_options.hpp"

namespace dugout::http {

class Tls {
 public:
  Tls(TlsOptions options, const core::Clock& clock) : options_(std::move(options)), clock_(clock) {}

  // Reads the files; an Error says which of them is wrong, why, and how to mend it.
  Status load();
  // What would be said to load() now; nothing changes.
  Status check() const;

  // REQUIRES: load() went well once.
  Poco::Net::Context::Ptr context() const;
  core::WallTime expires() const;
  // Whose change asks for a load().
  std::vector<std::string> files() const;

 private:
  struct Loaded {
    Poco::Net::Context::Ptr context;
    core::WallTime expires{};
  };
  Outcome<Loaded> read() const;

  const TlsOptions options_;
  const core::Clock& clock_;
  mutable std::mutex mutex_;  // guards loaded_
  Loaded loaded_;
};

}  // namespace dugout::http
