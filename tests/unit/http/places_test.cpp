// Places for what is large: few, and none of them all for one address.
#include "http/places.hpp"

#include <catch2/catch.hpp>

using namespace dugout;

TEST_CASE("PlacesTest.NoAddressTakesTheLastPlaces") {
  http::Places places;
  int taken = 0;
  while (places.enter("192.0.2.1")) ++taken;

  CHECK(taken == http::Places::kMost / 2);
  for (int other = 2; other <= 5; ++other) {
    const auto address = "192.0.2." + std::to_string(other);
    for (int n = 0; n < http::Places::kOfAddress; ++n) CHECK(places.enter(address));
    CHECK_FALSE(places.enter(address));
  }
  CHECK_FALSE(places.enter("192.0.2.9"));  // now all are taken
  places.leave("192.0.2.2");
  CHECK_FALSE(places.enter("192.0.2.1"));
  CHECK(places.enter("192.0.2.9"));
}

TEST_CASE("PlacesTest.APlaceIsLeftByWhoHadOneAlone") {
  http::Places places;
  for (int n = 0; n < http::Places::kMost / 2; ++n) REQUIRE(places.enter("192.0.2.1"));
  {
    const http::Place refused(places, "192.0.2.1");
    CHECK_FALSE(refused.taken());
  }
  CHECK_FALSE(places.enter("192.0.2.1"));
  places.leave("192.0.2.1");
  {
    const http::Place place(places, "192.0.2.1");
    CHECK(place.taken());
    CHECK_FALSE(places.enter("192.0.2.1"));
  }

  CHECK(places.enter("192.0.2.1"));
}
