// The event handler. Every node is counted where it is placed, an alias with all it stands for.
#include "config/yaml_tree.hpp"

#include <yaml-cpp/mark.h>

#include <algorithm>

#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr std::size_t kExpansion = 4;  // aliases may multiply a file's text by this much
constexpr const char* kTextTag = "tag:yaml.org,2002:str";
constexpr const char* kCoreTags = "tag:yaml.org,2002:";

}  // namespace

Mark TreeBuilder::place(const YAML::Mark& mark) const {
  return places_.at(mark.line, mark.column);
}

void TreeBuilder::report(Mark mark, std::string message, std::string hint) {
  findings_.push_back({core::Finding::Severity::kError, path_, mark.line, mark.column,
                       std::move(message), std::move(hint)});
}

void TreeBuilder::stop(Mark mark, std::string message, std::string hint) {
  report(mark, std::move(message), std::move(hint));
  throw StopParsing{};
}

void TreeBuilder::count(Mark mark, const Size& size) {
  nodes_ += size.nodes;
  bytes_ += size.bytes;
  if (nodes_ > limits_.nodes) {
    stop(mark, "the file holds more than " + std::to_string(limits_.nodes) + " values",
         anchors_.empty() ? "split the file" : "aliases count as often as they are used");
  }
  if (bytes_ > kExpansion * limits_.bytes) {
    stop(mark, "the aliases multiply the file's text too often", "write less behind the anchor");
  }
  if (static_cast<int>(frames_.size()) + size.depth > limits_.depth) {
    stop(mark, "nested deeper than " + std::to_string(limits_.depth) + " levels",
         "make the structure flatter");
  }
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  const auto at = place(mark);
  if (started_ && places_.line(at).substr(0, 3) == "---") {
    stop(at, "a second document starts here", "keep one document in a file; delete \"---\"");
  }
  if (started_) {
    stop(at, "this line does not belong to the value above it",
         "check the indentation; a file holds one map or one list");
  }
  started_ = true;
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Node node;
  node.mark = place(mark);
  count(node.mark, {1, 0, 0});
  add(std::move(node), anchor, {1, 0, 0});
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto at = place(mark);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    stop(at, "this alias stands inside the value it names", "an anchor cannot contain itself");
  }
  count(at, found->second.size);
  Node copy = found->second.node;
  copy.mark = at;
  add(std::move(copy), 0, found->second.size);
}

void TreeBuilder::check_tag(Mark mark, const std::string& tag) {
  if (tag.empty() || tag == "?" || tag == "!" || tag.rfind(kCoreTags, 0) == 0) return;
  report(mark, "tag \"" + tag + "\" is not supported", "delete it; values are plain YAML");
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.mark = place(mark);
  node.scalar = value;
  node.quoted = tag == "!" || tag == kTextTag;
  check_tag(node.mark, tag);
  // yaml-cpp reads "\N" and "\_" as single bytes, of which no JSON could be written later.
  if (!core::is_utf8(value)) {
    report(node.mark, "this text is no UTF-8 once its escapes are read",
           "write the characters themselves instead of \\N and \\_");
    node.scalar = core::to_utf8(value);
  }
  const Size size{1, value.size(), 0};
  count(node.mark, size);
  add(std::move(node), anchor, size);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) {
  Node node;
  node.kind = Node::Kind::kList;
  node.mark = place(mark);
  check_tag(node.mark, tag);
  open(std::move(node), anchor);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value /*style*/) {
  Node node;
  node.kind = Node::Kind::kMap;
  node.mark = place(mark);
  check_tag(node.mark, tag);
  open(std::move(node), anchor);
}

void TreeBuilder::open(Node node, YAML::anchor_t anchor) {
  count(node.mark, {1, 0, 1});
  Frame frame;
  frame.node = std::move(node);
  frame.anchor = anchor;
  frame.size = {1, 0, 1};
  frames_.push_back(std::move(frame));
}

void TreeBuilder::close() {
  Frame done = std::move(frames_.back());
  frames_.pop_back();
  add(std::move(done.node), done.anchor, done.size);
}

void TreeBuilder::add(Node node, YAML::anchor_t anchor, const Size& size) {
  if (anchor != 0) anchors_[anchor] = {node, size};
  if (frames_.empty()) {
    root_ = std::move(node);
    return;
  }
  auto& frame = frames_.back();
  frame.size.nodes += size.nodes;
  frame.size.bytes += size.bytes;
  frame.size.depth = std::max(frame.size.depth, size.depth + 1);
  if (frame.node.is_list()) {
    frame.node.items.push_back(std::move(node));
  } else if (!frame.has_key) {
    take_key(frame, node);
  } else {
    add_to_map(frame, std::move(node));
  }
}

void TreeBuilder::take_key(Frame& frame, const Node& node) {
  frame.has_key = true;
  frame.drop = true;
  frame.key = node.scalar;
  frame.key_mark = node.mark;
  if (!node.is_scalar()) {
    report(node.mark, "a key must be plain text",
           node.is_null() ? "write a name before the colon" : "a list or map cannot be a key");
    return;
  }
  if (node.scalar == "<<" && !node.quoted) {
    report(node.mark, "merge keys (\"<<\") are not supported", "write the members out");
    return;
  }
  const auto [first, fresh] = frame.seen.emplace(node.scalar, node.mark);
  if (!fresh) {
    report(node.mark, "key \"" + node.scalar + "\" is given twice",
           "it stands already in line " + std::to_string(first->second.line) + "; keep one");
    return;
  }
  frame.drop = false;
}

void TreeBuilder::add_to_map(Frame& frame, Node node) {
  frame.has_key = false;
  if (frame.drop) return;
  node.key_mark = frame.key_mark;
  frame.node.members.push_back({std::move(frame.key), std::move(node)});
}

}  // namespace dugout::config
