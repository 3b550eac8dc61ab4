// What the application says of the parents' page (agents/page.yaml), as the page takes it. [any]
#pragma once

#include <map>
#include <string>

#include "orchestrator/progress.hpp"
#include "routines/model.hpp"

namespace dugout::http {

// The words for what a turn is busy with: by tool, else by kind.
std::string status_words(const std::map<std::string, std::string>& status,
                         const orchestrator::Progress& progress);

// The colours as custom properties, for both schemes.
std::string page_css(const routines::PageSettings& page);

}  // namespace dugout::http
