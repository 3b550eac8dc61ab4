// The walk over the document, its resources and anchors, and the resolution of references.
#include "config/schema_compile.hpp"

#include <algorithm>
#include <charconv>

#include "config/schema_uri.hpp"

namespace dugout::config {
namespace {

constexpr int kMaxNested = 128;  // of schemas within schemas

bool is_anchor(const core::Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const auto first = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && first(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return first(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

// The member or item that a token of a JSON pointer names; nullptr = none.
const core::Json* child(const core::Json& json, const std::string& token) {
  if (json.is_object()) {
    const auto found = json.find(token);
    return found == json.end() ? nullptr : &*found;
  }
  std::size_t index = 0;
  const auto end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, index);
  if (!json.is_array() || error != std::errc{} || stop != end || index >= json.size())
    return nullptr;
  return &json[index];
}

}  // namespace

void SchemaCompiler::run() {
  auto& resource = out_.resources.emplace_back();
  by_uri_[""] = &resource;
  Site site;
  site.resource = &resource;
  out_.root = walk(out_.document, site, "");
  if (resource.root == nullptr) resource.root = out_.root;  // the root may have an $id of its own
  for (std::size_t i = 0; i < references_.size(); ++i) {    // grows while references are followed
    const auto reference = references_[i];
    resolve(reference);
  }
}

const SchemaNode* SchemaCompiler::walk(const core::Json& schema, const Site& parent,
                                       const std::string& pointer) {
  if (const auto known = seen_.find(&schema); known != seen_.end()) return known->second;
  if (parent.depth >= kMaxNested) throw SchemaFault{pointer, "schemas are nested too deep"};
  Site site = parent;
  ++site.depth;
  site.pointer = pointer;
  site.node = &out_.nodes.emplace_back();
  site.node->pointer = pointer;
  seen_[&schema] = site.node;
  json_of_[site.node] = &schema;
  if (schema.is_boolean()) {
    site.node->always = schema.get<bool>();
  } else if (!schema.is_object()) {
    throw SchemaFault{pointer, "must be a schema: an object, true or false"};
  } else {
    open_resource(schema, site);
    out_.tracks = out_.tracks || schema.contains("unevaluatedItems") ||
                  schema.contains("unevaluatedProperties");
  }
  site.node->resource = site.resource;
  if (site.resource->root == nullptr) site.resource->root = site.node;
  if (!schema.is_object()) return site.node;
  for (const auto& item : schema.items()) {
    KeywordReader::read(*this, site, item.key(), item.value());
  }
  return site.node;
}

void SchemaCompiler::open_resource(const core::Json& schema, Site& site) {
  const auto id = schema.find("$id");
  if (id == schema.end() || !id->is_string() || !site.names) return;
  const auto uri = split_uri(resolve_uri(site.resource->uri, id->get<std::string>()));
  if (!uri.fragment.empty()) throw SchemaFault{site.pointer + "/$id", "must not have a fragment"};
  if (by_uri_.count(uri.resource) != 0 && !uri.resource.empty()) {
    throw SchemaFault{site.pointer + "/$id", "\"" + uri.resource + "\" is used twice"};
  }
  site.resource = &out_.resources.emplace_back();
  site.resource->uri = uri.resource;
  by_uri_[uri.resource] = site.resource;
}

void SchemaCompiler::add_anchor(const Site& site, const core::Json& value, bool dynamic,
                                const std::string& at) {
  if (!is_anchor(value)) throw SchemaFault{at, "must be a name of letters, digits, '-', '_', '.'"};
  if (!site.names) return;
  const auto name = value.get<std::string>();
  if (!site.resource->anchors.emplace(name, site.node).second) {
    throw SchemaFault{at, "anchor \"" + name + "\" is used twice"};
  }
  if (dynamic) site.resource->dynamic_anchors.emplace(name, site.node);
}

void SchemaCompiler::add_reference(const Site& site, const core::Json& value, bool dynamic,
                                   const std::string& at) {
  if (!value.is_string()) throw SchemaFault{at, "must be a text"};
  references_.push_back(
      {site.node, resolve_uri(site.resource->uri, value.get<std::string>()), at, dynamic});
}

SchemaResource& SchemaCompiler::resource_of(const std::string& uri, const Reference& reference) {
  const auto found = by_uri_.find(uri);
  if (found != by_uri_.end() && found->second->root != nullptr) return *found->second;
  throw SchemaFault{reference.pointer,
                    "\"" + reference.uri + "\" is not part of this schema; nothing is fetched"};
}

void SchemaCompiler::resolve(const Reference& reference) {
  const auto uri = split_uri(reference.uri);
  auto& resource = resource_of(uri.resource, reference);
  const bool by_place = uri.fragment.empty() || uri.fragment[0] == '/';
  const SchemaNode* target = nullptr;
  if (by_place) {
    target = by_pointer(resource, uri.fragment, reference);
  } else if (const auto anchor = resource.anchors.find(uri.fragment);
             anchor != resource.anchors.end()) {
    target = anchor->second;
  } else {
    throw SchemaFault{reference.pointer, "there is no anchor \"" + uri.fragment + "\""};
  }
  if (!reference.dynamic) {
    reference.node->ref = target;
    return;
  }
  reference.node->dynamic_ref = target;
  if (resource.dynamic_anchors.count(uri.fragment) != 0) {
    reference.node->dynamic_anchor = uri.fragment;
  }
}

const SchemaNode* SchemaCompiler::by_pointer(SchemaResource& resource, const std::string& fragment,
                                             const Reference& reference) {
  const auto tokens = pointer_tokens(fragment);
  if (!tokens) throw SchemaFault{reference.pointer, "\"" + fragment + "\" is no JSON pointer"};
  const core::Json* json = json_of_.at(resource.root);
  Site site;
  site.resource = &resource;
  site.pointer = resource.root->pointer;
  site.names = false;
  for (const auto& token : *tokens) {
    json = child(*json, token);
    if (json == nullptr) {
      throw SchemaFault{reference.pointer, "\"" + reference.uri + "\" leads nowhere"};
    }
    site.pointer += "/" + escape_token(token);
    const auto known = seen_.find(json);
    if (known == seen_.end()) continue;
    site.resource = const_cast<SchemaResource*>(known->second->resource);
  }
  return walk(*json, site, site.pointer);
}

}  // namespace dugout::config
