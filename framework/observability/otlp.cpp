#include "observability/otlp.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "observability/json_pieces.hpp"

namespace dugout::observability {
namespace {

constexpr int kInternal = 1, kServer = 2, kClient = 3;  // opentelemetry.proto.trace.v1.SpanKind
constexpr int kOk = 1, kFailed = 2;                     // Status.StatusCode
constexpr std::size_t kMostName = 200;                  // bytes of a span's name
constexpr std::size_t kMostText = 8U << 10;             // and of a value
constexpr std::size_t kMostAttributes = 64;             // of a span
constexpr std::size_t kUsualSpan = 500;                 // bytes

// Opt-in by the conventions, as they hold what people and models wrote.
constexpr std::array<std::string_view, 6> kTexts = {
    "gen_ai.input.messages",      "gen_ai.output.messages",  "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.tool.definitions"};

// The understudy is asked within the process.
bool is_local(const Span& span) {
  return std::any_of(span.attributes.begin(), span.attributes.end(), [](const auto& attribute) {
    const auto* local = std::get_if<bool>(&attribute.second);
    return attribute.first == "dugout.target.local" && local != nullptr && *local;
  });
}

int kind_of(const Span& span) {
  if (span.stage == Stage::kTurn) return kServer;
  return span.stage == Stage::kAttempt && !is_local(span) ? kClient : kInternal;
}

// The well-known value for the ways in which one service is spoken to.
std::string_view known_provider(std::string_view name) {
  constexpr std::string_view kOpenai = "openai";
  return name.substr(0, kOpenai.size() + 1) == "openai_" ? kOpenai : name;
}

// A message in the form of the conventions: [{"role", "parts": [{"type", "content"}]}]
std::string as_messages(std::string_view role, std::string_view text) {
  std::string out = R"([{"role":")";
  (out += role) += R"(","parts":[{"type":"text","content":)";
  put_json(out, text);
  return out += "}]}]";
}

class SpanText {
 public:
  SpanText(std::string& out, bool texts) : out_(out), texts_(texts) {}

  void span(const Span& span, const TurnReport& report) {
    const auto begin = nanoseconds(report.begun) + span.begun.count();
    text(R"({"traceId":)", report.trace.trace_id);
    text(R"(,"spanId":)", span.id);
    if (!span.parent.empty()) text(R"(,"parentSpanId":)", span.parent);
    text(R"(,"name":)", core::clip(span.name, kMostName));
    out_ += R"(,"kind":)";
    put_json(out_, std::int64_t{kind_of(span)});
    time("startTimeUnixNano", begin);
    time("endTimeUnixNano", begin + std::max<std::int64_t>(0, span.took.count()));
    attributes(span, report);
    status(span);
    out_ += '}';
  }

 private:
  static std::int64_t nanoseconds(core::WallTime time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  }

  void text(const char* before, std::string_view value) {
    out_ += before;
    put_json(out_, value);
  }

  void time(const char* name, std::int64_t unix_nano) {
    ((out_ += ",\"") += name) += "\":\"";
    put_json(out_, unix_nano);
    out_ += '"';
  }

  void attributes(const Span& span, const TurnReport& report) {
    out_ += R"(,"attributes":[)";
    count_ = 0;
    seen_ = &span.attributes;
    own_ = false;
    for (const auto& [name, value] : span.attributes) attribute(name, value);
    own_ = true;  // of two with one name the span's own stands
    attribute("dugout.stage", std::string(name_of(span.stage)));
    if (span.stage == Stage::kTurn) turn_attributes(report);
    if (!span.error.empty()) attribute("error.type", span.error);
    out_ += ']';
  }

  void turn_attributes(const TurnReport& report) {
    attribute("gen_ai.operation.name", std::string("invoke_agent"));
    attribute("gen_ai.agent.name", report.agent);
    attribute("gen_ai.conversation.id", report.session);
    attribute("dugout.turn.id", report.turn);
    attribute("dugout.outcome", report.outcome);
    attribute("dugout.target", report.target);
    attribute("dugout.flow", report.flow);
    if (report.routine > 0) attribute("dugout.routine", std::int64_t{report.routine});
    if (report.next_routine > 0)
      attribute("dugout.routine.next", std::int64_t{report.next_routine});
    attribute("dugout.own_ms", core::seconds(report.own) * 1000.0);
  }

  bool said(std::string_view name) const {
    return std::any_of(seen_->begin(), seen_->end(),
                       [&](const auto& other) { return other.first == name; });
  }

  void attribute(std::string_view name, const AttributeValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && text->empty()) return;
    if (count_ >= kMostAttributes || (own_ && said(name))) return;
    if (!texts_ && carries_text(name)) return;
    out_ += count_++ == 0 ? R"({"key":)" : R"(,{"key":)";
    put_json(out_, core::clip(name, kMostName));
    out_ += R"(,"value":{)";
    if (text != nullptr) {
      out_ += R"("stringValue":)";
      put_text(name, core::clip(*text, kMostText));
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      out_ += R"("intValue":")";
      put_json(out_, *number);
      out_ += '"';
    } else if (const auto* real = std::get_if<double>(&value)) {
      out_ += R"("doubleValue":)";
      put_json(out_, std::isfinite(*real) ? *real : 0.0);
    } else {
      out_ += R"("boolValue":)";
      put_json(out_, std::get<bool>(value));
    }
    out_ += "}}";
  }

  void put_text(std::string_view name, std::string_view value) {
    if (name == "gen_ai.provider.name") return put_json(out_, known_provider(value));
    if (name == "gen_ai.input.messages")
      return put_json(out_, std::string_view(as_messages("user", value)));
    if (name == "gen_ai.output.messages") {
      return put_json(out_, std::string_view(as_messages("assistant", value)));
    }
    put_json(out_, value);
  }

  void status(const Span& span) {
    out_ += R"(,"status":{"code":)";
    put_json(out_, std::int64_t{span.error.empty() ? kOk : kFailed});
    if (!span.error.empty()) {
      out_ += R"(,"message":)";
      put_json(out_, core::clip(span.error, kMostName));
    }
    out_ += '}';
  }

  std::string& out_;
  const bool texts_;
  std::size_t count_ = 0;  // attributes of the span so far
  const Attributes* seen_ = nullptr;
  bool own_ = false;
};

void put_source(std::string& out, const char* name, const std::string& value, bool first) {
  if (value.empty()) return;
  if (!first) out += ',';
  out += R"({"key":")";
  out += name;
  out += R"(","value":{"stringValue":)";
  put_json(out, value);
  out += "}}";
}

}  // namespace

bool carries_text(std::string_view attribute) {
  return std::find(kTexts.begin(), kTexts.end(), attribute) != kTexts.end();
}

std::string spans_json(const TurnReport& report, bool texts) {
  std::string out;
  out.reserve(report.spans.size() * kUsualSpan);
  SpanText text(out, texts);
  for (const auto& span : report.spans) {
    if (!out.empty()) out += ',';
    text.span(span, report);
  }
  return out;
}

std::string export_request(const TraceSource& source, const std::vector<std::string>& spans) {
  std::size_t size = kUsualSpan;
  for (const auto& part : spans) size += part.size() + 1;
  std::string out;
  out.reserve(size);
  out += R"({"resourceSpans":[{"resource":{"attributes":[)";
  put_source(out, "service.name", source.service, true);
  put_source(out, "service.version", source.version, false);
  put_source(out, "service.instance.id", source.instance, false);
  out += R"(]},"scopeSpans":[{"scope":{"name":"dugout","version":)";
  put_json(out, source.version);
  out += R"(},"spans":[)";
  for (std::size_t at = 0; at < spans.size(); ++at) {
    if (at > 0) out += ',';
    out += spans[at];
  }
  return out += "]}]}]}";
}

std::uint64_t rejected_spans(std::string_view answer) {
  const auto body = core::parse_json(answer, {.depth = 16, .bytes = 4U << 20});
  if (!body || !body->is_object()) return 0;
  const auto partial = body->find("partialSuccess");
  if (partial == body->end() || !partial->is_object()) return 0;
  const auto count = partial->find("rejectedSpans");
  if (count == partial->end()) return 0;
  if (count->is_number_unsigned()) return count->get<std::uint64_t>();
  if (!count->is_string()) return 0;  // 64-bit integers are texts in this JSON
  const auto& text = count->get_ref<const std::string&>();
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The last 56 bits are the random ones by W3C Trace Context, level 2.
bool in_sample(std::string_view trace_id, double share) {
  constexpr std::size_t kDigits = 14;
  if (share >= 1.0) return true;
  if (!(share > 0.0) || trace_id.size() < kDigits) return false;
  const auto tail = trace_id.substr(trace_id.size() - kDigits);
  std::uint64_t drawn = 0;
  std::from_chars(tail.data(), tail.data() + tail.size(), drawn, 16);
  return static_cast<double>(drawn) < share * static_cast<double>(std::uint64_t{1} << 56U);
}

}  // namespace dugout::observability
