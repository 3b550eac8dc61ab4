#include "host/isolated.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/json.hpp"
#include "dugout/sdk/text.hpp"
#include "host/budget.hpp"
#include "host/keeper.hpp"
#include "host/services.hpp"

namespace dugout::host {
namespace proxy {
namespace {

using sdk::view;

constexpr auto kAdviceLimit = kLongestAdvice * kPatience;

// --- The tables of abi.h, each function a frame ---

Keeper& keeper_of(dugout_instance* self) {
  return *reinterpret_cast<Keeper*>(self);
}

dugout_status parse(dugout_instance* self, dugout_text raw, dugout_text schema,
                    dugout_sink* answer) {
  return keeper_of(self).pure(ChildOp::kParse, 0, {view(raw), view(schema)}, kLongestCodec, answer);
}

dugout_status advise(dugout_instance* self, dugout_text failure, dugout_sink* advice) {
  return keeper_of(self).pure(ChildOp::kAdvise, 0, {view(failure)}, kAdviceLimit, advice);
}

dugout_status encode(dugout_instance* self, dugout_text request, dugout_sink* head,
                     dugout_sink* body) {
  return keeper_of(self).pure(ChildOp::kEncode, 0, {view(request)}, kLongestCodec, head, body);
}

dugout_status decode(dugout_instance* self, std::uint32_t http_status, dugout_text headers,
                     dugout_text body, dugout_sink* answer) {
  return keeper_of(self).pure(ChildOp::kDecode, static_cast<std::int32_t>(http_status),
                              {view(headers), view(body)}, kLongestCodec, answer);
}

dugout_status validate(dugout_instance* self, dugout_text answer, dugout_text context,
                       dugout_sink* verdict) {
  return keeper_of(self).pure(ChildOp::kValidate, 0, {view(answer), view(context)}, kAdviceLimit,
                              verdict);
}

dugout_status propose(dugout_instance* self, dugout_text situation, dugout_sink* proposal) {
  return keeper_of(self).pure(ChildOp::kPropose, 0, {view(situation)}, kAdviceLimit, proposal);
}

dugout_status train(dugout_instance* self, dugout_text log, dugout_sink* model) {
  return keeper_of(self).pure(ChildOp::kTrain, 0, {view(log)}, kLongestTraining, model);
}

dugout_status describe(dugout_instance* self, dugout_sink* declaration) {
  return keeper_of(self).pure(ChildOp::kDescribe, 0, {}, kLongestCodec, declaration);
}

void start(dugout_instance* self, dugout_call* call, dugout_text args, dugout_text context) {
  keeper_of(self).tool(ChildOp::kStart, call, args, context);
}

void cancel(dugout_instance* self, dugout_call* call) {
  keeper_of(self).cancel(call);
}

void reconcile(dugout_instance* self, dugout_call* call, dugout_text args, dugout_text context) {
  keeper_of(self).tool(ChildOp::kReconcile, call, args, context);
}

constexpr dugout_parser_v1 kParser{sizeof(dugout_parser_v1), 0, &parse};
constexpr dugout_recovery_v1 kRecovery{sizeof(dugout_recovery_v1), 0, &advise};
constexpr dugout_provider_v1 kProvider{sizeof(dugout_provider_v1), 0, &encode, &decode};
constexpr dugout_validator_v1 kValidator{sizeof(dugout_validator_v1), 0, &validate};
constexpr dugout_tuner_v1 kTuner{sizeof(dugout_tuner_v1), 0, &propose, &train};
constexpr dugout_tool_v1 kTool{sizeof(dugout_tool_v1), 0, &describe, &start, &cancel, &reconcile};
// A tool that cannot tell after a crash; the declaration of this stands in its place.
constexpr dugout_tool_v1 kMuteTool{sizeof(dugout_tool_v1), 0, &describe, &start, &cancel, nullptr};

const void* face(dugout_instance* self, const char* id) {
  const std::string_view wanted = id == nullptr ? "" : id;
  const auto& keeper = keeper_of(self);
  if (!keeper.has_face(wanted)) return nullptr;
  if (wanted == DUGOUT_FACE_PARSER) return &kParser;
  if (wanted == DUGOUT_FACE_RECOVERY) return &kRecovery;
  if (wanted == DUGOUT_FACE_PROVIDER) return &kProvider;
  if (wanted == DUGOUT_FACE_VALIDATOR) return &kValidator;
  if (wanted == DUGOUT_FACE_TUNER) return &kTuner;
  if (wanted != DUGOUT_FACE_TOOL) return nullptr;
  return keeper.reconciles() ? &kTool : &kMuteTool;
}

dugout_status create(const dugout_host* /*host*/, dugout_text /*config*/, dugout_instance** /*out*/,
                     dugout_sink* /*why*/) {
  return DUGOUT_E_INTERNAL;  // see Isolated::create
}

void destroy(dugout_instance* self) {
  keeper_of(self).destroy();
}

void close() {}

constexpr dugout_module kModule{sizeof(dugout_module),
                                DUGOUT_ABI_MAJOR,
                                DUGOUT_ABI_MINOR,
                                0,
                                {nullptr, 0},
                                &create,
                                &destroy,
                                &face,
                                &close};

// --- The library

class Isolated final : public Library {
 public:
  Isolated(const Manifest& manifest, OpenFile library, std::shared_ptr<ChildPlan> plan)
      : Library(kModule),
        library_(std::move(library)),
        keeper_(manifest.id, std::move(plan), manifest.effects != Effects::kNone) {}

  dugout_status create(const dugout_host* host, dugout_text config, dugout_instance** out,
                       dugout_sink* why) override {
    const auto status = keeper_.create(host, config, why);
    if (status == DUGOUT_OK) *out = reinterpret_cast<dugout_instance*>(&keeper_);
    return status;
  }
  bool serves(std::uint32_t major) const override { return keeper_.serves(major); }
  void on_defect(std::function<void()> defect) override { keeper_.on_defect(std::move(defect)); }
  std::optional<std::uint64_t> restarts() const override { return keeper_.restarts(); }

  Keeper& keeper() { return keeper_; }

 private:
  const OpenFile library_;
  mutable Keeper keeper_;
};

// The library as it is now: children that are started later run the same code, whatever stands in
// the file then. Not open = errno says why.
OpenFile copy_in_memory(const std::string& id, const OpenFile& from) {
  OpenFile copy(::memfd_create(id.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
  struct stat status {};
  if (!copy.is_open() || ::fstat(from.number(), &status) != 0) return OpenFile(-1);
  for (off_t at = 0; at < status.st_size;) {
    const auto left = static_cast<std::size_t>(status.st_size - at);
    if (::sendfile(copy.number(), from.number(), &at, left) <= 0) return OpenFile(-1);
  }
  ::fcntl(copy.number(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return copy;
}

std::string absolute(const std::string& path) {
  std::error_code failed;
  return path.empty() ? path : std::filesystem::absolute(path, failed).string();
}

std::string greeting(const Manifest& manifest, const std::string& data_folder) {
  return core::canonical(core::Json{{"id", manifest.id},
                                    {"library", manifest.library},
                                    {"abi_major", manifest.abi_major},
                                    {"abi_minor", manifest.abi_minor},
                                    {"faces", manifest.faces},
                                    {"needs", manifest.needs},
                                    {"memory_mb", manifest.memory_mb},
                                    {"network", manifest.network},
                                    {"files", manifest.files},
                                    {"data_folder", data_folder},
                                    {"plugin_folder", absolute(manifest.folder)},
                                    {"host", ::getpid()}});
}

std::string data_folder_of(const LoadOptions& options) {
  const auto found = options.shared.find("data_folder");
  if (found == options.shared.end()) return {};
  const auto value = core::parse_json(found->second);
  return value && value->is_string() ? value->get<std::string>() : std::string{};
}

}  // namespace
}  // namespace proxy

bool runs_isolated(const Manifest& manifest, const LoadOptions& options) {
  if (options.isolation.program.empty()) return false;
  if (options.isolation.all) return *options.isolation.all;
  const auto& chosen = options.isolation.chosen;
  const auto found = chosen.find(manifest.id);
  return found == chosen.end() ? manifest.isolated : found->second;
}

std::unique_ptr<Library> open_isolated(const Manifest& manifest, const LoadOptions& options,
                                       core::Findings& findings, const core::FileStamp* tested) {
  const auto refuse = [&](const std::string& why) {
    findings.push_back(
        {core::Finding::Severity::kError, manifest.library, 0, 0, manifest.id + ": " + why, ""});
    return std::unique_ptr<Library>{};
  };
  const auto file = open_library(manifest, options.trust_writable, findings);
  if (!file.is_open()) return nullptr;
  auto copy = proxy::copy_in_memory(manifest.id, file);
  if (!copy.is_open()) {
    return refuse("the library cannot be copied: " + std::generic_category().message(errno));
  }
  if (const auto why = exchanged_since(file, tested); !why.empty()) return refuse(why);
  auto plan = std::make_shared<ChildPlan>();
  plan->program = options.isolation.program;
  if (manifest.files) plan->data_folder = proxy::absolute(proxy::data_folder_of(options));
  plan->hello = proxy::greeting(manifest, plan->data_folder);
  plan->library = copy.number();
  auto library = std::make_unique<proxy::Isolated>(manifest, std::move(copy), plan);
  std::string note;
  if (const auto fault = library->keeper().open(note); !fault.empty()) return refuse(fault);
  if (!note.empty()) log_about(2, manifest.id, note);
  return library;
}

}  // namespace dugout::host
