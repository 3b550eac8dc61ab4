#include "core/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "core/text.hpp"

namespace dugout::core {
namespace {

constexpr std::string_view kScheme = "pbkdf2-sha256";
constexpr std::string_view kTokenPrefix = "dug_";
constexpr std::size_t kSaltBytes = 16, kTokenSecretBytes = 24, kDigestBytes = 32;
constexpr std::size_t kNamedDigits = 8;  // of the salt, in the token
constexpr int kLeastIterations = 1'000, kMostIterations = 10'000'000;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string derived(std::string_view token, std::string_view salt, int iterations) {
  std::string out(kDigestBytes, '\0');
  const int done = PKCS5_PBKDF2_HMAC(token.data(), static_cast<int>(token.size()), bytes_of(salt),
                                     static_cast<int>(salt.size()), iterations, EVP_sha256(),
                                     kDigestBytes, reinterpret_cast<unsigned char*>(out.data()));
  if (done != 1) throw std::runtime_error("OpenSSL derived no key");
  return out;
}

struct TokenHash {
  int iterations = 0;
  std::string salt, digest;  // raw
};

std::optional<TokenHash> read_hash(std::string_view text) {
  const auto parts = split(text, '$');
  if (parts.size() != 4 || parts[0] != kScheme) return std::nullopt;
  TokenHash out;
  const auto* end = parts[1].data() + parts[1].size();
  const auto read = std::from_chars(parts[1].data(), end, out.iterations);
  const auto salt = from_hex(parts[2]), digest = from_hex(parts[3]);
  if (read.ec != std::errc() || read.ptr != end || !salt || !digest) return std::nullopt;
  if (out.iterations < kLeastIterations || out.iterations > kMostIterations) return std::nullopt;
  if (salt->size() != kSaltBytes || digest->size() != kDigestBytes) return std::nullopt;
  out.salt = *salt;
  out.digest = *digest;
  return out;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (getrandom(out.data(), count, 0) != static_cast<ssize_t>(count)) {
    throw std::runtime_error("the kernel gave no random bytes");
  }
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const int high = digit_of(text[at]), low = digit_of(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL made no digest");
  }
  return hex({reinterpret_cast<const char*>(out.data()), size});
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
           out.data(), &size) == nullptr) {
    throw std::runtime_error("OpenSSL made no digest");
  }
  return hex({reinterpret_cast<const char*>(out.data()), size});
}

bool same_bytes(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

FreshToken fresh_token(int iterations) {
  const auto salt = random_bytes(kSaltBytes);
  FreshToken out;
  out.token = std::string(kTokenPrefix) + hex(salt).substr(0, kNamedDigits) + "_" +
              hex(random_bytes(kTokenSecretBytes));
  out.hash = std::string(kScheme) + "$" + std::to_string(iterations) + "$" + hex(salt) + "$" +
             hex(derived(out.token, salt, iterations));
  return out;
}

bool is_token_hash(std::string_view text) {
  return read_hash(text).has_value();
}

bool token_fits(std::string_view token, std::string_view hash) {
  constexpr std::size_t kLength = kTokenPrefix.size() + kNamedDigits + 1 + kTokenSecretBytes * 2;
  if (token.size() != kLength || !token.starts_with(kTokenPrefix)) return false;
  const auto known = read_hash(hash);
  if (!known) return false;
  if (token.substr(kTokenPrefix.size(), kNamedDigits) != hex(known->salt).substr(0, kNamedDigits)) {
    return false;
  }
  return same_bytes(derived(token, known->salt, known->iterations), known->digest);
}

}  // namespace dugout::core
