// The services in force, for the C functions of records/1 and http/1. Private to host.
#pragma once

namespace dugout::host {

class HttpService;
class RecordService;
RecordService* installed_records();  // [any] nullptr = none installed
HttpService* installed_http();

}  // namespace dugout::host
