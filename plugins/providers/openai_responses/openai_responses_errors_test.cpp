// What the Responses codec makes of answers that are none, through the plugin boundary, row by row.
#include "support/responses_codec.hpp"

namespace openai_responses_errors_test {

using namespace responses_codec::test;

TEST_CASE("OpenAiResponsesErrorsTest.ResponseThatFailedIsClassifiedByItsCode") {
  const auto [more, error_class, code] = GENERATE(table<json, std::string, std::string>({
      {{{"error", {{"code", "rate_limit_exceeded"}, {"message", "m"}}}},
       "rate_limit",
       "rate_limit_exceeded"},
      {{{"error", {{"code", "server_error"}, {"message", "m"}}}}, "server", "server_error"},
      {{{"error", {{"code", "context_length_exceeded"}}}},
       "context_length",
       "context_length_exceeded"},
      {{{"error", {{"code", "insufficient_quota"}}}}, "quota", "insufficient_quota"},
      {{{"error", {{"code", "slow_down"}}}}, "rate_limit", "slow_down"},
      {{{"error", {{"code", "bio_policy"}}}}, "invalid_request", "bio_policy"},
      {{{"error", {{"code", "invalid_image_format"}}}}, "invalid_request", "invalid_image_format"},
      {{{"error", {{"code", 503}}}}, "overloaded", "503"},
      {{{"error", {{"code", "of_the_future"}}}}, "unknown", "of_the_future"},
      {json::object(), "server", "failed"},
  }));
  CAPTURE(more);
  auto body = response(json::array(), more);
  body["status"] = "failed";

  const auto answer = decoded(200, body.dump());

  CHECK(answer.status == DUGOUT_E_UPSTREAM);
  CHECK(answer.json()["detail"]["class"] == error_class);
  CHECK(answer.json()["detail"]["code"] == code);
}

TEST_CASE("OpenAiResponsesErrorsTest.NoMemberOfAnErrorTellsAKeyOrIsLong") {
  const std::string key = "sk-test0123456789abcdef";
  const json error{{"code", "x " + key}, {"param", key}, {"message", key}, {"type", key}};

  const auto answer = decoded(401, json{{"error", error}}.dump(), {{"x-request-id", key}});

  CHECK(answer.text.find(key) == std::string::npos);
  CHECK(answer.json()["detail"]["request_id"] == "sk-***");
  const auto long_code = decoded(400, json{{"error", {{"code", std::string(5000, 'c')}}}}.dump());
  CHECK(long_code.json()["detail"]["code"].get<std::string>().size() == 200);
}

TEST_CASE("OpenAiResponsesErrorsTest.UnfinishedResponseIsNoAnswer") {
  const auto [status, error_class] = GENERATE(table<std::string, std::string>(
      {{"queued", "server"}, {"in_progress", "server"}, {"cancelled", "unknown"}}));

  const auto answer = decoded(200, response({message("x")}, {{"status", status}}).dump());

  CHECK(answer.status == DUGOUT_E_UPSTREAM);
  CHECK(answer.json()["detail"]["class"] == error_class);
}

TEST_CASE("OpenAiResponsesErrorsTest.HttpErrorIsClassifiedByCodeThenTypeThenTextThenStatus") {
  struct Row {
    unsigned status;
    json code, type;
    std::string message, expected;
  };
  const auto row = GENERATE(values<Row>({
      {400, nullptr, "invalid_request_error", "Bad.", "invalid_request"},
      {400, "context_length_exceeded", "invalid_request_error", "x", "context_length"},
      {400, nullptr, "invalid_request_error", "This model's Maximum context length is 8 tokens",
       "context_length"},
      {400, nullptr, nullptr, "prompt is too long: 9 tokens", "context_length"},
      {400, "string_above_max_length", nullptr, "exceeds the context window", "context_length"},
      {400, "unsupported_parameter", "invalid_request_error", "temperature", "invalid_request"},
      {400, "content_policy_violation", nullptr, "x", "invalid_request"},
      {400, "image_too_large", nullptr, "x", "invalid_request"},
      {401, "invalid_api_key", "invalid_request_error", "x", "authentication"},
      {401, nullptr, "invalid_request_error", "No key.", "authentication"},
      {402, nullptr, nullptr, "Pay.", "quota"},
      {403, "unsupported_country_region_territory", "request_forbidden", "x", "authentication"},
      {404, "model_not_found", "invalid_request_error", "x", "invalid_request"},
      {408, nullptr, nullptr, "x", "timeout"},
      {409, nullptr, nullptr, "x", "server"},
      {413, nullptr, nullptr, "x", "context_length"},
      {422, nullptr, nullptr, "x", "invalid_request"},
      {429, "rate_limit_exceeded", "requests", "x", "rate_limit"},
      {429, nullptr, "tokens", "x", "rate_limit"},
      {429, "slow_down", nullptr, "x", "rate_limit"},
      {429, "insufficient_quota", "insufficient_quota", "x", "quota"},
      {429, "rate_limit_exceeded", "insufficient_quota", "x", "quota"},
      {429, "credit_balance_exhausted", nullptr, "x", "quota"},
      {429, "organization_spend_limit_exceeded", nullptr, "x", "quota"},
      {429, "project_spend_limit_exceeded", nullptr, "x", "quota"},
      {429, "organization_usage_limit_exceeded", nullptr, "x", "quota"},
      {429, "billing_hard_limit_reached", nullptr, "x", "quota"},
      {429, nullptr, nullptr, "You exceeded your current quota", "quota"},
      {429, 1234, nullptr, "x", "rate_limit"},
      {500, "server_error", "server_error", "x", "server"},
      {500, nullptr, nullptr, "The model is overloaded", "overloaded"},
      {502, nullptr, nullptr, "x", "server"},
      {502, 429, nullptr, "from behind", "rate_limit"},
      {503, "server_is_overloaded", "service_unavailable_error", "x", "overloaded"},
      {503, nullptr, nullptr, "x", "overloaded"},
      {504, nullptr, nullptr, "x", "timeout"},
      {529, nullptr, "overloaded_error", "x", "overloaded"},
      {418, nullptr, nullptr, "x", "invalid_request"},
      {302, nullptr, nullptr, "x", "unknown"},
  }));
  const json body = {
      {"error",
       {{"message", row.message}, {"type", row.type}, {"param", nullptr}, {"code", row.code}}}};
  CAPTURE(row.status, body);

  const auto answer = decoded(row.status, body.dump());

  REQUIRE(answer.status == DUGOUT_E_UPSTREAM);
  CHECK(answer.json()["detail"]["class"] == row.expected);
  CHECK(answer.json()["detail"]["status"] == row.status);
}

TEST_CASE("OpenAiResponsesErrorsTest.ErrorBodyOfAnyFormIsClassified") {
  const auto [status, body, error_class, code] =
      GENERATE(table<unsigned, std::string, std::string, std::string>({
          {500, R"({"error":"boom"})", "server", "http_500"},
          {429, R"({"error":"insufficient_quota"})", "rate_limit", "http_429"},
          {502, "<html><h1>502 Bad Gateway</h1></html>", "server", "http_502"},
          {504, "", "timeout", "http_504"},
          {429, "{\"error\":", "rate_limit", "http_429"},
          {503, R"({"message":"down","code":"overloaded"})", "overloaded", "overloaded"},
          {400, R"({"detail":"prompt is too long"})", "context_length", "http_400"},
          {429, R"([{"error":{"code":429,"message":"RESOURCE_EXHAUSTED"}}])", "rate_limit", "429"},
          {400, R"({"error":[1,2]})", "invalid_request", "http_400"},
          {500, "[]", "server", "http_500"},
          {500, "null", "server", "http_500"},
          {503, "\xff\xfe", "overloaded", "http_503"},
      }));
  CAPTURE(status, body);

  const auto answer = decoded(status, body);

  REQUIRE(answer.status == DUGOUT_E_UPSTREAM);
  CHECK(answer.json()["detail"]["class"] == error_class);
  CHECK(answer.json()["detail"]["code"] == code);
}

TEST_CASE("OpenAiResponsesErrorsTest.GoodStatusWithoutAnAnswerIsABadGatewayBody") {
  const json html = {{"content-type", "text/html"}};
  const auto sound = response({message("x")}).dump();
  const auto [status, headers, body] = GENERATE_COPY(table<unsigned, json, std::string>({
      {200, html, "<html>login</html>"},
      {200, html, sound},
      {200, kJson, "<html>"},
      {200, kJson, ""},
      {200, kJson, " \r\n\t "},
      {200, json::object(), ""},
      {204, json::object(), ""},
      {200, kJson, sound.substr(0, sound.size() / 2)},
      {200, kJson, sound + "}"},
      {200, kJson, "[]"},
      {200, kJson, "7"},
      {200, kJson, "null"},
      {200, kJson, "{}"},
      {200, kJson, R"({"choices":[]})"},
      {200, kJson, "{\"output\":\"\xff\"}"},
      {200, kJson, std::string(100'000, '[')},
      {200, kJson, "{\"output\":" + std::string(80, '[') + std::string(80, ']') + "}"},
  }));
  CAPTURE(status, headers, body.substr(0, 60));

  const auto answer = decoded(status, body, headers);

  REQUIRE(answer.status == DUGOUT_E_UPSTREAM);
  CHECK(answer.json()["detail"]["class"] == "server");
  CHECK(answer.json()["detail"]["code"] == "bad_gateway_body");
}

TEST_CASE("OpenAiResponsesErrorsTest.DelayInTheTextIsRead") {
  const auto [text, ms] = GENERATE(table<std::string, json>({
      {"Please try again in 11.054s. Visit us.", 11054},
      {"Please try again in 440ms.", 440},
      {"Try Again In 1m30s", 90000},
      {"try again in 1h2m3.5s", 3723500},
      {"Please retry after 5 seconds", 5000},
      {"retry in 2 minutes", 120000},
      {"try again in 6m0s", 360000},
      {"try again in a while", nullptr},
      {"try again in 20 days", nullptr},
      {"try again in 99999999999999999999h", nullptr},
      {"try again in ", nullptr},
      {"no delay", nullptr},
  }));
  CAPTURE(text);
  const json body = {{"error", {{"message", text}, {"code", "rate_limit_exceeded"}}}};

  const auto detail = decoded(429, body.dump()).json()["detail"];

  CHECK(detail.value("retry_after_ms", json()) == ms);
}

TEST_CASE("OpenAiResponsesErrorsTest.ErrorCarriesParameterAndRequestIdButNoKey") {
  const json body = {{"error",
                      {{"message", "Incorrect API key: sk-abcdef123 " + std::string(5000, 'x')},
                       {"code", "invalid_api_key"},
                       {"param", "text.format.schema"}}}};

  const auto answer =
      decoded(401, body.dump(), {{"content-type", "application/json"}, {"x-request-id", "req_7"}});

  CHECK(answer.json()["detail"]["param"] == "text.format.schema");
  CHECK(answer.json()["detail"]["request_id"] == "req_7");
  CHECK(answer.text.find("abcdef") == std::string::npos);
  CHECK(answer.text.size() < 600);
}

}  // namespace openai_responses_errors_test
