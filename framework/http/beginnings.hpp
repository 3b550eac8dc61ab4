// Bound conversations whose first message is in work. Until the store has it, this is all that is
// known of who begins one. [any]
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace dugout::http {

class Beginnings {
 public:
  // False: somebody else is beginning it. `who` names a request; one that repeats the message of
  // another may join it where `may_join`. Each time it was true: one leave().
  bool join(const std::string& session, const void* who, const std::string& message, bool may_join);
  void leave(const std::string& session);

 private:
  struct Beginning {
    const void* who = nullptr;  // the first that came
    std::string message;
    int requests = 0;
  };
  std::mutex mutex_;                                    // guards open_
  std::map<std::string, Beginning, std::less<>> open_;  // by session
};

}  // namespace dugout::http
