// Turns a C++ class into a plugin module: one table, one exported symbol, and a guard round every
// entry, so that nothing thrown leaves the library. Used through the macros of parser.hpp,
// recovery.hpp, provider.hpp and tool.hpp.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "dugout/sdk/host.hpp"

#define DUGOUT_EXPORT extern "C" __attribute__((visibility("default")))

namespace dugout::sdk {

inline dugout_status fail(dugout_sink* sink, const Error& error) {
  const auto body = error_body(error);
  sink->put(sink, text(body));
  return static_cast<dugout_status>(error.code);
}

inline dugout_status answer(dugout_sink* sink, const Outcome<std::string>& outcome) {
  if (!outcome) return fail(sink, outcome.error());
  sink->put(sink, text(*outcome));
  return DUGOUT_OK;
}

// Runs `body`; anything thrown becomes DUGOUT_E_INTERNAL with its text.
template <typename Body>
dugout_status guarded(dugout_sink* sink, Body body) noexcept {
  try {
    return body();
  } catch (const std::exception& thrown) {
    try {
      return fail(sink, Error{Code::kInternal, thrown.what()});
    } catch (...) {
      return DUGOUT_E_INTERNAL;
    }
  } catch (...) {
    return DUGOUT_E_INTERNAL;
  }
}

// `Plugin` is made from (config) or (config, Host). `Face` has `kId`, `table()` and `Base`, the
// type its functions find behind the opaque instance.
template <typename Plugin, typename Face>
class Module {
 public:
  static const dugout_module* open(std::string_view id, std::uint32_t host_major) {
    if (host_major != DUGOUT_ABI_MAJOR) return nullptr;
    static const dugout_module module{sizeof(dugout_module),
                                      DUGOUT_ABI_MAJOR,
                                      DUGOUT_ABI_MINOR,
                                      0,
                                      text(id),
                                      &create,
                                      &destroy,
                                      &face,
                                      [] {}};
    return &module;
  }

 private:
  static dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out,
                              dugout_sink* why) {
    return guarded(why, [&] {
      *out = reinterpret_cast<dugout_instance*>(make(view(config), Host(host)));
      return static_cast<dugout_status>(DUGOUT_OK);
    });
  }

  static typename Face::Base* make(std::string_view config, Host host) {
    if constexpr (std::is_constructible_v<Plugin, std::string_view, Host>) {
      return new Plugin(config, host);
    } else {
      return new Plugin(config);
    }
  }

  static void destroy(dugout_instance* self) {
    delete reinterpret_cast<typename Face::Base*>(self);
  }

  static const void* face(dugout_instance* /*self*/, const char* id) {
    return std::string_view(id) == Face::kId ? Face::table() : nullptr;
  }
};

}  // namespace dugout::sdk

#define DUGOUT_PLUGIN(TYPE, FACE, ID)                                                   \
  DUGOUT_EXPORT const dugout_module* dugout_plugin_open(std::uint32_t host_major,       \
                                                        std::uint32_t /*host_minor*/) { \
    return ::dugout::sdk::Module<TYPE, FACE>::open(ID, host_major);                     \
  }
