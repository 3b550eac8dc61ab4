// The faces that answer at once: parser, recovery, provider, validator, tuner.
#include "core/json.hpp"
#include "dugout/sdk/text.hpp"
#include "host/faces.hpp"
#include "host/pure_call.hpp"

namespace dugout::host {
namespace {

using sdk::text;

template <typename Handle, typename Table>
class Pure : public Handle {
 public:
  Pure(std::shared_ptr<Plugin> plugin, const Table* table)
      : plugin_(std::move(plugin)), table_(*table) {}
  std::string_view id() const override { return plugin_->id(); }

 protected:
  const Plugin& plugin() const { return *plugin_; }
  dugout_instance* self() const { return plugin_->instance(); }
  const Table& table() const { return table_; }

 private:
  const std::shared_ptr<Plugin> plugin_;
  const Table& table_;
};

class Parser final : public Pure<ParserHandle, dugout_parser_v1> {
 public:
  using Pure::Pure;
  Outcome<std::string> parse(std::string_view raw, std::string_view schema) const override {
    return call_codec(plugin(), [&](dugout_sink* answer) {
      return table().parse(self(), text(raw), text(schema), answer);
    });
  }
};

class Recovery final : public Pure<RecoveryHandle, dugout_recovery_v1> {
 public:
  using Pure::Pure;
  Outcome<std::string> advise(std::string_view failure) const override {
    auto advice = call_for_advice(
        plugin(), [&](dugout_sink* sink) { return table().advise(self(), text(failure), sink); });
    if (!advice) return advice;
    if (advice->size() > kMostAdvice) return defect(plugin(), "its advice is longer than 64 KiB");
    const auto said = core::parse_json(*advice);
    if (!said || core::member(*said, "action").empty()) {
      return defect(plugin(), "its advice is no JSON object with an action");
    }
    return advice;
  }

 private:
  static constexpr std::size_t kMostAdvice = 64U << 10;
};

class Provider final : public Pure<ProviderHandle, dugout_provider_v1> {
 public:
  using Pure::Pure;
  Outcome<EncodedHttp> encode(std::string_view request) const override {
    CappedSink body;
    auto head = call_codec(plugin(), [&](dugout_sink* sink) {
      return table().encode(self(), text(request), sink, &body);
    });
    if (!head) return head.error();
    if (body.too_large) return defect(plugin(), "its answer is larger than 16 MiB");
    return EncodedHttp{std::move(*head), std::move(body.text)};
  }
  Outcome<std::string> decode(std::uint32_t http_status, std::string_view headers,
                              std::string_view body) const override {
    return call_codec(plugin(), [&](dugout_sink* answer) {
      return table().decode(self(), http_status, text(headers), text(body), answer);
    });
  }
};

class Validator final : public Pure<ValidatorHandle, dugout_validator_v1> {
 public:
  using Pure::Pure;
  Outcome<std::string> validate(std::string_view answer, std::string_view context) const override {
    return call_for_advice(plugin(), [&](dugout_sink* verdict) {
      return table().validate(self(), text(answer), text(context), verdict);
    });
  }
};

class Tuner final : public Pure<TunerHandle, dugout_tuner_v1> {
 public:
  using Pure::Pure;
  Outcome<std::string> propose(std::string_view situation) const override {
    return call_for_advice(plugin(), [&](dugout_sink* proposal) {
      return table().propose(self(), text(situation), proposal);
    });
  }
  Outcome<std::string> train(std::string_view log) const override {
    return call_pure(plugin(),
                     [&](dugout_sink* model) { return table().train(self(), text(log), model); });
  }
};

template <typename Handle, typename Made, typename Table>
std::shared_ptr<const Handle> handle_of(std::shared_ptr<Plugin> plugin, const char* face) {
  const auto* table = plugin->template face<Table>(face);
  if (table == nullptr) return nullptr;
  return std::make_shared<Made>(std::move(plugin), table);
}

}  // namespace

std::shared_ptr<const ParserHandle> parser_of(std::shared_ptr<Plugin> plugin) {
  return handle_of<ParserHandle, Parser, dugout_parser_v1>(std::move(plugin), DUGOUT_FACE_PARSER);
}

std::shared_ptr<const RecoveryHandle> recovery_of(std::shared_ptr<Plugin> plugin) {
  return handle_of<RecoveryHandle, Recovery, dugout_recovery_v1>(std::move(plugin),
                                                                 DUGOUT_FACE_RECOVERY);
}

std::shared_ptr<const ProviderHandle> provider_of(std::shared_ptr<Plugin> plugin) {
  return handle_of<ProviderHandle, Provider, dugout_provider_v1>(std::move(plugin),
                                                                 DUGOUT_FACE_PROVIDER);
}

std::shared_ptr<const ValidatorHandle> validator_of(std::shared_ptr<Plugin> plugin) {
  return handle_of<ValidatorHandle, Validator, dugout_validator_v1>(std::move(plugin),
                                                                    DUGOUT_FACE_VALIDATOR);
}

std::shared_ptr<const TunerHandle> tuner_of(std::shared_ptr<Plugin> plugin) {
  return handle_of<TunerHandle, Tuner, dugout_tuner_v1>(std::move(plugin), DUGOUT_FACE_TUNER);
}

}  // namespace dugout::host
