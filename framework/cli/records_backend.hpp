// Where records/1 keeps its rows, as `services.records` says. One thread at start.
#pragma once

#include <memory>
#include <optional>

#include "cli/app.hpp"
#include "records/airtable_records.hpp"
#include "records/airtable_schema.hpp"

namespace dugout::cli {

// The base of Airtable that the settings name; nullopt: rows stay in the store, or the settings are
// wrong, which is a finding.
std::optional<records::AirtableOptions> airtable_options(const config::Settings& settings,
                                                         const std::string& file,
                                                         core::Findings& findings);

// agents/schemas/record_columns.json below `root`: what the application's tools write where.
// Absent: nothing is known; what is wrong with it is a finding.
records::KnownColumns record_columns(const std::string& root, core::Findings& findings);

}  // namespace dugout::cli
