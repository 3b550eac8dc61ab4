#include "config/telemetry_settings.hpp"

#include <algorithm>

#include "config/telemetry_read.hpp"
#include "core/text.hpp"

namespace dugout::config {
namespace {

constexpr long long kTelemetryMiB = 1LL << 20;
constexpr std::string_view kTracesPath = "/v1/traces";

bool is_word(const std::string& word, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A variable that OpenTelemetry names. Our own one, when it is set, comes before it.
class OtelVariables {
 public:
  explicit OtelVariables(LoadState& state) : state_(state) {}

  std::string value(const char* name) const {
    return state_.environment ? state_.environment(name).value_or("") : "";
  }
  std::string unless(const char* ours, const char* name) const {
    return value(ours).empty() ? value(name) : "";
  }
  void refuse(const char* name, const std::string& message, const std::string& hint) const {
    report(core::Finding::Severity::kError, name, message, hint);
  }
  void warn(const char* name, const std::string& message, const std::string& hint) const {
    report(core::Finding::Severity::kWarning, name, message, hint);
  }

 private:
  void report(core::Finding::Severity severity, const char* name, const std::string& message,
              const std::string& hint) const {
    state_.findings.push_back(
        {severity, "environment", 0, 0, std::string(name) + " " + message, hint});
  }

  LoadState& state_;
};

bool is_collector(std::string_view url) {
  const auto host = url.starts_with("https://")  ? std::size_t{8}
                    : url.starts_with("http://") ? std::size_t{7}
                                                 : std::size_t{0};
  const bool clean =
      std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return host != 0 && url.size() > host && clean && url.find_first_of("\"<>#?") == url.npos;
}

// The base of a collector with the path that the protocol names.
std::string with_path(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url.empty() || url.ends_with(kTracesPath) ? url : url + std::string(kTracesPath);
}

void read_endpoint(SettingsReader& reader, const OtelVariables& otel, TraceSettings& out) {
  reader.text("endpoint", out.endpoint);
  if (!out.endpoint.empty() && !is_collector(out.endpoint)) {
    reader.refuse("endpoint", "must be a URL without a query", "such as http://127.0.0.1:4318");
    out.endpoint.clear();
  }
  out.endpoint = with_path(out.endpoint);
  for (const auto* name : {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}) {
    const auto url = otel.unless("DUGOUT_TRACES_ENDPOINT", name);
    if (url.empty()) continue;
    if (!is_collector(url)) {
      otel.refuse(name, "must be a URL without a query", "such as http://127.0.0.1:4318");
      continue;
    }
    const bool whole = std::string_view(name).ends_with("TRACES_ENDPOINT");
    out.endpoint = whole ? url : with_path(url);
    reader.overridden("endpoint", out.endpoint, std::string("environment ") + name);
  }
  const auto protocol = otel.value("OTEL_EXPORTER_OTLP_PROTOCOL");
  if (!out.endpoint.empty() && !protocol.empty() && protocol != "http/json") {
    otel.warn("OTEL_EXPORTER_OTLP_PROTOCOL", "names a protocol that is not spoken",
              "traces go as http/json");
  }
}

bool token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool good_header(const std::string& name, const std::string& value) {
  return !name.empty() && std::all_of(name.begin(), name.end(), token_character) &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c != 0x7f; });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// %2C and the like, as the variable's format has them (W3C Baggage).
std::string header_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool two = text[at] == '%' && at + 2 < text.size();
    const int high = two ? hex_digit(text[at + 1]) : -1, low = two ? hex_digit(text[at + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

// name=value,name=value
void read_otel_headers(const OtelVariables& otel, TraceSettings& out) {
  for (const auto* variable : {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"}) {
    for (const auto& pair : core::split(otel.value(variable), ',')) {
      if (core::trim(pair).empty()) continue;
      const auto equals = std::min(pair.find('='), pair.size());
      const auto name = core::lower(core::trim(std::string_view(pair).substr(0, equals)));
      const auto value = header_decoded(
          core::trim(std::string_view(pair).substr(std::min(equals + 1, pair.size()))));
      if (equals == pair.size() || !good_header(name, value)) {
        otel.refuse(variable, "is no list of headers", "write name=value,name=value");
        return;
      }
      out.headers[name] = Secret(value);
    }
  }
}

void read_headers(const Node* node, LoadState& state, TraceSettings& out) {
  SettingsReader reader(node, "traces.headers", state);
  for (const auto& name : reader.names()) {
    Secret value;
    reader.secret(name, value);
    if (!good_header(core::lower(name), value.reveal())) {
      reader.refuse(name, "is no header", "such as authorization: \"Bearer ${OTLP_TOKEN}\"");
    } else if (!value.empty()) {
      out.headers[core::lower(name)] = value;
    }
  }
}

void read_sample(SettingsReader& reader, const OtelVariables& otel, TraceSettings& out) {
  constexpr auto kName = "OTEL_TRACES_SAMPLER_ARG";
  reader.real("sample", 0.0, 1.0, out.sample);
  const auto said = otel.unless("DUGOUT_TRACES_SAMPLE", kName);
  if (said.empty()) return;
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = said;
  const auto share = node.as_number();
  if (share && *share >= 0.0 && *share <= 1.0) {
    out.sample = *share;
    reader.overridden("sample", said, std::string("environment ") + kName);
  } else {
    otel.refuse(kName, "must be a number from 0 to 1", "");
  }
}

}  // namespace

LogSettings read_log(const Node* node, LoadState& state) {
  LogSettings out;
  SettingsReader reader(node, "log", state);
  reader.text("level", out.level);
  if (!is_word(out.level, {"", "debug", "info", "warning", "error"})) {
    reader.refuse("level", "must be debug, info, warning or error", "");
    out.level.clear();
  }
  reader.text("format", out.format);
  if (!is_word(out.format, {"auto", "text", "json"})) {
    reader.refuse("format", "must be auto, text or json", "");
    out.format = "auto";
  }
  reader.text("file", out.file);
  reader.bytes("file_bytes", 64 * 1024, 1024 * kTelemetryMiB, out.file_bytes);
  reader.count("files", 1, 1000, out.files);
  reader.count("queue", 0, 1'000'000, out.queue);
  reader.bytes("queue_bytes", 64 * 1024, 1024 * kTelemetryMiB, out.queue_bytes);
  reader.finish();
  return out;
}

TraceSettings read_traces(const Node* node, LoadState& state) {
  TraceSettings out;
  const OtelVariables otel(state);
  SettingsReader reader(node, "traces", state);
  read_endpoint(reader, otel, out);
  read_headers(reader.map("headers"), state, out);
  reader.text("service_name", out.service_name);
  if (const auto said = otel.unless("DUGOUT_TRACES_SERVICE_NAME", "OTEL_SERVICE_NAME");
      !said.empty()) {
    out.service_name = said;
    reader.overridden("service_name", said, "environment OTEL_SERVICE_NAME");
  }
  read_sample(reader, otel, out);
  reader.flag("texts", out.texts);
  reader.seconds("timeout", 0.1, 600.0, out.timeout);
  reader.count("batch_spans", 1, 100'000, out.batch_spans);
  reader.seconds("batch_every", 0.1, 600.0, out.batch_every);
  reader.count("queue_spans", 1, 1'000'000, out.queue_spans);
  reader.bytes("queue_bytes", 64 * 1024, 1024 * kTelemetryMiB, out.queue_bytes);
  reader.finish();
  read_otel_headers(otel, out);
  // The standard's own switches.
  if (otel.value("OTEL_SDK_DISABLED") == "true" || otel.value("OTEL_TRACES_EXPORTER") == "none") {
    out.endpoint.clear();
    reader.overridden("endpoint", "", "environment OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER");
  }
  return out;
}

MetricsSettings read_metrics(const Node* node, LoadState& state) {
  MetricsSettings out;
  SettingsReader reader(node, "metrics", state);
  reader.flag("enabled", out.enabled);
  reader.token("token", out.token);
  reader.finish();
  return out;
}

}  // namespace dugout::config
