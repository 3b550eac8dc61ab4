// Which values each record field of a flow can take, from the places that set it.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "routines/compare.hpp"
#include "routines/satisfiable.hpp"

namespace dugout::routines {
namespace {

Domain integer_domain(const Field& field) {
  Domain out;
  out.numeric = true;
  if (field.min) out.low = static_cast<double>(*field.min);
  if (field.max) out.high = static_cast<double>(*field.max);
  for (const auto& word : field.values) {
    const auto number = plain_number(word.value);
    if (!number) continue;
    if (out.low) out.low = std::min(*out.low, *number);
    if (out.high) out.high = std::max(*out.high, *number);
  }
  return out;
}

Domain domain_of(const Field& field) {
  Domain out;
  switch (field.type) {
    case FieldType::kChoice:
    case FieldType::kYesNo:
      out.closed = true;
      for (const auto& value : field.values) out.values.insert(value.value);
      if (field.type == FieldType::kYesNo) out.values.insert({"Y", "N"});
      out.text_only = std::none_of(out.values.begin(), out.values.end(), plain_number);
      return out;
    case FieldType::kInteger:
      return integer_domain(field);
    case FieldType::kDate:
      out.text_only = true;
      return out;
    case FieldType::kText:
    case FieldType::kFile:
    case FieldType::kCheck:
    case FieldType::kCorrection:
      break;
  }
  return out;
}

// Two sources of one field: what either can give.
void merge(Domains& domains, const std::string& name, const Domain& other) {
  const auto [it, fresh] = domains.emplace(name, other);
  if (fresh) return;
  Domain& domain = it->second;
  domain.closed = domain.closed && other.closed;
  domain.values.insert(other.values.begin(), other.values.end());
  domain.text_only = domain.text_only && other.text_only;
  domain.numeric = domain.numeric && other.numeric;
  domain.low =
      domain.low && other.low ? std::optional(std::min(*domain.low, *other.low)) : std::nullopt;
  domain.high =
      domain.high && other.high ? std::optional(std::max(*domain.high, *other.high)) : std::nullopt;
}

Domain template_domain(const std::string& text) {
  Domain out;
  if (!slots(text).empty()) return out;
  out.closed = true;
  out.values.insert(text);
  return out;
}

}  // namespace

Domains domains_of(const Flow& flow) {
  Domains out;
  for (const auto& name : flow.given) {
    Domain given;
    given.text_only = true;  // codes, teams and age groups such as "u9"
    merge(out, name, given);
  }
  for (const auto& [number, routine] : flow.routines) {
    for (const auto& field : routine.collects) {
      merge(out, field.name, domain_of(field));
      for (const auto& [path, saved] : field.save) merge(out, saved, Domain{});
      for (const auto& [name, text] : field.set) merge(out, name, template_domain(text));
      for (const auto& rule : field.corrected) {
        for (const auto& [name, text] : rule.set) merge(out, name, template_domain(text));
      }
    }
    for (const auto& call : routine.calls) {
      for (const auto& [path, saved] : call.save) merge(out, saved, Domain{});
    }
    for (const auto& edge : routine.next) {
      for (const auto& [name, text] : edge.set) merge(out, name, template_domain(text));
    }
  }
  return out;
}

}  // namespace dugout::routines
