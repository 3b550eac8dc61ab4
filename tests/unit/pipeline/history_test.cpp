// Shortening a conversation by whole groups.
#include <catch2/catch.hpp>
#include <cmath>

#include "pipeline/call.hpp"

using namespace dugout::pipeline;

namespace {

Item item(int group, Item::Kind kind = Item::Kind::kUser, std::string id = {}) {
  Item made;
  made.kind = kind;
  made.group = group;
  made.text = std::to_string(group);
  made.call.id = std::move(id);
  return made;
}

std::vector<int> groups(const Request& request) {
  std::vector<int> left;
  for (const auto& one : request.items) left.push_back(one.group);
  return left;
}

Request conversation(int turns) {
  Request request;
  for (int turn = 1; turn <= turns; ++turn) {
    request.items.push_back(item(turn));
    request.items.push_back(item(turn, Item::Kind::kAssistant));
  }
  return request;
}

using Groups = std::vector<int>;

}  // namespace

TEST_CASE("HistoryTest.HalfDropsTheOldestGroupsWhole") {
  auto request = conversation(6);

  CHECK(truncate_history(request, 0.5));
  CHECK(groups(request) == Groups{4, 4, 5, 5, 6, 6});
}

TEST_CASE("HistoryTest.SmallFractionStillDropsOne") {
  auto request = conversation(3);

  CHECK(truncate_history(request, 0.01));
  CHECK(groups(request) == Groups{2, 2, 3, 3});
}

TEST_CASE("HistoryTest.NewestGroupIsNeverDropped") {
  auto request = conversation(3);

  CHECK(truncate_history(request, 1.0));
  CHECK(groups(request) == Groups{3, 3});
  CHECK_FALSE(truncate_history(request, 1.0));
}

TEST_CASE("HistoryTest.ZeroFractionAndEmptyHistoryDropNothing") {
  auto request = conversation(3);
  Request empty;

  CHECK_FALSE(truncate_history(request, 0.0));
  CHECK_FALSE(truncate_history(request, -1.0));
  CHECK(request.items.size() == 6);
  CHECK_FALSE(truncate_history(empty, 0.5));
}

TEST_CASE("HistoryTest.PinnedItemsKeepTheirGroup") {
  auto request = conversation(4);
  request.items[0].pinned = true;

  CHECK(truncate_history(request, 0.5));
  CHECK(groups(request) == Groups{1, 1, 3, 3, 4, 4});
}

TEST_CASE("HistoryTest.ToolCallNeverLosesItsResult") {
  Request request;
  request.items = {item(1),
                   item(1, Item::Kind::kToolCall, "call_1"),
                   item(2, Item::Kind::kToolResult, "call_1"),  // numbered wrongly
                   item(2),
                   item(3),
                   item(4)};

  CHECK(truncate_history(request, 0.25));
  REQUIRE(request.items.size() == 3);
  CHECK(request.items[0].kind == Item::Kind::kUser);
  CHECK(groups(request) == Groups{2, 3, 4});
}

TEST_CASE("HistoryTest.NoNumberTheFractionMayBeBreaksIt") {
  for (const double fraction : std::vector<double>{std::nan(""), INFINITY, -INFINITY, 1e308}) {
    auto request = conversation(5);
    truncate_history(request, fraction);
    CHECK_FALSE(request.items.empty());
    CHECK(request.items.back().group == 5);
  }
}
