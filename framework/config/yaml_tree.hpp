// Builds the tree of Nodes from yaml-cpp's events, and stops the parser as soon as a limit is
// passed, so that neither depth nor aliases can grow beyond it. Private to config.
#pragma once

#include <yaml-cpp/eventhandler.h>

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/yaml.hpp"
#include "config/yaml_scan.hpp"

namespace dugout::config {

// Thrown through the parser when going on would be of no use; the finding is already written.
struct StopParsing {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Places& places, std::string path, const YamlLimits& limits,
              core::Findings& findings)
      : places_(places), path_(std::move(path)), limits_(limits), findings_(findings) {}

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  Node take() { return std::move(root_); }

 private:
  struct Size {
    std::size_t nodes = 0, bytes = 0;
    int depth = 0;  // levels below the node itself
  };
  struct Frame {  // a list or map that is still open
    Node node;
    YAML::anchor_t anchor = 0;
    Size size;
    bool has_key = false, drop = false;  // drop: the value of a refused key
    std::string key;
    Mark key_mark;
    std::unordered_map<std::string, Mark> seen;
  };
  struct Anchored {
    Node node;
    Size size;
  };

  Mark place(const YAML::Mark& mark) const;
  void report(Mark mark, std::string message, std::string hint);
  [[noreturn]] void stop(Mark mark, std::string message, std::string hint);
  void count(Mark mark, const Size& size);
  void open(Node node, YAML::anchor_t anchor);
  void close();
  void add(Node node, YAML::anchor_t anchor, const Size& size);
  void add_to_map(Frame& frame, Node node);
  void take_key(Frame& frame, const Node& node);
  void check_tag(Mark mark, const std::string& tag);

  const Places& places_;
  const std::string path_;
  const YamlLimits limits_;
  core::Findings& findings_;
  Node root_;
  bool started_ = false;
  std::size_t nodes_ = 0, bytes_ = 0;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
};

}  // namespace dugout::config
