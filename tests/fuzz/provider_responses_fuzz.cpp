// What a service answers, through provider.openai_responses.
#include "provider_check.hpp"

FUZZ_TARGET(provider_responses) {
  static dugout::test::PluginUnderTest plugin("provider.openai_responses");
  dugout::fuzz::check_decode(plugin, input);
}
