// A small application in a folder of its own, for tests that break one thing in it. The flow is
// 1 name -> 2 size -> (Large: 3 reason) -> 4 end.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "routines/load.hpp"
#include "routines/values.hpp"

namespace dugout::test {

class Sandbox {
 public:
  Sandbox() {
    auto pattern = (std::filesystem::temp_directory_path() / "dugout_routines_XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    write("agents/cards.yaml", kAgent);
    write("agents/data/club.yaml", "name: Example Library\ncontact: {email: desk@example.org}\n");
    write("routines/cards/flow.yaml", "given: [age_group]\n");
    write("routines/cards/01_reader.yaml", kReader);
    write("routines/cards/02_size.yaml", kSize);
    write("routines/cards/03_reason.yaml", kReason);
    write("routines/cards/04_done.yaml", kDone);
  }
  ~Sandbox() { std::filesystem::remove_all(root_); }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  void write(const std::string& path, std::string_view text) const {
    const auto file = std::filesystem::path(root_) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  void remove(const std::string& path) const {
    std::filesystem::remove(std::filesystem::path(root_) / path);
  }

  routines::Application load(const routines::Known& known = {}) {
    findings.clear();
    return routines::load_application(root_, known, findings);
  }

  // Loads, and tells whether one finding names this file, starts at this line and column, and holds
  // these words in message or hint.
  bool finds(const std::string& file, int line, int column, const std::string& words,
             const routines::Known& known = {}) {
    load(known);
    for (const auto& finding : findings) UNSCOPED_INFO(finding.text());
    return std::any_of(findings.begin(), findings.end(), [&](const core::Finding& finding) {
      return finding.file.ends_with(file) && finding.line == line && finding.column == column &&
             (finding.message + " | " + finding.hint).find(words) != std::string::npos;
    });
  }

  const std::string& root() const { return root_; }
  core::Findings findings;

  static constexpr auto kAgent =
      "name: cards\nflow: cards\nmodel: openai_responses/gpt-4.1\nfallbacks: [understudy]\n"
      "call_type: registration\ninstructions: Help.\nparsers: [structured]\n";
  static constexpr auto kReader =
      "number: 1\nname: reader\ntitle: The reader\ncollects:\n  reader_name: {type: text}\n"
      "ask: What is your name?\nnext:\n  - go: 2\n";
  static constexpr auto kSize =
      "number: 2\nname: size\ntitle: Size\ncollects:\n  size:\n    type: choice\n"
      "    values: {Small: [little], Large: [big]}\nask: \"Which size, {reader_name}?\"\nnext:\n"
      "  - {when: size == Large, go: 3}\n  - go: 4\n";
  static constexpr auto kReason =
      "number: 3\nname: reason\ntitle: Reason\ncollects:\n  reason: {type: text}\nask: Why?\n"
      "next:\n  - go: 4\n";
  static constexpr auto kDone = "number: 4\nname: done\ntitle: Done\nkind: end\nask: Bye.\n";

 private:
  std::string root_;
};

// Values out of a map; today is 1 October 2025.
class MapValues final : public routines::Values {
 public:
  explicit MapValues(std::map<std::string, std::string> values) : values_(std::move(values)) {}
  MapValues(std::initializer_list<std::pair<const std::string, std::string>> values)
      : values_(values) {}
  std::optional<std::string> get(std::string_view name) const override {
    const auto it = values_.find(std::string(name));
    return it == values_.end() ? std::nullopt : std::optional(it->second);
  }
  core::WallTime today() const override {
    return core::WallTime(std::chrono::milliseconds(1'759'320'000'000));
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace dugout::test
