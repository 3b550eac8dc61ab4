// The base of a provider codec: neutral request -> HTTP request, HTTP answer -> neutral answer.
// It does no I/O; the host owns every connection, time-out and retry.
#pragma once

#include "dugout/sdk/module.hpp"

namespace dugout::sdk {

struct EncodedRequest {
  std::string head;  // JSON {"method","path","headers": {name: value}}; path is below the base URL
  std::string body;
};

class Provider {
 public:
  virtual ~Provider() = default;

  // [any] request: the neutral request of docs/plugin-authors.md.
  virtual Outcome<EncodedRequest> encode(std::string_view request) const = 0;

  // [any] Returns the neutral answer. A provider's error is kUpstream; `upstream` below makes one.
  virtual Outcome<std::string> decode(std::uint32_t http_status, std::string_view headers,
                                      std::string_view body) const = 0;

  // `error_class`: a class of the design's table, such as "rate_limit". `code`: the provider's own.
  static Error upstream(std::string_view error_class, std::string_view code,
                        std::string_view message) {
    return Error{
        Code::kUpstream, std::string(message),
        "{\"class\":\"" + json_escape(error_class) + "\",\"code\":\"" + json_escape(code) + "\"}"};
  }
};

struct ProviderFace {
  using Base = Provider;
  static constexpr std::string_view kId = DUGOUT_FACE_PROVIDER;

  static const void* table() {
    static const dugout_provider_v1 table{sizeof(dugout_provider_v1), 0, &encode, &decode};
    return &table;
  }

 private:
  static dugout_status encode(dugout_instance* self, dugout_text request, dugout_sink* head,
                              dugout_sink* body) {
    return guarded(head, [&] {
      const auto encoded = reinterpret_cast<Provider*>(self)->encode(view(request));
      if (!encoded) return fail(head, encoded.error());
      head->put(head, text(encoded->head));
      body->put(body, text(encoded->body));
      return static_cast<dugout_status>(DUGOUT_OK);
    });
  }

  static dugout_status decode(dugout_instance* self, std::uint32_t http_status, dugout_text headers,
                              dugout_text body, dugout_sink* sink) {
    return guarded(sink, [&] {
      return answer(
          sink, reinterpret_cast<Provider*>(self)->decode(http_status, view(headers), view(body)));
    });
  }
};

}  // namespace dugout::sdk

#define DUGOUT_PROVIDER_PLUGIN(TYPE, ID) DUGOUT_PLUGIN(TYPE, ::dugout::sdk::ProviderFace, ID)
