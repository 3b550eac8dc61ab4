// What a host and the child that runs a plugin for it say to each other: a head and a few texts
// over one socket. Both ends are the same program, so numbers cross as they lie in memory; the host
// believes nothing else of what it reads. Private to host. [any]
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dugout::host {

// A function of the tables of abi.h that the host calls in the child.
enum class ChildOp : std::uint8_t {
  kOpen,    // hello -> enter the sandbox, open the library
  kServes,  // status = a major version -> OK if the module serves it
  kCreate,  // config -> the faces it has, one a line
  kParse,
  kAdvise,
  kEncode,
  kDecode,  // status = the HTTP status
  kValidate,
  kPropose,
  kTrain,
  kDescribe,
  kStart,
  kReconcile,
  kCancel,
  kDestroy
};

// A service that the child asks the host for; schema/1 it has itself.
enum class ServiceOp : std::uint8_t { kLog, kClock, kFind, kInsert, kUpdate, kSend };

struct Frame {
  enum class Kind : std::uint8_t {
    kCall,      // host: op is a ChildOp
    kDone,      // child: the call's answer
    kReturned,  // child: the function that the call entered came back
    kAsk,       // child: op is a ServiceOp; `serial` names the question, 0 = no answer is wanted
    kServed     // host: the answer to `serial`
  };
  Kind kind = Kind::kCall;
  std::uint8_t op = 0;
  std::int32_t status = 0;
  std::uint64_t call = 0;  // 0 = of no call
  std::uint64_t serial = 0;
  std::vector<std::string> texts;

  // "" where there are fewer.
  const std::string& text(std::size_t at) const;
};

// The head of a frame whose texts are lent by the caller: a text of megabytes is not copied first.
struct FrameHead {
  Frame::Kind kind = Frame::Kind::kCall;
  std::uint8_t op = 0;
  std::int32_t status = 0;
  std::uint64_t call = 0, serial = 0;
};

// false = the other end is gone, or has not taken all of it within `limit`; zero = it has all the
// time. One sender at a time.
bool send_frame(int socket, const FrameHead& head, const std::vector<std::string_view>& texts,
                std::chrono::milliseconds limit = {});
// nullopt = the end, or what is no frame. One reader at a time.
std::optional<Frame> read_frame(int socket);

}  // namespace dugout::host
