// serve.json in the data folder: which server works there. It is locked for as long as that server
// lives, so that a file that was left behind is not mistaken for one. And reload.json beside it:
// what became of the last reload that `dugout reload` asked for.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "dugout/sdk/outcome.hpp"

namespace dugout::cli {

class ServingFile {
 public:
  // Another server of the same folder keeps its file; then there is none of ours, and fault() says
  // so.
  ServingFile(const std::string& data, const std::string& url);
  ~ServingFile();
  ServingFile(const ServingFile&) = delete;
  ServingFile& operator=(const ServingFile&) = delete;

  const std::string& fault() const { return fault_; }

  // nullopt: nobody serves there.
  struct Server {
    pid_t process = 0;
    std::string url;
  };
  static std::optional<Server> find(const std::string& data);

  static std::string report_path(const std::string& data);

 private:
  const std::string path_;
  int file_ = -1;
  std::string fault_;
};

}  // namespace dugout::cli
