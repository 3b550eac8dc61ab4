#include "records/airtable_values.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dugout::records {
namespace {

using core::Json;

constexpr std::string_view kMark = "json:";

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

Json to_cell(const Json& value) {
  if (value.is_structured()) return std::string(kMark) + core::canonical(value);
  if (!value.is_string()) return value;
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty()) return nullptr;
  // A text that looks like our own mark must not be taken for one.
  if (text.starts_with(kMark)) return std::string(kMark) + core::canonical(value);
  return value;
}

Json from_cell(const Json& cell) {
  if (!cell.is_string()) return cell;
  const auto& text = cell.get_ref<const std::string&>();
  if (!text.starts_with(kMark)) return cell;
  auto parsed = core::parse_json(std::string_view(text).substr(kMark.size()));
  return parsed ? *std::move(parsed) : cell;
}

std::string formula_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    switch (c) {
      case '\\':
      case '\'':
        out += '\\';
        out += c;
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  return out + "'";
}

bool is_column(std::string_view name) {
  return !name.empty() && name.find_first_of("{}\\\r\n") == name.npos;
}

std::string literal(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "TRUE()" : "FALSE()";
  if (value.is_number()) return core::canonical(value);
  const auto cell = to_cell(value);
  return cell.is_null() ? "BLANK()" : formula_text(cell.get_ref<const std::string&>());
}

bool is_blank(const Json& value) {
  return value.is_null() || value == Json("") || value == Json(false);
}

}  // namespace

Json to_fields(const Json& row) {
  Json fields = Json::object();
  for (const auto& [name, value] : row.items()) {
    if (name != "id") fields[name] = to_cell(value);
  }
  return fields;
}

Json row_of(const Json& record) {
  Json row{{"id", record.at("id")}};
  const auto fields = record.value("fields", Json::object());
  for (const auto& [name, cell] : fields.items()) {
    if (name != kAirtableKey) row[name] = from_cell(cell);
  }
  return row;
}

Outcome<std::string> formula(const Json& where) {
  std::string parts;
  for (const auto& [name, value] : where.items()) {
    if (!is_column(name)) return Error{Code::kInvalid, "a member is no name of a column"};
    if (!parts.empty()) parts += ',';
    parts += "{" + name + "}=" + literal(value);
  }
  return parts.empty() ? "" : "AND(" + parts + ")";
}

bool has_all(const Json& row, const Json& where) {
  for (const auto& [name, value] : where.items()) {
    const auto found = row.find(name);
    if (found == row.end() ? !is_blank(value) : *found != value) return false;
  }
  return true;
}

std::string url_escaped(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

bool is_record_id(std::string_view text) {
  return text.size() > 3 && text.size() <= 40 && text.starts_with("rec") &&
         std::all_of(text.begin(), text.end(), is_letter_or_digit);
}

}  // namespace dugout::records
