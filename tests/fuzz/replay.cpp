// Replays the corpus and the regressions of fuzz targets, and small changes of them, without
// libFuzzer: what each build runs as tests. The changes are the same each time and counted, not
// timed.
//   fuzz_replay TARGET CHANGES FOLDER...
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "target.hpp"

namespace {

namespace fs = std::filesystem;
using Inputs = std::vector<std::string>;

// What was run last is what a crash is about: <target>.last in the working folder.
std::string last_file;

Inputs inputs_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->is_regular_file()) files.push_back(at->path());
  std::sort(files.begin(), files.end());
  Inputs all;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return all;
}

class Changer {
 public:
  explicit Changer(const Inputs& inputs) : inputs_(inputs) {}

  std::string next() {
    std::string text = inputs_[below(inputs_.size())];
    for (auto times = 1 + below(4); times > 0; --times) change(text);
    return text;
  }

 private:
  // Not std::uniform_int_distribution: its numbers differ from library to library.
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

  void change(std::string& text) {
    constexpr char kBytes[] = {'\0', '"', '\\',   '{',    '[',  ':', ',', '\n',
                               '-',  '9', '\x80', '\xff', '\'', '&', '%'};
    const auto at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        return text.erase(at, 1 + below(8)), void();
      case 1:
        return text.insert(at, 1, kBytes[below(std::size(kBytes))]), void();
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random_());
        return;
      case 3:
        return text.insert(at, text.substr(below(text.size() + 1), 1 + below(32))), void();
      case 4:
        return text.resize(at);
      default: {
        const auto& other = inputs_[below(inputs_.size())];
        text = text.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }

  const Inputs& inputs_;
  std::mt19937 random_{6};
};

void run(dugout::fuzz::Target target, const std::string& input) {
  std::ofstream(last_file, std::ios::binary) << input;
  target(input);
}

}  // namespace

int main(int count, char** words) {
  dugout::fuzz::begin();
  const auto& targets = dugout::fuzz::targets();
  const auto found = count < 4 ? targets.end() : targets.find(words[1]);
  if (found == targets.end()) {
    std::fprintf(stderr, "usage: fuzz_replay TARGET CHANGES FOLDER...\ntargets:");
    for (const auto& [name, target] : targets) std::fprintf(stderr, " %s", name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  last_file = std::string("fuzz_") + words[1] + ".last";
  Inputs inputs{""};
  for (int at = 3; at < count; ++at) {
    for (auto& input : inputs_in(words[at])) inputs.push_back(std::move(input));
  }
  for (const auto& input : inputs) run(found->second, input);
  const auto changes = std::strtoul(words[2], nullptr, 10);
  Changer changer(inputs);
  for (unsigned long made = 0; made < changes; ++made) run(found->second, changer.next());
  fs::remove(last_file);
  std::printf("%s: %zu inputs, %lu changes of them\n", words[1], inputs.size(), changes);
}
