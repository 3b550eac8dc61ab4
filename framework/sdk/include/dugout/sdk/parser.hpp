// The base of a response parser. See plugins/parsers/raw for the smallest one.
#pragma once

#include "dugout/sdk/module.hpp"

namespace dugout::sdk {

class Parser {
 public:
  virtual ~Parser() = default;

  // [any] raw: a model's text. schema: the agent's JSON Schema, empty when it has none. Returns
  // JSON
  // {"agent_final_response", "routine_number"?, "metadata"?, "repaired"?}; kNotApplicable hands the
  // text to the next parser of the chain, every other error names what is wrong with it.
  virtual Outcome<std::string> parse(std::string_view raw, std::string_view schema) const = 0;
};

struct ParserFace {
  using Base = Parser;
  static constexpr std::string_view kId = DUGOUT_FACE_PARSER;

  static const void* table() {
    static const dugout_parser_v1 table{sizeof(dugout_parser_v1), 0, &parse};
    return &table;
  }

 private:
  static dugout_status parse(dugout_instance* self, dugout_text raw, dugout_text schema,
                             dugout_sink* sink) {
    return guarded(sink, [&] {
      return answer(sink, reinterpret_cast<Parser*>(self)->parse(view(raw), view(schema)));
    });
  }
};

}  // namespace dugout::sdk

#define DUGOUT_PARSER_PLUGIN(TYPE, ID) DUGOUT_PLUGIN(TYPE, ::dugout::sdk::ParserFace, ID)
