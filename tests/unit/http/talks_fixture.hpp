// Conversations at the doors of a server, with a store that may fail the doors and no one else.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "doors_fixture.hpp"
#include "store/sqlite.hpp"
#include "support/faulty_store.hpp"
#include "unit/store/store_fixture.hpp"

namespace dugout::test {

using ChatHeaders = std::map<std::string, std::string>;

inline const std::string kPageId = "web_0123456789abcdef0123456789abcdef";
inline const std::string kProgramId = "ses_0123456789abcdef0123456789abcdef";
inline const ChatHeaders kOwnPage{{"Sec-Fetch-Site", "same-origin"}};

// Conversations that a store keeps; nobody thinks about an answer.
struct Talks {
  StoreFixture kept;
  FaultyStore seen{*kept.store};  // as the doors see it
  std::map<std::string, int> said;
  // Before a message is accepted, and before it is answered.
  std::function<std::optional<Error>()> arrives, accepted;
  std::unique_ptr<Doors> doors;

  explicit Talks(std::function<void(http::ServerOptions&)> change = {}) { open(change); }
  // Anew, as after a restart.
  void open(const std::function<void(http::ServerOptions&)>& change) {
    doors = std::make_unique<Doors>([&](http::ServerOptions& options) {
      options.store = &seen;
      if (change) change(options);
    });
    doors->orchestrator.answer = [this](const auto& request) { return reply_to(request); };
    doors->orchestrator.shows =
        [this](const std::string& id) -> Outcome<orchestrator::SessionView> {
      if (said.count(id) == 0) return Error{Code::kNotFound, "none"};
      orchestrator::SessionView view;
      view.session_id = id;
      return view;
    };
  }
  Outcome<orchestrator::ChatReply> reply_to(const orchestrator::ChatRequest& request) {
    if (arrives) {
      if (const auto error = arrives()) return *error;
    }
    const auto& id = request.session_id;
    const auto turn = kept.store->accept(id, request.client_message_id, "{}");
    if (!turn) return turn.error();
    if (request.progress) request.progress({"thinking", ""});
    if (accepted) {
      if (const auto error = accepted()) return *error;
    }
    orchestrator::ChatReply reply;
    reply.session_id = id;
    reply.response = "yes";
    if (!turn->reply.empty()) return reply;
    const auto before = kept.store->session(id);
    auto commit = StoreFixture::commit_of(id, *before ? (*before)->version : 0, turn->id);
    if (const auto done = kept.store->commit(commit); !done) return done.error();
    ++said[id];
    return reply;
  }
  Answer say(const std::string& session, ChatHeaders headers = {}, Json body = Json::object()) {
    headers["Content-Type"] = "application/json";
    body["user_message"] = "hello";
    if (!session.empty()) body["session_id"] = session;
    return doors->send("POST", "/chat", body.dump(), headers);
  }
};

inline void bind_names(http::ServerOptions& options) {
  options.access.bound_names = true;
}

inline std::string chat_cookie_of(const Answer& answer) {
  const auto found = answer.headers.find("Set-Cookie");
  return found == answer.headers.end() ? "" : found->second.substr(0, found->second.find(';'));
}

inline ChatHeaders with(ChatHeaders headers, const std::string& name, const std::string& value) {
  headers[name] = value;
  return headers;
}

}  // namespace dugout::test
