// A store that fails on purpose: the n-th call, or all from the n-th on, answer kUnavailable and
// change nothing, as the contract of store.hpp says. Tests break call 1, then 2, then 3 ... until
// a run succeeds, and look at what is left each time.
#pragma once

#include <atomic>
#include <limits>

#include "store/store.hpp"

namespace dugout::test {

class FaultyStore final : public store::Store {
 public:
  explicit FaultyStore(store::Store& inner) : inner_(inner) {}

  // Fails the n-th call from now, from 1; later ones work.
  void fail_call(int n) { arm(n, n); }
  // Fails every call from the n-th on.
  void fail_from(int n) { arm(n, std::numeric_limits<int>::max()); }
  void heal() { arm(0, 0); }

  int calls() const { return calls_; }        // since it was last armed
  int failures() const { return failures_; }  // since it was last armed

  Outcome<std::optional<store::Session>> session(std::string_view id) override {
    if (broken()) return error();
    return inner_.session(id);
  }
  Outcome<std::vector<store::Message>> messages(std::string_view session_id,
                                                std::size_t last) override {
    if (broken()) return error();
    return inner_.messages(session_id, last);
  }
  Outcome<store::AcceptedTurn> accept(std::string_view session_id,
                                      std::string_view client_message_id,
                                      std::string_view request) override {
    if (broken()) return error();
    return inner_.accept(session_id, client_message_id, request);
  }
  Outcome<std::optional<store::FirstTurn>> first_turn(std::string_view session_id) override {
    if (broken()) return error();
    return inner_.first_turn(session_id);
  }
  Status commit(const store::TurnCommit& turn) override {
    if (broken()) return error();
    return inner_.commit(turn);
  }
  Outcome<std::vector<store::AcceptedTurn>> unanswered() override {
    if (broken()) return error();
    return inner_.unanswered();
  }
  Outcome<std::vector<store::AcceptedTurn>> take_unanswered(
      bool put_off_too, const std::function<void(const store::AcceptedTurn&)>& taking) override {
    if (broken()) return error();
    return inner_.take_unanswered(put_off_too, taking);
  }
  Outcome<std::optional<store::AcceptedTurn>> take_unanswered_turn(std::string_view turn) override {
    if (broken()) return error();
    return inner_.take_unanswered_turn(turn);
  }
  Status release(std::string_view turn) override {
    if (broken()) return error();
    return inner_.release(turn);
  }
  Outcome<std::vector<store::JournalEntry>> open_intents(std::string_view turn) override {
    if (broken()) return error();
    return inner_.open_intents(turn);
  }
  Status attempts(const store::AttemptFilter& filter,
                  const std::function<void(std::string_view)>& visit) override {
    if (broken()) return error();
    return inner_.attempts(filter, visit);
  }
  Outcome<store::SessionPage> sessions(const store::SessionQuery& query) override {
    if (broken()) return error();
    return inner_.sessions(query);
  }
  Outcome<std::optional<store::SessionStory>> story(std::string_view session_id,
                                                    std::size_t last_turns) override {
    if (broken()) return error();
    return inner_.story(session_id, last_turns);
  }
  Outcome<store::FlowTraffic> traffic(std::string_view flow, std::int64_t since_ms) override {
    if (broken()) return error();
    return inner_.traffic(flow, since_ms);
  }
  Outcome<std::vector<store::StandCount>> standing(std::int64_t stopped_before_ms) override {
    if (broken()) return error();
    return inner_.standing(stopped_before_ms);
  }
  Outcome<store::JournalEntry> intend(const store::JournalEntry& entry) override {
    if (broken()) return error();
    return inner_.intend(entry);
  }
  Status settle(std::string_view key, std::string_view result) override {
    if (broken()) return error();
    return inner_.settle(key, result);
  }
  Outcome<std::string> find_rows(std::string_view table, std::string_view where) override {
    if (broken()) return error();
    return inner_.find_rows(table, where);
  }
  Outcome<std::string> insert_row(std::string_view table, std::string_view unique,
                                  std::string_view row) override {
    if (broken()) return error();
    return inner_.insert_row(table, unique, row);
  }
  Outcome<std::string> update_row(std::string_view table, std::string_view id,
                                  std::string_view changes) override {
    if (broken()) return error();
    return inner_.update_row(table, id, changes);
  }
  Status replace_tables(const Tables& tables) override {
    if (broken()) return error();
    return inner_.replace_tables(tables);
  }
  Outcome<int> take_events(std::string_view source,
                           const std::vector<store::NewEvent>& events) override {
    if (broken()) return error();
    return inner_.take_events(source, events);
  }
  Outcome<std::string> enqueue(const store::NewJob& fresh) override {
    if (broken()) return error();
    return inner_.enqueue(fresh);
  }
  Outcome<store::Job> begin_job(const store::NewJob& fresh, std::string_view owner,
                                std::chrono::milliseconds lease) override {
    if (broken()) return error();
    return inner_.begin_job(fresh, owner, lease);
  }
  Outcome<std::optional<store::Job>> lease_job(std::string_view owner,
                                               std::chrono::milliseconds lease) override {
    if (broken()) return error();
    return inner_.lease_job(owner, lease);
  }
  Status renew_job(std::string_view id, std::string_view owner,
                   std::chrono::milliseconds lease) override {
    if (broken()) return error();
    return inner_.renew_job(id, owner, lease);
  }
  Status finish_job(std::string_view id, std::string_view owner, std::string_view result) override {
    if (broken()) return error();
    return inner_.finish_job(id, owner, result);
  }
  Status fail_job(std::string_view id, std::string_view owner, std::string_view what,
                  std::optional<std::int64_t> retry_at_ms) override {
    if (broken()) return error();
    return inner_.fail_job(id, owner, what, retry_at_ms);
  }
  Outcome<std::optional<store::Job>> job(std::string_view id) override {
    if (broken()) return error();
    return inner_.job(id);
  }
  Outcome<std::vector<store::Job>> jobs(const store::JobFilter& filter) override {
    if (broken()) return error();
    return inner_.jobs(filter);
  }
  Outcome<store::JobCounts> job_counts() override {
    if (broken()) return error();
    return inner_.job_counts();
  }
  Status retry_job(std::string_view id) override {
    if (broken()) return error();
    return inner_.retry_job(id);
  }
  Status probe() override {
    if (broken()) return error();
    return inner_.probe();
  }

 private:
  static Error error() { return Error{Code::kUnavailable, "the store was told to fail"}; }

  void arm(int first, int last) {
    first_ = first;
    last_ = last;
    calls_ = 0;
    failures_ = 0;
  }

  bool broken() {
    const int call = ++calls_;
    if (call < first_ || call > last_) return false;
    ++failures_;
    return true;
  }

  store::Store& inner_;
  std::atomic<int> first_{0}, last_{0}, calls_{0}, failures_{0};
};

}  // namespace dugout::test
