#include "cli/trace_export.hpp"

#include "orchestrator/retry_after.hpp"

namespace dugout::cli {
namespace {

// What a collector answers is counts and a sentence.
constexpr std::size_t kMostAnswer = 1U << 20;

core::Duration export_time(double seconds) {
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds));
}

net::HttpLimits export_limits() {
  net::HttpLimits limits;
  limits.body_bytes = kMostAnswer;
  limits.connect = std::chrono::seconds(2);
  limits.idle_per_host = 1;
  return limits;
}

class HttpTransport final : public observability::ExportTransport {
 public:
  HttpTransport(net::HttpClient& client, const config::TraceSettings& settings,
                const core::Clock& clock)
      : client_(client), clock_(clock) {
    request_.url = settings.endpoint;
    for (const auto& [name, value] : settings.headers) request_.headers[name] = value.reveal();
    request_.headers["content-type"] = "application/json";
  }

  observability::ExportAnswer post(const std::string& body, core::Duration within,
                                   const core::CancelToken& cancel) noexcept override {
    try {
      request_.body = body;
      net::HttpTimes times(within);
      times.cancel = &cancel;
      const auto answer = client_.send(request_, times);
      request_.body.clear();
      if (!answer) return {};
      return {answer->status, orchestrator::retry_after(answer->headers, clock_.wall_now()),
              answer->body};
    } catch (const std::exception&) {
      return {};
    }
  }

 private:
  net::HttpClient& client_;
  const core::Clock& clock_;
  net::HttpRequest request_;  // of the exporter's one thread
};

observability::ExportOptions export_options(const config::TraceSettings& settings) {
  observability::ExportOptions options;
  options.source = {settings.service_name, DUGOUT_VERSION, core::new_id("")};
  options.sample = settings.sample;
  options.texts = settings.texts;
  options.timeout = export_time(settings.timeout);
  options.batch_spans = settings.batch_spans;
  options.batch_every = export_time(settings.batch_every);
  options.queue_spans = settings.queue_spans;
  options.queue_bytes = settings.queue_bytes;
  return options;
}

}  // namespace

std::unique_ptr<TraceExport> TraceExport::open(const config::Settings& settings, core::Clock& clock,
                                               observability::Log& log) {
  if (settings.traces.endpoint.empty()) return nullptr;
  std::unique_ptr<TraceExport> out(new TraceExport());
  out->client_ = net::make_http_client(export_limits());
  out->transport_ = std::make_unique<HttpTransport>(*out->client_, settings.traces, clock);
  out->exporter_ = std::make_unique<observability::TraceExporter>(
      export_options(settings.traces), *out->transport_, clock, out->random_, log);
  return out;
}

observability::TelemetryOptions telemetry_options(const config::Settings& settings) {
  observability::TelemetryOptions options;
  options.spans = !settings.traces.endpoint.empty();
  options.texts = options.spans && settings.traces.texts;
  options.sample = settings.traces.sample;
  return options;
}

}  // namespace dugout::cli
