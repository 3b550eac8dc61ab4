// `dugout chat`: a registration in the terminal, with the same orchestrator as the server's.
#include <histedit.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"

namespace dugout::cli {
namespace {

constexpr auto kGreeting =
    "Hello! I am the club's registration assistant. To register a player, type the code from your "
    "team's manager or coach, such as 200-lions-u9-2526.";
constexpr auto kHelp =
    "  /photo FILE   send a photo, when it is asked for\n"
    "  /where        which step you are at\n"
    "  /quit         leave; `dugout chat --session ID` goes on from here\n";

// Lines from a terminal with editing and history, or from a pipe.
class Lines {
 public:
  Lines() {
    if (!stdin_is_terminal()) return;
    history_ = history_init();
    HistEvent event;
    history(history_, &event, H_SETSIZE, 200);
    editor_ = el_init("dugout", stdin, stdout, stderr);
    el_set(
        editor_, EL_PROMPT, +[](EditLine*) -> const char* { return "you> "; });
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_HIST, history, history_);
  }
  ~Lines() {
    if (editor_ != nullptr) el_end(editor_);
    if (history_ != nullptr) history_end(history_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  std::optional<std::string> next() {
    if (editor_ == nullptr) {
      std::string line;
      if (!std::getline(std::cin, line)) return std::nullopt;
      return line;
    }
    int count = 0;
    const char* line = el_gets(editor_, &count);
    if (line == nullptr || count <= 0) return std::nullopt;
    HistEvent event;
    history(history_, &event, H_ENTER, line);
    return std::string(core::trim(std::string_view(line, static_cast<std::size_t>(count))));
  }

 private:
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
};

// The orchestrator removes an upload when the turn has ended, so it gets a copy.
Outcome<orchestrator::Upload> copy_photo(const std::string& path, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto copy = std::filesystem::path(folder) / core::new_id("upload_");
  std::filesystem::copy_file(path, copy, error);
  if (error) return Error{Code::kNotFound, "cannot read " + path + ": " + error.message()};
  return orchestrator::Upload{copy.string(), std::filesystem::path(path).filename().string()};
}

class Conversation {
 public:
  Conversation(orchestrator::Orchestrator& orchestrator, std::string session, std::string uploads)
      : orchestrator_(orchestrator),
        session_(session.empty() ? core::new_id("ses_") : std::move(session)),
        uploads_(std::move(uploads)) {}

  // False when the person leaves.
  bool take(const std::string& line) {
    if (line.empty()) return true;
    if (line == "/quit" || line == "/exit") return false;
    if (line == "/help") return print(kHelp);
    if (line == "/where") return print("  session " + session_ + where_ + "\n");
    orchestrator::ChatRequest request;
    request.session_id = session_;
    request.client_message_id = core::new_id("msg_");
    if (line.rfind("/photo", 0) == 0) {
      auto copy = copy_photo(std::string(core::trim(line.substr(6))), uploads_);
      if (!copy) return print(style_.bad(copy.error().message) + "\n");
      request.upload = std::move(*copy);
    } else {
      request.user_message = line;
    }
    answer(orchestrator_.chat(request));
    std::error_code ignored;
    if (request.upload) std::filesystem::remove(request.upload->path, ignored);
    return true;
  }

  const std::string& session() const { return session_; }

 private:
  bool print(const std::string& text) {
    std::cout << text << std::flush;
    return true;
  }

  void answer(const Outcome<orchestrator::ChatReply>& reply) {
    if (!reply) {
      print(style_.bad("That did not work: " + reply.error().message) + "\n");
      return;
    }
    where_ = reply->routine_number ? ", routine " + std::to_string(*reply->routine_number) : "";
    print("\n" + style_.voice("dugout> ") + style_.markdown(reply->response) + "\n");
    if (reply->expects == "file") print(style_.dim("        (send it with: /photo FILE)") + "\n");
    print("\n");
  }

  orchestrator::Orchestrator& orchestrator_;
  std::string session_, uploads_, where_;
  Style style_ = Style::for_stdout();
};

}  // namespace

int chat(const AppOptions& options, const ChatOptions& chat_options) {
  core::Findings findings;
  Set set(options, findings);
  if (report(findings)) return kFindings;
  auto app = App::open(set, options, findings);
  if (report(findings)) return kFindings;
  if (!app) {
    std::cerr << app.error().message << "\n";
    return kEnvironment;
  }
  const auto style = Style::for_stdout();
  Conversation conversation((*app)->orchestrator(), chat_options.session,
                            set.settings().data + "/uploads");
  std::cout << style.dim((*app)->has_providers() ? "A model answers; the understudy stands by."
                                                 : "Offline: the understudy answers.")
            << style.dim("  /help tells what you can do.") << "\n\n"
            << style.voice("dugout> ") << kGreeting << "\n\n"
            << std::flush;
  Lines lines;
  while (const auto line = lines.next()) {
    if (!conversation.take(*line)) break;
  }
  std::cout << style.dim("To go on later: dugout chat --session " + conversation.session()) << "\n";
  return kGood;
}

}  // namespace dugout::cli
