// Reads the `collects` of a routine. Which keys a field may have depends on its type; a key of
// another type is as wrong as an unknown one.
#include <re2/re2.h>

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

constexpr long long kMost = 1'000'000'000;

std::vector<std::string> variants_of(const config::Node& node, const std::string& value,
                                     const FileFindings& out) {
  std::vector<std::string> variants = {value};
  if (node.is_null()) return variants;
  if (!node.is_list()) {
    out.error(node.mark, "the variants of \"" + value + "\" must be a list",
              "such as [one, another]");
    return variants;
  }
  for (const auto& item : node.items) {
    if (item.is_scalar() && !item.scalar.empty()) {
      variants.push_back(item.scalar);
    } else {
      out.error(item.mark, "a variant of \"" + value + "\" must be a text");
    }
  }
  return variants;
}

// Two values with one variant could never be told apart.
void check_shared_variants(const std::vector<ChoiceValue>& values, config::Mark mark,
                           const FileFindings& out) {
  std::map<std::string, std::string> owner;
  for (const auto& value : values) {
    for (const auto& variant : value.variants) {
      const auto [it, fresh] = owner.emplace(core::plain(variant), value.value);
      if (fresh || it->second == value.value) continue;
      out.error(mark,
                "\"" + variant + "\" is a variant of both " + it->second + " and " + value.value);
    }
  }
}

// `values: {Male: [boy, lad], ...}`, or a plain list of values.
std::vector<ChoiceValue> read_values(const config::Node& node, const FileFindings& out) {
  std::vector<ChoiceValue> values;
  if (node.is_list()) {
    for (const auto& item : node.items) {
      if (item.is_scalar() && !item.scalar.empty()) {
        values.push_back({item.scalar, {item.scalar}});
      } else {
        out.error(item.mark, "a value must be a text");
      }
    }
  } else if (node.is_map()) {
    for (const auto& [value, variants] : node.members) {
      values.push_back({value, variants_of(variants, value, out)});
    }
  } else {
    out.error(node.mark, "values must be a map of value and variants, or a list");
  }
  check_shared_variants(values, node.mark, out);
  return values;
}

void read_text(MapReader& reader, Field& field, const FileFindings& out) {
  const auto low = reader.integer("min_length", 1, kMost);
  const auto high = reader.integer("max_length", 1, kMost);
  if (low) field.min_length = static_cast<std::size_t>(*low);
  if (high) field.max_length = static_cast<std::size_t>(*high);
  if (field.min_length > field.max_length) {
    out.error(reader.mark_of("min_length"), "min_length is more than max_length");
  }
  field.pattern = reader.text("pattern");
  const RE2 pattern(field.pattern, RE2::Quiet);
  if (!pattern.ok()) {
    out.error(reader.mark_of("pattern"), "not a regular expression: " + pattern.error(),
              "RE2 syntax, without look-around and back-references");
  }
  const auto letter_case = reader.word("letter_case", {"keep", "upper", "lower"});
  if (letter_case == "upper") field.letter_case = Field::Case::kUpper;
  if (letter_case == "lower") field.letter_case = Field::Case::kLower;
  field.none = reader.texts("none");
}

void read_choice(MapReader& reader, Field& field, const FileFindings& out) {
  const auto* values = reader.take("values");
  if (values != nullptr) field.values = read_values(*values, out);
  if (values == nullptr || (field.values.size() < 2 && (values->is_list() || values->is_map()))) {
    out.error(values == nullptr ? reader.mark() : values->mark,
              "a choice needs at least two values", "values: {Small: [little], Large: [big]}");
  }
}

void read_yes_no(MapReader& reader, Field& field, const FileFindings& out) {
  const auto* variants = reader.take("variants");
  if (variants == nullptr) return;
  field.values = read_values(*variants, out);
  for (const auto& value : field.values) {
    if (value.value == "Y" || value.value == "N") continue;
    out.error(variants->mark, "\"" + value.value + "\" is no value of yes_no",
              "variants: {Y: [...], N: [...]}");
  }
}

void read_integer(MapReader& reader, Field& field, const FileFindings& out) {
  field.min = reader.integer("min", -kMost, kMost);
  field.max = reader.integer("max", -kMost, kMost);
  if (field.min && field.max && *field.min > *field.max) {
    out.error(reader.mark_of("min"), "min is more than max");
  }
  const auto* words = reader.take("words");
  if (words == nullptr) return;
  field.values = read_values(*words, out);
  for (const auto& value : field.values) {
    const bool whole = value.value.find_first_not_of("-0123456789") == std::string::npos;
    if (!whole) out.error(words->mark, "\"" + value.value + "\" is not a whole number");
  }
}

void read_date(MapReader& reader, Field& field, const FileFindings& out) {
  const auto narrow = [](std::optional<long long> value) {
    return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
  };
  field.min_age = narrow(reader.integer("min_age", 0, 150));
  field.max_age = narrow(reader.integer("max_age", 0, 150));
  field.min_year = narrow(reader.integer("min_year", 1, 9999));
  if (field.min_age && field.max_age && *field.min_age > *field.max_age) {
    out.error(reader.mark_of("min_age"), "min_age is more than max_age");
  }
}

void read_check(MapReader& reader, Field& field, bool is_file, const FileFindings& out) {
  field.type = is_file ? FieldType::kFile : FieldType::kCheck;
  field.tool = reader.required_text("check");
  field.with = reader.json_pairs("with");
  field.save = load_save(reader, out);
  field.refused = reader.text_pairs("refused");
  if (const auto* texts = reader.take("refused"); texts != nullptr && texts->is_map()) {
    for (const auto& [code, text] : texts->members) check_template(&text, out);
  }
  if (!is_file) field.none = reader.texts("none");
}

// The keys of the field's own type.
void read_type(MapReader& reader, const config::Node& node, Field& field, const FileFindings& out) {
  const bool has_check = node.is_map() && node.find("check") != nullptr;
  const auto type =
      reader.word("type", {"text", "choice", "yes_no", "integer", "date", "file", "correction"});
  if (has_check) {
    if (!type.empty() && type != "file") {
      out.error(reader.mark_of("type"), "a field has a type or a check, not both",
                "leave out \"type\": the check decides; only a file has both");
    }
    return read_check(reader, field, type == "file", out);
  }
  if (type.empty()) {
    if (node.is_map() && node.find("type") == nullptr) {
      out.error(node.mark, "field " + field.name + " has neither \"type\" nor \"check\"");
    }
    return;
  }
  if (type == "text") return read_text(reader, field, out);
  if (type == "choice") field.type = FieldType::kChoice, read_choice(reader, field, out);
  if (type == "yes_no") field.type = FieldType::kYesNo, read_yes_no(reader, field, out);
  if (type == "integer") field.type = FieldType::kInteger, read_integer(reader, field, out);
  if (type == "date") field.type = FieldType::kDate, read_date(reader, field, out);
  if (type == "file") field.type = FieldType::kFile;
  if (type == "correction") field.type = FieldType::kCorrection;
}

Field read_field(const std::string& name, const config::Node& node, const FileFindings& out) {
  Field field;
  field.name = name;
  field.mark = node.key_mark;
  if (!is_field_name(name)) {
    out.error(node.key_mark, "\"" + name + "\" is not a field name",
              "lower-case letters, digits and underscores");
  }
  MapReader reader(node, "field " + name, out);
  read_type(reader, node, field, out);
  load_input(reader, out, field);
  field.label = reader.text("label");
  field.aliases = reader.texts("aliases");
  field.optional = reader.flag("optional", false);
  field.sensitive = reader.flag("sensitive", false);
  field.correctable = reader.flag("correctable", true);
  field.differs_from = reader.text("differs_from");
  field.when = load_when(reader, out);
  field.set = load_set(reader, out);
  field.ask = reader.text("ask");
  field.clarify = reader.text("clarify");
  check_template(reader.take("ask"), out);
  check_template(reader.take("clarify"), out);
  // A field nobody can name cannot be corrected.
  field.correctable = field.correctable && !field.label.empty();
  for (const auto* rule : reader.entries("corrected")) {
    field.corrected.push_back(load_edge(*rule, true, out));
  }
  if (!field.corrected.empty() && !field.correctable) {
    out.error(reader.mark_of("corrected"), "field " + name + " cannot be corrected",
              "give it a label, and leave out \"correctable: false\"");
  }
  reader.finish();
  return field;
}

}  // namespace

std::vector<Field> load_fields(const config::Node& collects, const FileFindings& out) {
  std::vector<Field> fields;
  if (!collects.is_map()) {
    out.error(collects.mark, "\"collects\" must be a map of fields",
              "collects: {parent_name: {type: text}}");
    return fields;
  }
  for (const auto& [name, node] : collects.members) fields.push_back(read_field(name, node, out));
  return fields;
}

}  // namespace dugout::routines
