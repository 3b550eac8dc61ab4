// The model double as a program:
//   responses_double [--port N] [--fault NAME [--times N]]... [--retry-after-ms N]
// Each --fault holds for the next --times requests (1), in the order given. Prints
// "listening on http://127.0.0.1:PORT" (the API is below /v1) and serves until SIGTERM or SIGINT.
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "support/responses_double.hpp"

namespace {

using dugout::test::Fault;
using dugout::test::ResponsesDouble;

struct Wanted {
  Fault fault = Fault::kNone;
  int times = 1;
};

struct Options {
  std::uint16_t port = 0;
  int retry_after_ms = 1000;
  std::vector<Wanted> faults;
};

// False after saying what is wrong.
bool take(const std::string& name, const std::string& value, Options& options) {
  if (name == "--fault") {
    const auto fault = dugout::test::fault_named(value);
    if (!fault) {
      std::cerr << "unknown fault " << value << "; known:";
      for (const auto known : dugout::test::fault_names()) std::cerr << ' ' << known;
      std::cerr << '\n';
      return false;
    }
    options.faults.push_back({*fault, 1});
    return true;
  }
  const int number = std::stoi(value);
  if (name == "--port") {
    options.port = static_cast<std::uint16_t>(number);
  } else if (name == "--retry-after-ms") {
    options.retry_after_ms = number;
  } else if (name == "--times" && !options.faults.empty()) {
    options.faults.back().times = number;
  } else {
    std::cerr << "unknown option " << name << '\n';
    return false;
  }
  return true;
}

int serve(const Options& options) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);  // before the double starts its threads
  ResponsesDouble model({}, options.port);
  for (const auto& [fault, times] : options.faults) {
    model.fail_next(fault, times, options.retry_after_ms);
  }
  std::cout << "listening on " << model.server().url() << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  std::cout << "requests " << model.count() << std::endl;
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) {
      std::cerr << argv[i] << " needs a value\n";
      return 2;
    }
    if (!take(argv[i], argv[i + 1], options)) return 2;
  }
  return serve(options);
} catch (const std::exception& thrown) {
  std::cerr << thrown.what() << '\n';
  return 2;
}
