// The record service in force, for the C functions of records/1. Private to host.
#pragma once

namespace dugout::host {

class RecordService;
RecordService* installed_records();  // [any] nullptr = none installed

}  // namespace dugout::host
