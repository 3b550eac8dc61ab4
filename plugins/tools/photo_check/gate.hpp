// Lets a few pictures be decoded at a time: each may take hundreds of megabytes. [worker]
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace picture {

class Gate {
 public:
  explicit Gate(int places) : free_(places) {}

  // One place, given back at the end of its life.
  class Pass {
   public:
    Pass(Gate& gate, std::chrono::milliseconds patience);
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    bool admitted() const { return admitted_; }

   private:
    Gate& gate_;
    bool admitted_;
  };

 private:
  std::mutex mutex_;  // guards free_
  std::condition_variable freed_;
  int free_;
};

}  // namespace picture
