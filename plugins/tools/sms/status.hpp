// What became of a registration's messages, written to its row: sms_sent_at, sms_delivery_status
// and sms_delivery_error. The table `sms_messages` knows it of each message; the row shows a
// delivered one, else the newest. Needs records/1.
#pragma once

#include <string>
#include <string_view>

#include "dugout/sdk/host.hpp"

namespace sms {

// How final a status is: pending 0, sent 1, failed and undelivered 2, delivered 3; -1 = unknown.
int rank_of(std::string_view status);

// [worker] kNotFound: the registration is not there (yet). kUnavailable: the store is not.
dugout::Status publish_status(const dugout::sdk::Host& host, const std::string& billing_request_id);

}  // namespace sms
