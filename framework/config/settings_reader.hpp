// Reads the members of one map of dugout.yaml, each with its environment override, into typed
// fields. Private to config; lives for one load.
#pragma once

#include "config/settings.hpp"

namespace dugout::config {

// What is thought of a secret that stands in the file itself.
enum class PlainSecret { kTold, kRefused };

// What all readers of one load share.
struct LoadState {
  const Environment& environment;
  const std::string file;
  core::Findings& findings;
  std::string data;                   // for ${data}; set as soon as it is known
  SettingOrigins* origins = nullptr;  // who wants to know where values came from; may be nobody
};

class SettingsReader {
 public:
  // `node` may be null: then only the environment speaks. `path`: "" for the root, "limits".
  SettingsReader(const Node* node, std::string path, LoadState& state);

  void text(const std::string& key, std::string& out);
  void secret(const std::string& key, Secret& out);
  // The same, or the file that `key`_file names.
  void secret_or_file(const std::string& key, Secret& out);
  // A finding when the file itself holds it.
  void tell_plain(const std::string& key, PlainSecret plain, Secret& out);
  // One that is too long to be guessed, and fit for a header; or the file that `key`_file names.
  void token(const std::string& key, Secret& out, PlainSecret plain = PlainSecret::kTold);
  // A list; what names a variable that is not set is left out. Environment: a,b,c. False: nobody
  // said anything.
  bool secrets(const std::string& key, std::vector<Secret>& out);
  void count(const std::string& key, long long low, long long high, std::size_t& out);
  void count(const std::string& key, long long low, long long high, int& out);
  void bytes(const std::string& key, long long low, long long high, std::size_t& out);
  void seconds(const std::string& key, double low, double high, double& out);
  void real(const std::string& key, double low, double high, double& out);  // a plain number
  void flag(const std::string& key, bool& out);                             // true or false
  void texts(const std::string& key, std::vector<std::string>& out);        // environment: a:b:c
  void words(const std::string& key, std::vector<std::string>& out);        // environment: a,b,c
  bool says(const std::string& key) const;  // somebody does, be it wrong
  // Another source than those above had the last word.
  void overridden(const std::string& key, const std::string& value, const std::string& from);
  const Node* map(const std::string& key);  // no override of its own
  // The names of a map whose keys the user chooses.
  std::vector<std::string> names() const;
  void finish();  // keys that nobody asked for are findings

  // The same key from another variable than DUGOUT_<PATH>; "" = none.
  void number(const std::string& key, const std::string& variable, double low, double high,
              std::optional<double>& out);
  void number(const std::string& key, const std::string& variable, int low, int high,
              std::optional<int>& out);

  void refuse(const std::string& key, const std::string& message, const std::string& hint);

 private:
  struct Given {
    std::string name;  // as in messages: "limits.body_bytes", or the variable
    std::string text;
    bool quoted = false;
    bool from_environment = false;
    Mark mark;
  };

  std::string full(const std::string& key) const;
  std::optional<Given> take(const std::string& key, const std::string& variable, bool may_be_unset);
  std::optional<Given> from_environment(const std::string& variable) const;
  void report(const Given& given, const std::string& message, const std::string& hint);
  void note(const std::string& key, const std::string& variable, std::string value);
  void list(const std::string& key, char separator, std::vector<std::string>& out);
  bool is_plain(const std::string& key) const;
  std::optional<long long> integer(const std::string& key, const std::string& variable,
                                   long long low, long long high);

  const Node* node_;
  const std::string path_;
  LoadState& state_;
  std::vector<std::string> known_;
};

// Says where a value came from that no reader has read by itself.
void note_origin(LoadState& state, const std::string& key, std::string value, std::string from);

std::string variable_name(
    std::string_view path);  // "limits.body_bytes" -> DUGOUT_LIMITS_BODY_BYTES

}  // namespace dugout::config
