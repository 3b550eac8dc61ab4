// Digests against published values, and tokens that are kept as a hash only.
#include "core/digest.hpp"

#include <catch2/catch.hpp>

using namespace dugout;

constexpr int kFew = 1000;  // iterations

TEST_CASE("DigestTest.PublishedValuesComeOut") {
  CHECK(core::sha256_hex("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(core::hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(core::from_hex(core::hex("\x01\xfe")) == "\x01\xfe");
  CHECK_FALSE(core::from_hex("0g"));
  CHECK_FALSE(core::from_hex("abc"));
}

TEST_CASE("TokenHashTest.ATokenFitsItsOwnHashAlone") {
  const auto one = core::fresh_token(kFew), two = core::fresh_token(kFew);

  CHECK(core::is_token_hash(one.hash));
  CHECK(one.token.size() == 61);
  CHECK(one.token != two.token);
  CHECK(one.hash.find(one.token) == std::string::npos);
  CHECK(core::token_fits(one.token, one.hash));
  CHECK_FALSE(core::token_fits(two.token, one.hash));
  auto near = one.token;
  near.back() = near.back() == '0' ? '1' : '0';  // the right salt, another secret
  CHECK_FALSE(core::token_fits(near, one.hash));
  CHECK_FALSE(core::token_fits("", one.hash));
  CHECK_FALSE(core::token_fits(one.hash, one.hash));
}

TEST_CASE("TokenHashTest.WhatIsNoHashIsRefused") {
  const auto hash = core::fresh_token(kFew).hash;
  for (const auto& text : {std::string(), std::string("sesame"), hash.substr(1), hash + "0",
                           "pbkdf2-sha256$1$" + hash.substr(19), "md5" + hash.substr(13)}) {
    INFO(text);
    CHECK_FALSE(core::is_token_hash(text));
  }
}
