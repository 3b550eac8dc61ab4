// What each answer says to keep a browser safe, whoever wrote it. [any]
#pragma once

#include <Poco/Net/HTTPResponse.h>

#include <string>

namespace dugout::http {

// On an answer that says nothing else about it: Content-Security-Policy and Cache-Control stay.
void keep_browser_safe(Poco::Net::HTTPResponse& response);

// The same as lines of a head, for answers that are written as one text.
const std::string& safe_header_lines();

}  // namespace dugout::http
