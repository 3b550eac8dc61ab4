// A whole application: one routine, one flow, one agent, its page and data are what the input says
// (parts between NULs); the rest is good. Findings have a place; a set without errors is whole.
#include <unistd.h>
#include <filesystem>
#include <fstream>

#include "routines/load.hpp"
#include "target.hpp"

using namespace dugout;
using fuzz::require;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() : root_(fs::temp_directory_path() / ("dugout_fuzz_" + std::to_string(::getpid()))) {
    fs::create_directories(root_ / "agents" / "data");
    fs::create_directories(root_ / "routines" / "cards");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  void write(const char* name, std::string_view text, std::string_view otherwise) const {
    std::ofstream(root_ / name, std::ios::binary) << (text.empty() ? otherwise : text);
  }
  std::string root() const { return root_.string(); }

 private:
  const fs::path root_;
};

const routines::Known& known() {
  static const routines::Known all{{{"look_up", {"postcode"}, {"postcode"}, "postcode", false}},
                                   {"structured", "raw"},
                                   {"rate_limit"},
                                   {"openai_responses"},
                                   {"json_structure"}};
  return all;
}

}  // namespace

FUZZ_TARGET(application) {
  static const Folder folder;
  const fuzz::Parts<5> part(input.substr(0, 1U << 15));
  folder.write("routines/cards/01_reader.yaml", part[0],
               "number: 1\nname: reader\ntitle: T\ncollects:\n  reader_name: {type: text}\n"
               "ask: Who?\nnext:\n  - go: 2\n");
  folder.write("routines/cards/02_done.yaml", "",
               "number: 2\nname: done\ntitle: Done\nkind: end\nask: Bye.\n");
  folder.write("routines/cards/flow.yaml", part[1], "given: [age_group]\n");
  folder.write("agents/cards.yaml", part[2],
               "name: cards\nflow: cards\nmodel: openai_responses/gpt-4.1\n"
               "fallbacks: [understudy]\ncall_type: registration\ninstructions: Help.\n"
               "parsers: [structured]\n");
  folder.write("agents/page.yaml", part[3], "{}\n");
  folder.write("agents/data/club.yaml", part[4], "name: Example Library\n");
  core::Findings findings;
  const auto loaded = routines::load_application(folder.root(), known(), findings);
  for (const auto& finding : findings) {
    require(finding.file.starts_with(folder.root()), "a finding names one of the files");
    require(!finding.message.empty(), "and what is wrong");
  }
  if (core::has_errors(findings)) return;
  for (const auto& [name, flow] : loaded.flows) {
    for (const auto& [number, routine] : flow.routines) {
      for (const auto& edge : routine.next)
        require(edge.go == 0 || flow.routines.contains(edge.go), "an edge leads to a routine");
    }
  }
}
