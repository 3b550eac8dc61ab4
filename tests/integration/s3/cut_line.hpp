// A line to a server that breaks after so many bytes: what a crash in the middle of an upload looks
// like to the one who sends. One connection, then nobody listens any more.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <thread>

namespace dugout::test {

class CutLine {
 public:
  // `broken` runs when `bytes` have been passed on to `server_port` of this machine, before the
  // sender notices.
  CutLine(int server_port, std::size_t bytes, std::function<void()> broken);
  ~CutLine();
  CutLine(const CutLine&) = delete;
  CutLine& operator=(const CutLine&) = delete;

  std::string address() const;

 private:
  void pass_on();

  const int server_port_;
  const std::size_t bytes_;
  const std::function<void()> broken_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace dugout::test
