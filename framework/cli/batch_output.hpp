// Where `dugout batch` writes its results: stdout, or a file that a later run goes on with. A line
// is whole or not there, so that a kill in the middle loses one result at most. One thread at a
// time.
#pragma once

#include <set>
#include <string>

#include "dugout/sdk/outcome.hpp"

namespace dugout::cli {

class BatchOutput {
 public:
  BatchOutput() = default;
  ~BatchOutput();
  BatchOutput(const BatchOutput&) = delete;
  BatchOutput& operator=(const BatchOutput&) = delete;

  // "" = stdout. Reads what an earlier run has written, cuts a half-written last line off, and
  // holds the file against another run. kMalformed: it has a line that is no result, and is not
  // touched; kConflict: another run has it; kUnavailable: the system's reason.
  Status open(const std::string& path);

  // Whether an earlier run has the result of the call with this id (as JSON; "" = none), or without
  // one at this place.
  bool has(const std::string& id, std::size_t index) const;
  std::size_t good_before() const { return good_; }
  std::size_t failed_before() const { return failed_; }

  // False: the line could not be written, and the output is of no more use.
  bool write(const std::string& line);

 private:
  Status read(const std::string& path);
  Status take(const std::string& line, const std::string& place);

  int file_ = 1;  // stdout
  std::set<std::string> ids_;
  std::set<std::size_t> places_;  // of those without an id
  std::size_t good_ = 0, failed_ = 0;
};

}  // namespace dugout::cli
