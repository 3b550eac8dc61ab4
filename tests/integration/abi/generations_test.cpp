// One generation after the other over the same folder: what stays the same is used again, what was
// exchanged is loaded anew, and what nobody holds leaves the process.
#include <fstream>

#include "abi_support.hpp"
#include "core/random.hpp"

namespace dugout::test {
namespace {

namespace fs = std::filesystem;

// A folder with one plugin of the good group, to be changed.
class OwnPlugin {
 public:
  explicit OwnPlugin(const std::string& id)
      : id_(id), folder_(fs::temp_directory_path() / core::new_id("dugout_generations_")) {
    fs::create_directories(folder_);
    fs::copy(fs::path(abi_folder("good")) / id, folder_ / id, fs::copy_options::recursive);
  }
  ~OwnPlugin() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  // The library is written anew, as a build does.
  void exchange() const {
    for (const auto& entry : fs::directory_iterator(folder_ / id_)) {
      if (entry.path().extension() != ".so") continue;
      const auto fresh = entry.path().string() + ".new";
      fs::copy_file(entry.path(), fresh);
      fs::rename(fresh, entry.path());
      return;
    }
  }

  // The same text saved once more.
  void save(const std::string& name) const {
    const auto path = folder_ / id_ / name;
    fs::copy_file(path, path.string() + ".new");
    fs::rename(path.string() + ".new", path);
  }

  // What stands in its folder is nothing to read any more.
  void spoil() const { std::ofstream(folder_ / id_ / "plugin.yaml") << "nonsense"; }

  std::string folder() const { return folder_.string(); }

  std::shared_ptr<const host::Generation> load(host::LoadOptions options = {}) const {
    options.folders = {folder_.string()};
    options.trust_writable = true;
    core::Findings findings;
    auto made = host::load(options, findings);
    INFO(all_text(findings));
    CHECK(findings.empty());
    return made;
  }

 private:
  const std::string id_;
  const fs::path folder_;
};

constexpr auto kPlugin = "parser.abi_c";

host::LoadOptions after(std::shared_ptr<const host::Generation> before) {
  host::LoadOptions options;
  options.before = std::move(before);
  return options;
}

}  // namespace

TEST_CASE("GenerationsTest.UnchangedPluginIsUsedAgain") {
  const OwnPlugin plugin(kPlugin);
  auto first = plugin.load();
  REQUIRE(first->parser("abi_c")->parse("anything", ""));

  const auto second = plugin.load(after(first));
  first.reset();

  CHECK(second->fresh().empty());
  CHECK(mapped_names(kPlugin).size() == 1);
  CHECK(second->counts(kPlugin).calls == 1);  // of the one and only instance
  CHECK(second->parser("abi_c")->parse("anything", ""));
}

TEST_CASE("GenerationsTest.ExchangedLibraryIsLoadedAndTheOldOneLeavesWithItsLastHolder") {
  const OwnPlugin plugin(kPlugin);
  auto first = plugin.load();
  auto held = first->parser("abi_c");

  plugin.exchange();
  const auto second = plugin.load(after(first));
  first.reset();
  const auto while_held = mapped_names(kPlugin).size();
  held.reset();

  CHECK(second->fresh() == std::set<std::string>{kPlugin});
  CHECK(while_held == 2);
  CHECK(mapped_names(kPlugin).size() == 1);
}

TEST_CASE("GenerationsTest.OtherConfigMakesAnotherInstance") {
  const OwnPlugin plugin(kPlugin);
  const auto first = plugin.load();
  auto options = after(first);
  options.shared["data_folder"] = "\"elsewhere\"";  // its schema has no place for it
  CHECK(plugin.load(options)->fresh().empty());

  options.configs[kPlugin] = R"({"word":"another"})";
  CHECK(plugin.load(options)->fresh() == std::set<std::string>{kPlugin});
}

TEST_CASE("GenerationsTest.ExchangedGenerationHasThePluginOfTheOtherAndReadsNoFile") {
  const OwnPlugin plugin(kPlugin);
  auto first = plugin.load();
  REQUIRE(first->parser("abi_c")->parse("anything", ""));
  plugin.exchange();
  const auto second = plugin.load(after(first));
  REQUIRE(second->fresh().size() == 1);
  plugin.spoil();
  core::Findings findings;

  const auto third = host::exchanged(second, {{kPlugin, first}}, findings);

  CHECK(findings.empty());
  CHECK(third->fresh().empty());
  CHECK(third->parser("abi_c") != nullptr);
  CHECK(info_of(*third, kPlugin).state == "loaded");
  CHECK(third->counts(kPlugin).calls == 1);
  CHECK(third->origin(kPlugin) == first->origin(kPlugin));
}

TEST_CASE("GenerationsTest.RejectedPluginIsNotMadeAgainUntilAnyOfItIsAnother") {
  const OwnPlugin plugin(kPlugin);
  const auto first = plugin.load();
  auto options = after(first);
  options.folders = {plugin.folder()};
  options.trust_writable = true;
  options.configs[kPlugin] = R"({"word":"a slip of the pen"})";
  core::Findings findings;
  const auto worse = host::load(options, findings);
  REQUIRE(worse->fresh().size() == 1);
  options.rejected[kPlugin] = *worse->origin(kPlugin);

  const auto again = host::load(options, findings);

  CHECK(again->fresh().empty());
  CHECK(again->origin(kPlugin) == first->origin(kPlugin));
  REQUIRE(findings.size() == 1);  // nobody has to guess why it does not serve
  CHECK(findings[0].severity == core::Finding::Severity::kWarning);
  CHECK(findings[0].message.find("was taken back") != std::string::npos);

  SECTION("its config") {
    options.configs[kPlugin] = R"({"word":"mended"})";
  }
  SECTION("its schema") {
    plugin.save("config.schema.json");
  }
  SECTION("its manifest") {
    plugin.save("plugin.yaml");
  }
  SECTION("its library") {
    plugin.exchange();
  }

  CHECK(host::load(options, findings)->fresh() == std::set<std::string>{kPlugin});
}

TEST_CASE("GenerationsTest.LibraryThatChangesBehindItsTestIsNotOpened") {
  const OwnPlugin plugin(kPlugin);
  const auto first = plugin.load();
  auto options = after(first);
  options.folders = {plugin.folder()};
  options.trust_writable = true;
  options.check = [&plugin](const host::Manifest&) -> Status {
    plugin.exchange();
    return Done{};
  };
  plugin.exchange();
  core::Findings findings;

  const auto made = host::load(options, findings);

  CHECK(info_of(*made, kPlugin).state == "refused");
  CHECK(all_text(findings).find("changed while it was tested") != std::string::npos);
  CHECK(mapped_names(kPlugin).size() == 1);  // of the first
}

TEST_CASE("GenerationsTest.PluginThatFailsItsCheckIsRefusedBeforeItIsOpened") {
  const OwnPlugin plugin(kPlugin);
  host::LoadOptions options;
  options.folders = {abi_folder("good")};
  options.check = [](const host::Manifest& manifest) -> Status {
    if (manifest.id != kPlugin) return Done{};
    return Error{Code::kInvalid, "it fails its self-test"};
  };
  core::Findings findings;

  const auto made = host::load(options, findings);

  CHECK(info_of(*made, kPlugin).state == "refused");
  CHECK(all_text(findings).find("self-test") != std::string::npos);
  CHECK_FALSE(is_mapped(kPlugin));
}

TEST_CASE("GenerationsTest.CheckIsNotAskedForWhatIsUsedAgain") {
  const OwnPlugin plugin(kPlugin);
  auto options = after(plugin.load());
  int asked = 0;
  options.check = [&asked](const host::Manifest&) -> Status {
    ++asked;
    return Done{};
  };

  (void)plugin.load(options);
  CHECK(asked == 0);

  plugin.exchange();
  (void)plugin.load(options);
  CHECK(asked == 1);
}

TEST_CASE("GenerationsTest.ReaperTakesPluginsOutOnItsOwnThreadAndItsEndWaitsForThem") {
  const OwnPlugin plugin(kPlugin);
  {
    const host::Reaper reaper;
    auto only = plugin.load();
    REQUIRE(is_mapped(kPlugin));
    only.reset();
  }
  CHECK_FALSE(is_mapped(kPlugin));
}

TEST_CASE("GenerationsTest.HundredExchangesLeaveOneLibraryMapped") {
  const OwnPlugin plugin(kPlugin);
  const host::Reaper reaper;
  auto now = plugin.load();
  for (int n = 0; n < 100; ++n) {
    plugin.exchange();
    now = plugin.load(after(now));
    REQUIRE(now->fresh().size() == 1);
    REQUIRE(now->parser("abi_c")->parse("anything", ""));
  }
  // The reaper may be one behind.
  CHECK(mapped_names(kPlugin).size() <= 2);
}

}  // namespace dugout::test
