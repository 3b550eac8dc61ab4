// The signer against known answers: each canonical request's hash and each signature.
#include <catch2/catch.hpp>

#include "s3/signature.hpp"

using s3::Credentials;
using s3::Pairs;
using s3::Request;
using s3::Scope;

namespace {

const Credentials kGeneric{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const Credentials kStore{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
const Scope kGenericScope{"20150830T123600Z", "us-east-1", "service"};
const Scope kStoreScope{"20130524T000000Z", "us-east-1", "s3"};

Request generic(const char* method, const Pairs& query = {}) {
  return {method,
          "/",
          query,
          {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}},
          s3::sha256_hex("")};
}

Request store(const char* method, const char* path, const std::string& body, Pairs headers,
              const char* host = "examplebucket.s3.amazonaws.com",
              const char* date = "20130524T000000Z") {
  Request request{method, path, {}, std::move(headers), s3::sha256_hex(body)};
  request.headers.emplace_back("host", host);
  request.headers.emplace_back("x-amz-date", date);
  request.headers.emplace_back("x-amz-content-sha256", request.payload_hash);
  return request;
}

void check(const Request& request, const Credentials& credentials, const Scope& scope,
           const char* canonical, const char* signature) {
  CAPTURE(s3::canonical_request(request));
  CHECK(s3::sha256_hex(s3::canonical_request(request)) == canonical);
  CHECK(s3::signature(request, credentials.secret_access_key, scope) == signature);
}

}  // namespace

TEST_CASE("S3SignatureTest.GenericGet") {
  check(generic("GET"), kGeneric, kGenericScope,
        "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_CASE("S3SignatureTest.GenericPost") {
  check(generic("POST"), kGeneric, kGenericScope,
        "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

TEST_CASE("S3SignatureTest.QueryIsSorted") {
  check(generic("GET", {{"Param2", "value2"}, {"Param1", "value1"}}), kGeneric, kGenericScope,
        "816cd5b414d056048ba4f7c5386d6e0533120fb1fcfa93762cf0fc39e2cf19e0",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST_CASE("S3SignatureTest.KeyIsDerived") {
  const auto key =
      s3::signing_key(kGeneric.secret_access_key, {"20150830T123600Z", "us-east-1", "iam"});

  CHECK(s3::hex(key) == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST_CASE("S3SignatureTest.StorePut") {
  const auto request = store(
      "PUT", "/test%24file.text", "Welcome to Amazon S3.",
      {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}});

  CHECK(request.payload_hash == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  check(request, kStore, kStoreScope,
        "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_CASE("S3SignatureTest.StoreGet") {
  check(store("GET", "/test.txt", "", {{"range", "bytes=0-9"}}), kStore, kStoreScope,
        "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("S3SignatureTest.PresignedGet") {
  const Request asked{"GET", "/test.txt", {}, {{"host", "examplebucket.s3.amazonaws.com"}}, ""};

  const auto query = s3::presigned_query(asked, kStore, kStoreScope, 86400);

  const std::string start =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host";
  CHECK(query ==
        start +
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  auto request = asked;
  request.payload_hash = s3::kUnsignedPayload;
  request.query = {{"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
                   {"X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"},
                   {"X-Amz-Date", "20130524T000000Z"},
                   {"X-Amz-Expires", "86400"},
                   {"X-Amz-SignedHeaders", "host"}};
  CHECK(s3::sha256_hex(s3::canonical_request(request)) ==
        "3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04");
}

TEST_CASE("S3SignatureTest.StorePutWithASpace") {
  check(store("PUT", "/photos/a%20b.jpg", "hello", {{"content-type", "image/jpeg"}},
              "examplebucket.s3.eu-west-2.amazonaws.com", "20250102T030405Z"),
        kStore, {"20250102T030405Z", "eu-west-2", "s3"},
        "21c27b2010f1764348bee85647d925751a0c6b39a70d976cefcb316b533c60b9",
        "0149f3ca7dca9348938bab40d85486f60ec52bbbb9d83c43439c6f5a5250f6c9");
}

TEST_CASE("S3SignatureTest.AuthorizationNamesScopeAndSortedHeaders") {
  const auto text = s3::authorization(store("GET", "/test.txt", "", {{"Range", "bytes=0-9"}}),
                                      kStore, kStoreScope);

  CHECK(text ==
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("S3SignatureTest.TokenOfTemporaryCredentialsIsSignedInTheLink") {
  const Request asked{"GET", "/a", {}, {{"host", "h"}}, ""};
  auto temporary = kStore;
  temporary.session_token = "a/b+c=";

  const auto with = s3::presigned_query(asked, temporary, kStoreScope, 60);
  const auto without = s3::presigned_query(asked, kStore, kStoreScope, 60);

  CHECK(with.find("&X-Amz-Security-Token=a%2Fb%2Bc%3D&") != with.npos);
  CHECK(with.substr(with.size() - 64) != without.substr(without.size() - 64));
}

TEST_CASE("S3SignatureTest.TextsAreEncodedByteByByte") {
  CHECK(s3::encoded("a b/é+~%", true) == "a%20b/%C3%A9%2B~%25");
  CHECK(s3::encoded("a/b") == "a%2Fb");
  CHECK(s3::canonical_query({{"b", ""}, {"a", "y z"}, {"a", "x"}}) == "a=x&a=y%20z&b=");
  CHECK(s3::canonical_request({"GET", "", {}, {{"X-A", "  one   two "}}, "h"}) ==
        "GET\n/\n\nx-a:one two\n\nx-a\nh");
}

TEST_CASE("S3SignatureTest.DatesAreReadAndWritten") {
  CHECK(s3::stamp_of(0) == "19700101T000000Z");
  CHECK(s3::stamp_of(1'369'353'600'000) == "20130524T000000Z");
  CHECK(s3::stamp_of(1'709'251'199'999) == "20240229T235959Z");
  CHECK(s3::unix_ms_of_http_date("Fri, 24 May 2013 00:00:00 GMT") == 1'369'353'600'000);
  CHECK(s3::unix_ms_of_http_date("Thu, 29 Feb 2024 23:59:59 GMT") == 1'709'251'199'000);
  for (const auto* text : {"", "yesterday", "Fri, 24 Mai 2013 00:00:00 GMT",
                           "Fri, 24 anF 2013 00:00:00 GMT", "Fri, 24 May 2013 25:00:00 GMT"}) {
    CHECK(s3::unix_ms_of_http_date(text) == -1);
  }
}
