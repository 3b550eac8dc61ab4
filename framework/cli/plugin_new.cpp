// `dugout plugin new`: a folder that builds, loads and conforms as it is.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "cli/commands.hpp"
#include "core/text.hpp"

namespace dugout::cli {
namespace {

struct Kind {
  const char* face;
  const char* source;
};

constexpr auto kParser =
    R"SRC(// Takes a text in capitals for an answer. Say here what yours is for.
#include "dugout/sdk/parser.hpp"

namespace {

class PLUGIN_CLASS final : public dugout::sdk::Parser {
 public:
  explicit PLUGIN_CLASS(std::string_view /*config*/) {}

  // [any]
  dugout::Outcome<std::string> parse(std::string_view raw,
                                     std::string_view /*schema*/) const override {
    if (raw.empty()) return dugout::Error{dugout::Code::kEmpty, "nothing there"};
    for (const char c : raw) {
      if (c >= 'a' && c <= 'z') return dugout::Error{dugout::Code::kNotApplicable, "not in capitals"};
    }
    return "{\"agent_final_response\":\"" + dugout::sdk::json_escape(raw) + "\"}";
  }
};

}  // namespace

DUGOUT_PARSER_PLUGIN(PLUGIN_CLASS, "PLUGIN_ID")
)SRC";

constexpr auto kRecovery =
    R"SRC(// Advises to wait longer after every failure. Say here which pattern yours recognises.
#include "dugout/sdk/recovery.hpp"

namespace {

class PLUGIN_CLASS final : public dugout::sdk::Recovery {
 public:
  explicit PLUGIN_CLASS(std::string_view /*config*/) {}

  // [any]
  dugout::Outcome<std::string> advise(std::string_view failure) const override {
    if (failure.find("\"overloaded\"") == failure.npos) {
      return dugout::Error{dugout::Code::kNotApplicable, "not overloaded"};
    }
    return std::string(R"({"action":"wait","wait_multiplier":2.0,"why":"it is overloaded"})");
}
};

}  // namespace

DUGOUT_RECOVERY_PLUGIN(PLUGIN_CLASS, "PLUGIN_ID")
)SRC";

constexpr auto kTool = R"SRC(// Says a text back. Say here what yours does.
#include "dugout/sdk/tool.hpp"

namespace {

class PLUGIN_CLASS final : public dugout::sdk::Tool {
 public:
  explicit PLUGIN_CLASS(std::string_view /*config*/) {}

  // [any]
  std::string describe() const override {
    return R"({"name":"PLUGIN_NAME","description":"Says a text back.","timeout_ms":1000,
      "arguments":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"],
                   "additionalProperties":false},
      "result":{"type":"object","properties":{"echo":{"type":"string"}},"required":["echo"]}})";
}

// [worker]
dugout::Outcome<std::string> run(std::string_view args, std::string_view /*context*/) override {
  return "{\"ok\":true,\"data\":{\"echo\":\"" + dugout::sdk::json_escape(args) + "\"}}";
}
}
;

}  // namespace

DUGOUT_TOOL_PLUGIN(PLUGIN_CLASS, "PLUGIN_ID")
)SRC";

constexpr auto kValidator =
    R"SRC(// Doubts an answer that says sorry. Say here what yours looks at.
#include "dugout/sdk/validator.hpp"

namespace {

class PLUGIN_CLASS final : public dugout::sdk::Validator {
 public:
  explicit PLUGIN_CLASS(std::string_view /*config*/) {}

  // [any]
  dugout::Outcome<std::string> validate(std::string_view answer,
                                        std::string_view /*context*/) const override {
    if (answer.find("\"agent_final_response\"") == answer.npos) {
      return dugout::Error{dugout::Code::kNotApplicable, "there is no message"};
    }
    if (answer.find("sorry") == answer.npos) {
      return std::string(R"({"confidence":0.9,"details":{"apology":false}})");
    }
    return std::string(R"({"confidence":0.3,"details":{"apology":true},)"
                       R"("problem":{"class":"business_rule","message":"Do not apologise."}})");
  }
};

}  // namespace

DUGOUT_VALIDATOR_PLUGIN(PLUGIN_CLASS, "PLUGIN_ID")
)SRC";

const std::map<std::string, Kind>& kinds() {
  static const std::map<std::string, Kind> known{{"parser", {"parser/1", kParser}},
                                                 {"recovery", {"recovery/1", kRecovery}},
                                                 {"validator", {"validator/1", kValidator}},
                                                 {"tool", {"tool/1", kTool}}};
  return known;
}

std::string class_name(const std::string& name) {
  std::string out;
  for (const auto& part : core::split(name, '_')) {
    if (!part.empty()) out += core::upper(part.substr(0, 1)) + part.substr(1);
  }
  return out;
}

bool good_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), fits);
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file) throw std::runtime_error("cannot write " + path.string());
  std::cout << "  " << path.string() << "\n";
}

std::string manifest(const std::string& id, const std::string& name, const std::string& face) {
  return "id: " + id + "\nversion: 0.1.0\nabi: \"1.0\"\nlibrary: " + name + ".so\nfaces: [" + face +
         "]\nconfig: config.schema.json\nneeds: []\neffects: none\nunload: after_drain\n";
}

std::string build_file(const std::string& name) {
  return "cmake_minimum_required(VERSION 3.25)\nproject(" + name +
         " LANGUAGES CXX)\nfind_package(Dugout REQUIRED)\ndugout_add_plugin(NAME " + name + ")\n";
}

}  // namespace

int plugin_new(const std::string& kind, const std::string& name, const std::string& folder) {
  if (!good_name(name)) {
    std::cerr << "a plugin's name has small letters, digits and _, and starts with a letter\n";
    return kUsage;
  }
  const auto path = std::filesystem::path(folder.empty() ? "." : folder) / name;
  if (std::filesystem::exists(path)) {
    std::cerr << path.string() << " is there already; nothing was written\n";
    return kUsage;
  }
  std::filesystem::create_directories(path);
  const auto id = kind + "." + name;
  auto source = core::replace_all(kinds().at(kind).source, "PLUGIN_CLASS", class_name(name));
  source = core::replace_all(core::replace_all(source, "PLUGIN_ID", id), "PLUGIN_NAME", name);
  write(path / (name + ".cpp"), source);
  write(path / "plugin.yaml", manifest(id, name, kinds().at(kind).face));
  write(
      path / "config.schema.json",
      "{\n  \"type\": \"object\",\n  \"properties\": {},\n  \"additionalProperties\": false\n}\n");
  write(path / "CMakeLists.txt", build_file(name));
  write(path / "README.md",
        "# " + id + "\n\nWhat it does, its settings, its errors, one example.\n");
  std::cout << "Build it with:\n  cmake -B " << (path / "build").string() << " -S " << path.string()
            << " -G Ninja && cmake --build " << (path / "build").string() << "\n";
  return kGood;
}

}  // namespace dugout::cli
