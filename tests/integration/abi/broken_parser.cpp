// Parsers that the host must refuse or survive, one at a time by ABI_FAULT.
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>

#include "dugout/sdk/parser.hpp"

namespace {

enum Fault {
  kNone,
  kThrowsInCreate,
  kCrashesOnEmpty,
  kHangsOnEmpty,
  kInternalOnEmpty,
  kExitsOnEmpty,
  kAnswersNoJson,
};

class Broken final : public dugout::sdk::Parser {
 public:
  explicit Broken(std::string_view /*config*/) {
    if (ABI_FAULT == kThrowsInCreate) throw std::runtime_error("no licence found");
  }

  dugout::Outcome<std::string> parse(std::string_view raw,
                                     std::string_view /*schema*/) const override {
    if (raw.empty()) {
      if (ABI_FAULT == kCrashesOnEmpty) std::raise(SIGSEGV);
      if (ABI_FAULT == kExitsOnEmpty) std::_Exit(7);
      if (ABI_FAULT == kInternalOnEmpty) throw std::runtime_error("it was empty");
      while (ABI_FAULT == kHangsOnEmpty) ::pause();
    }
    if (ABI_FAULT == kAnswersNoJson) return std::string("just text");
    return dugout::Error{dugout::Code::kNotApplicable, "never mine"};
  }
};

}  // namespace

DUGOUT_PARSER_PLUGIN(Broken, ABI_ID)

#ifdef ABI_SECOND_EXPORT
DUGOUT_EXPORT int dugout_second_export() {
  return 1;
}
#endif
