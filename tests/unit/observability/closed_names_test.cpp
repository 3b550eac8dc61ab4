// What a label may say: known names and "other".
#include "observability/closed_names.hpp"

#include <catch2/catch.hpp>

#include "core/text.hpp"

using dugout::observability::ClosedNames;

TEST_CASE("ClosedNamesTest.KnownNamesStandAndAllOthersAreOther") {
  const ClosedNames names({"photo", "registration", "photo", "", "other"});

  CHECK(names.all() == std::vector<std::string>{"photo", "registration", "other"});
  CHECK(names.of("photo") == "photo");
  for (const auto* name :
       {"", "Photo", "photo ", "registrations", "other", "zzz", "a\"} 1\nevil"}) {
    INFO(name);
    CHECK(names.of(name) == "other");
  }
  CHECK(names.place("other") == 2);
}

TEST_CASE("ClosedNamesTest.NoNamesAtAllIsOtherAlone") {
  CHECK(ClosedNames().all() == std::vector<std::string>{"other"});
  CHECK(ClosedNames().of("anything") == "other");
}

TEST_CASE("ClosedNamesTest.NamesFitForALabel") {
  const ClosedNames names({"br\xffoken", std::string(5000, 'x')});

  for (const auto& name : names.all()) {
    CHECK(name.size() <= 120);
    CHECK(dugout::core::is_utf8(name));
  }
}

TEST_CASE("ClosedNamesTest.MoreNamesJoinTheOldOnesUpToABound") {
  const ClosedNames names({"photo", "registration"});

  CHECK(names.with(ClosedNames({"swimming", "photo"})).all() ==
        std::vector<std::string>{"photo", "registration", "swimming", "other"});
  CHECK(names.with(ClosedNames()) == names);

  std::vector<std::string> many;
  for (int at = 0; at < 1000; ++at) many.push_back("name_" + std::to_string(at));
  const auto most = names.with(ClosedNames(many));
  CHECK(most.size() == ClosedNames::kMost + 1);
  CHECK(most.of("photo") == "photo");
  CHECK(most.with(ClosedNames({"one_more"})) == most);
}
