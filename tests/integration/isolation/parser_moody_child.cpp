// A parser that does what the text says. It runs in a process of its own (parser.yaml).
#include <chrono>
#include <string>
#include <thread>

#include "dugout/sdk/host.hpp"
#include "dugout/sdk/parser.hpp"
#include "misdeeds.hpp"

namespace {

class MoodyChild final : public dugout::sdk::Parser {
 public:
  MoodyChild(std::string_view /*config*/, dugout::sdk::Host host) : host_(host) {}

  dugout::Outcome<std::string> parse(std::string_view raw, std::string_view schema) const override {
    const auto is = [&](std::string_view word) { return raw.find(word) != raw.npos; };
    if (is("segfault")) misdeeds::segfault();
    if (is("abort")) std::abort();
    if (is("leave")) ::_exit(7);
    if (is("loop")) misdeeds::loop();
    if (is("eat")) return answer(misdeeds::eat());
    if (is("socket")) return answer(misdeeds::open_socket());
    if (is("write ")) return answer(misdeeds::open_file(rest(raw), O_WRONLY | O_CREAT));
    if (is("read ")) return answer(misdeeds::open_file(rest(raw), O_RDONLY));
    if (is("fork")) return answer(misdeeds::fork_process());
    if (is("kill")) return answer(misdeeds::signal_host());
    if (is("owner")) return answer(misdeeds::signal_host_by_file());
    if (is("environment")) return answer(misdeeds::environment());
    if (is("numbers")) return answer(misdeeds::open_numbers());
    if (is("flood")) return answer(std::string(std::size_t{17} << 20, 'x'));
    if (is("throw")) throw std::string("of no known kind");
    if (is("pause ")) pause_until(std::stoll(rest(raw)));
    if (is("clock")) return answer(std::to_string(host_.unix_ms()));
    if (is("log")) host_.log(2, "a line of the child");
    if (is("schema")) {
      const auto checked = host_.check_schema(schema, R"({"a":1})");
      return answer(checked ? "fits" : "does not fit");
    }
    if (is("hello") || is("pause ")) return answer(std::string(raw));
    return dugout::Error{dugout::Code::kNotApplicable, "no word of mine"};
  }

 private:
  // Under way, which its questions say, until the host's clock says that it is over.
  void pause_until(std::int64_t unix_ms) const {
    while (host_.unix_ms() < unix_ms) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  static std::string answer(const std::string& text) {
    return R"({"agent_final_response":")" + text + "\"}";
  }
  static std::string rest(std::string_view raw) {
    return std::string(raw.substr(raw.find(' ') + 1));
  }

  const dugout::sdk::Host host_;
};

}  // namespace

DUGOUT_PARSER_PLUGIN(MoodyChild, "parser.moody_child")
