// The keywords of draft 2020-12, each checked for the shape that its meta-schema asks for.
#include "config/schema_compile.hpp"
#include "config/schema_number.hpp"
#include "config/schema_uri.hpp"

namespace dugout::config {
namespace {

using Read = void (*)(const KeywordReader&);
using N = SchemaNode;

template <auto Member>
void schema(const KeywordReader& k) {
  k.schema(Member);
}
template <auto Member>
void schemas(const KeywordReader& k) {
  k.schemas(Member);
}
template <auto Member>
void named(const KeywordReader& k) {
  k.named_schemas(Member);
}
template <auto Member>
void count(const KeywordReader& k) {
  k.count(Member);
}
template <auto Member>
void bound(const KeywordReader& k) {
  k.bound(Member);
}

const std::unordered_map<std::string, Read>& readers() {
  static const std::unordered_map<std::string, Read> table{
      {"additionalProperties", schema<&N::additional>},
      {"propertyNames", schema<&N::property_names>},
      {"items", schema<&N::items>},
      {"contains", schema<&N::contains>},
      {"not", schema<&N::negated>},
      {"if", schema<&N::condition>},
      {"then", schema<&N::consequence>},
      {"else", schema<&N::alternative>},
      {"unevaluatedItems", schema<&N::unevaluated_items>},
      {"unevaluatedProperties", schema<&N::unevaluated_properties>},
      {"allOf", schemas<&N::all_of>},
      {"anyOf", schemas<&N::any_of>},
      {"oneOf", schemas<&N::one_of>},
      {"prefixItems", schemas<&N::prefix_items>},
      {"properties", named<&N::properties>},
      {"dependentSchemas", named<&N::dependent_schemas>},
      {"$defs", [](const KeywordReader& k) { k.definitions(); }},
      {"definitions", [](const KeywordReader& k) { k.definitions(); }},
      {"patternProperties", [](const KeywordReader& k) { k.pattern_schemas(); }},
      {"minLength", count<&N::min_length>},
      {"maxLength", count<&N::max_length>},
      {"minItems", count<&N::min_items>},
      {"maxItems", count<&N::max_items>},
      {"minProperties", count<&N::min_properties>},
      {"maxProperties", count<&N::max_properties>},
      {"minContains", count<&N::min_contains>},
      {"maxContains", count<&N::max_contains>},
      {"minimum", bound<&N::minimum>},
      {"maximum", bound<&N::maximum>},
      {"exclusiveMinimum", bound<&N::exclusive_minimum>},
      {"exclusiveMaximum", bound<&N::exclusive_maximum>},
      {"type", [](const KeywordReader& k) { k.type(); }},
      {"enum", [](const KeywordReader& k) { k.choices(); }},
      {"const", [](const KeywordReader& k) { k.site.node->constant = k.value; }},
      {"multipleOf", [](const KeywordReader& k) { k.multiple_of(); }},
      {"pattern", [](const KeywordReader& k) { k.pattern(); }},
      {"required", [](const KeywordReader& k) { k.required(); }},
      {"dependentRequired", [](const KeywordReader& k) { k.dependent_required(); }},
      {"uniqueItems", [](const KeywordReader& k) { k.unique(); }},
      {"$anchor", [](const KeywordReader& k) { k.anchor(false); }},
      {"$dynamicAnchor", [](const KeywordReader& k) { k.anchor(true); }},
      {"$ref", [](const KeywordReader& k) { k.reference(false); }},
      {"$dynamicRef", [](const KeywordReader& k) { k.reference(true); }},
      {"$schema", [](const KeywordReader& k) { k.text(); }},
      {"$id", [](const KeywordReader& k) { k.text(); }},
      {"title", [](const KeywordReader& k) { k.text(); }},
      {"description", [](const KeywordReader& k) { k.text(); }},
      {"format", [](const KeywordReader& k) { k.text(); }},
  };
  return table;
}

unsigned type_bit(const std::string& name) {
  static const std::map<std::string, unsigned> bits{
      {"null", kTypeNull},     {"boolean", kTypeBoolean}, {"integer", kTypeInteger},
      {"number", kTypeNumber}, {"string", kTypeString},   {"array", kTypeArray},
      {"object", kTypeObject}};
  const auto found = bits.find(name);
  return found == bits.end() ? 0 : found->second;
}

}  // namespace

void KeywordReader::read(SchemaCompiler& compiler, const SchemaCompiler::Site& site,
                         const std::string& keyword, const core::Json& value) {
  const auto found = readers().find(keyword);
  if (found == readers().end()) return;
  found->second(KeywordReader{compiler, site, value, site.pointer + "/" + escape_token(keyword)});
}

const SchemaNode* KeywordReader::subschema(const core::Json& schema, const std::string& at) const {
  return compiler.walk(schema, site, at);
}

void KeywordReader::schema(const SchemaNode* SchemaNode::*member) const {
  site.node->*member = subschema(value, pointer);
}

void KeywordReader::schemas(NodeList SchemaNode::*member) const {
  if (!value.is_array() || value.empty()) fail("must be a list of at least one schema");
  for (std::size_t i = 0; i < value.size(); ++i) {
    (site.node->*member).push_back(subschema(value[i], pointer + "/" + std::to_string(i)));
  }
}

void KeywordReader::named_schemas(NodeMap SchemaNode::*member) const {
  if (!value.is_object()) fail("must be an object of schemas");
  for (const auto& item : value.items()) {
    (site.node->*member)[item.key()] =
        subschema(item.value(), pointer + "/" + escape_token(item.key()));
  }
}

void KeywordReader::definitions() const {
  if (!value.is_object()) fail("must be an object of schemas");
  for (const auto& item : value.items()) {
    subschema(item.value(), pointer + "/" + escape_token(item.key()));
  }
}

void KeywordReader::pattern_schemas() const {
  if (!value.is_object()) fail("must be an object of schemas");
  for (const auto& item : value.items()) {
    const auto at = pointer + "/" + escape_token(item.key());
    auto compiled = Pattern::compile(item.key());
    if (!compiled) throw SchemaFault{at, compiled.error().message};
    site.node->pattern_properties.emplace_back(*std::move(compiled), subschema(item.value(), at));
  }
}

void KeywordReader::count(Count SchemaNode::*member) const {
  if (!is_whole(value) || exact_value(value) < 0) fail("must be a whole number, 0 or more");
  constexpr long double kMost = 1e18L;
  const auto number = exact_value(value);
  site.node->*member = static_cast<std::uint64_t>(number > kMost ? kMost : number);
}

void KeywordReader::bound(std::optional<Bound> SchemaNode::*member) const {
  if (!value.is_number()) fail("must be a number");
  site.node->*member = Bound{exact_value(value), value.dump()};
}

void KeywordReader::type() const {
  const auto list = value.is_string() ? core::Json::array({value}) : value;
  for (const auto& name : names(list)) {
    const auto bit = type_bit(name);
    if (bit == 0) fail("\"" + name + "\" is not a type");
    site.node->types |= bit;
  }
  if (site.node->types == 0) fail("must name at least one type");
}

void KeywordReader::choices() const {
  if (!value.is_array()) fail("must be a list");
  site.node->has_choices = true;
  site.node->choices = value.get<std::vector<core::Json>>();
}

void KeywordReader::multiple_of() const {
  if (!value.is_number() || exact_value(value) <= 0) fail("must be a number above 0");
  site.node->multiple_of = decimal_of(value);
  site.node->multiple_text = value.dump();
}

void KeywordReader::pattern() const {
  if (!value.is_string()) fail("must be a text");
  auto compiled = Pattern::compile(value.get<std::string>());
  if (!compiled) fail(compiled.error().message);
  site.node->pattern = *std::move(compiled);
}

std::vector<std::string> KeywordReader::names(const core::Json& list) const {
  if (!list.is_array()) fail("must be a list of texts");
  std::vector<std::string> out;
  for (const auto& name : list) {
    if (!name.is_string()) fail("must be a list of texts");
    out.push_back(name.get<std::string>());
  }
  return out;
}

void KeywordReader::required() const {
  site.node->required = names(value);
}

void KeywordReader::dependent_required() const {
  if (!value.is_object()) fail("must be an object of lists");
  for (const auto& item : value.items()) {
    site.node->dependent_required[item.key()] = names(item.value());
  }
}

void KeywordReader::unique() const {
  if (!value.is_boolean()) fail("must be true or false");
  site.node->unique = value.get<bool>();
}

void KeywordReader::text() const {
  if (!value.is_string()) fail("must be a text");
}

void KeywordReader::anchor(bool dynamic) const {
  compiler.add_anchor(site, value, dynamic, pointer);
}

void KeywordReader::reference(bool dynamic) const {
  compiler.add_reference(site, value, dynamic, pointer);
}

}  // namespace dugout::config
