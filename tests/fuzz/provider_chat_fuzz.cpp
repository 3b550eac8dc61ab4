// What a service answers, through provider.openai_chat.
#include "provider_check.hpp"

FUZZ_TARGET(provider_chat) {
  static dugout::test::PluginUnderTest plugin("provider.openai_chat");
  dugout::fuzz::check_decode(plugin, input);
}
