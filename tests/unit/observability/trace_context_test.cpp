#include "observability/trace_context.hpp"

#include <catch2/catch.hpp>

namespace {

using dugout::observability::new_span_id;
using dugout::observability::new_trace_id;
using dugout::observability::read_traceparent;
using dugout::observability::traceparent;

constexpr auto kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr auto kSpan = "00f067aa0ba902b7";

std::string header(const std::string& version, const std::string& flags) {
  return version + "-" + kTrace + "-" + kSpan + "-" + flags;
}

}  // namespace

TEST_CASE("TraceContextTest.AHeaderIsReadAndWritten") {
  const auto read = read_traceparent(header("00", "01"));
  REQUIRE(read);
  CHECK(read->trace_id == kTrace);
  CHECK(read->span_id == kSpan);
  CHECK(read->sampled);
  CHECK(traceparent(*read) == header("00", "01"));

  const auto unsampled = read_traceparent(header("00", "02"));
  REQUIRE(unsampled);
  CHECK_FALSE(unsampled->sampled);
  CHECK(traceparent(*unsampled) == header("00", "00"));
}

TEST_CASE("TraceContextTest.AVersionFromTheFutureIsReadAsFarAsItIsKnown") {
  CHECK(read_traceparent(header("cc", "01")));
  CHECK(read_traceparent(header("cc", "01") + "-more"));
  CHECK_FALSE(read_traceparent(header("cc", "01") + ".more"));
}

TEST_CASE("TraceContextTest.WhatTheStandardForbidsBeginsATraceOfOurOwn") {
  const auto bad =
      GENERATE(as<std::string>{}, "", "00", header("ff", "01"), header("00", "01") + "-more",
               header("00", "0G"), header("0x", "01"),
               "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
               "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
               "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
               "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", std::string(10'000, '0'));
  CHECK_FALSE(read_traceparent(bad));
}

TEST_CASE("TraceContextTest.NewIdsAreTakenByTheStandard") {
  const auto trace = new_trace_id();
  const auto span = new_span_id();
  CHECK(read_traceparent("00-" + trace + "-" + span + "-01"));
  CHECK(new_trace_id() != trace);
  CHECK(new_span_id() != span);
}
