// A text that no log, message or dump may show. [any]
#pragma once

#include <iosfwd>
#include <string>
#include <utility>

namespace dugout::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }  // for the request header, nothing else
  bool empty() const { return value_.empty(); }
  std::string text() const { return empty() ? "" : "***"; }

 private:
  std::string value_;
};
std::ostream& operator<<(std::ostream& out, const Secret& secret);

}  // namespace dugout::config
