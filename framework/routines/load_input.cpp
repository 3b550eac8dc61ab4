// How a page asks for a field: `input`, `autofill`, `buttons`. What a button says must be an answer
// that the field can be read from, or it would be refused to whoever taps it.
#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "routines/load_parts.hpp"

namespace dugout::routines {
namespace {

constexpr std::size_t kMostButtons = 12;
constexpr std::size_t kMostLabel = 40;  // characters; a longer one fills a phone's screen

bool has_own_form(FieldType type) {
  return type == FieldType::kChoice || type == FieldType::kYesNo || type == FieldType::kFile ||
         type == FieldType::kCorrection;
}

bool is_variant(const std::string& said, const std::vector<ChoiceValue>& values) {
  const auto wanted = core::plain(said);
  return std::any_of(values.begin(), values.end(), [&](const ChoiceValue& value) {
    return core::plain(value.value) == wanted ||
           std::any_of(value.variants.begin(), value.variants.end(),
                       [&](const std::string& variant) { return core::plain(variant) == wanted; });
  });
}

bool in_range(const std::string& said, const Field& field) {
  if (said.empty() || said.size() > 9 ||
      said.find_first_not_of("0123456789") != std::string::npos) {
    return false;
  }
  const auto number = std::strtoll(said.c_str(), nullptr, 10);
  return (!field.min || number >= *field.min) && (!field.max || number <= *field.max);
}

// Texts and checks read more than can be told here.
bool can_be_read(const std::string& said, const Field& field) {
  switch (field.type) {
    case FieldType::kChoice:
      return is_variant(said, field.values);
    case FieldType::kYesNo:
      return is_variant(said, field.values) || is_variant(said, {{"yes", {}}, {"no", {}}});
    case FieldType::kInteger:
      return is_variant(said, field.values) || in_range(said, field);
    default:
      return true;
  }
}

void add_button(Button button, const config::Node& node, const FileFindings& out, Field& field) {
  if (core::plain(button.said).empty() || core::plain(button.label).empty()) {
    return out.error(node.mark, "a button must be a text", "such as Yes");
  }
  if (core::characters(button.label) > kMostLabel) {
    return out.error(node.mark,
                     "a button may have at most " + std::to_string(kMostLabel) + " characters");
  }
  if (!can_be_read(button.said, field)) {
    return out.error(
        node.mark, "\"" + button.said + "\" would not be read as an answer to " + field.name,
        field.type == FieldType::kInteger ? "a number within min and max, or one of the words"
                                          : "write one of the variants: {said: label}");
  }
  field.buttons->push_back(std::move(button));
}

// `[Boy, Girl]`, or what is sent and what is shown: `{confirm: "Yes, all right"}`.
void read_buttons(const config::Node& node, MapReader& reader, const FileFindings& out,
                  Field& field) {
  field.buttons.emplace();
  if (field.type == FieldType::kFile) {
    return out.error(node.mark, "a file has no buttons", "the page offers to choose one");
  }
  if (node.is_list()) {
    for (const auto& item : node.items) add_button({item.scalar, item.scalar}, item, out, field);
  } else if (node.is_map()) {
    for (const auto& [said, label] : node.members) {
      add_button({said, label.scalar}, label, out, field);
    }
  } else {
    reader.wrong(node, "buttons", "a list of texts, or a map of what is sent and what is shown");
  }
  if (field.buttons->size() > kMostButtons) {
    out.error(node.mark, "more than " + std::to_string(kMostButtons) + " buttons",
              "name the usual answers; any other can be typed");
  }
}

}  // namespace

void load_input(MapReader& reader, const FileFindings& out, Field& field) {
  field.input = reader.word("input", {"text", "date", "number", "phone", "email", "postcode"});
  if (!field.input.empty() && has_own_form(field.type)) {
    out.error(reader.mark_of("input"), "field " + field.name + " has a form of its own",
              "leave out \"input\": a choice has buttons, a file its own way");
  }
  field.autofill =
      reader.word("autofill", {"name", "email", "tel", "postal-code", "bday", "street-address"});
  if (const auto* node = reader.take("buttons")) read_buttons(*node, reader, out, field);
}

}  // namespace dugout::routines
