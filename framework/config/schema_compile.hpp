// From a JSON document to compiled nodes: reads every keyword, then resolves the references.
// Private to config.
#pragma once

#include <unordered_map>
#include <vector>

#include "config/schema_node.hpp"

namespace dugout::config {

// Thrown inside the compiler, caught by JsonSchema::compile.
struct SchemaFault {
  std::string pointer;
  std::string message;
};

class SchemaCompiler {
 public:
  explicit SchemaCompiler(JsonSchema::Compiled& out) : out_(out) {}
  // Throws SchemaFault.
  void run();

 private:
  friend struct KeywordReader;

  // Where a schema stands: what its children inherit.
  struct Site {
    SchemaNode* node = nullptr;
    SchemaResource* resource = nullptr;
    std::string pointer;
    int depth = 0;
    bool names = true;  // $id and anchors count; not so below unknown keywords
  };
  struct Reference {
    SchemaNode* node;
    std::string uri, pointer;
    bool dynamic;
  };

  const SchemaNode* walk(const core::Json& schema, const Site& parent, const std::string& pointer);
  void open_resource(const core::Json& schema, Site& site);
  void add_anchor(const Site& site, const core::Json& value, bool dynamic, const std::string& at);
  void add_reference(const Site& site, const core::Json& value, bool dynamic,
                     const std::string& at);
  void resolve(const Reference& reference);
  SchemaResource& resource_of(const std::string& uri, const Reference& reference);
  const SchemaNode* by_pointer(SchemaResource& resource, const std::string& fragment,
                               const Reference& reference);

  JsonSchema::Compiled& out_;
  std::unordered_map<const core::Json*, SchemaNode*> seen_;
  std::unordered_map<const SchemaNode*, const core::Json*> json_of_;
  std::map<std::string, SchemaResource*> by_uri_;
  std::vector<Reference> references_;
};

// Reads one member of a schema object into its node; an unknown one is an annotation and means
// nothing here. Throws SchemaFault.
struct KeywordReader {
  SchemaCompiler& compiler;
  const SchemaCompiler::Site& site;
  const core::Json& value;
  std::string pointer;  // of the keyword

  static void read(SchemaCompiler& compiler, const SchemaCompiler::Site& site,
                   const std::string& keyword, const core::Json& value);

  [[noreturn]] void fail(const std::string& message) const { throw SchemaFault{pointer, message}; }
  const SchemaNode* subschema(const core::Json& schema, const std::string& at) const;
  void schema(const SchemaNode* SchemaNode::*member) const;
  void schemas(NodeList SchemaNode::*member) const;
  void named_schemas(NodeMap SchemaNode::*member) const;
  void definitions() const;
  void pattern_schemas() const;
  void count(Count SchemaNode::*member) const;
  void bound(std::optional<Bound> SchemaNode::*member) const;
  void type() const;
  void choices() const;
  void multiple_of() const;
  void pattern() const;
  void required() const;
  void dependent_required() const;
  void unique() const;
  void anchor(bool dynamic) const;
  void reference(bool dynamic) const;
  void text() const;
  std::vector<std::string> names(const core::Json& list) const;
};

}  // namespace dugout::config
