// A real server on a free port, over tools, jobs and an orchestrator that are scripts of the test.
#pragma once

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "core/random.hpp"
#include "http/server.hpp"
#include "support/no_plugins.hpp"

namespace dugout::test {

using Json = nlohmann::json;

// A tool that answers what the test says, and keeps what it was asked.
struct ToolScript {
  host::ToolDeclaration declaration;
  std::function<Outcome<std::string>(const Json&)> run = [](const Json&) {
    return Outcome<std::string>(std::string(R"({"ok":true,"data":{}})"));
  };
  Json asked;
};

class ScriptedTool final : public host::ToolHandle {
 public:
  explicit ScriptedTool(ToolScript& script) : script_(script) {}
  std::string_view id() const override { return "tool.scripted"; }
  const host::ToolDeclaration& declaration() const override { return script_.declaration; }
  Outcome<std::string> run(std::string_view args, std::string_view) const override {
    script_.asked = Json::parse(args);
    return script_.run(script_.asked);
  }
  Outcome<std::string> reconcile(std::string_view, std::string_view) const override {
    return Error{Code::kNotApplicable, "it cannot tell"};
  }

 private:
  ToolScript& script_;
};

class ScriptedPlugins final : public NoPlugins {
 public:
  std::map<std::string, ToolScript, std::less<>> tools;
  std::shared_ptr<const host::ToolHandle> tool(std::string_view name) const override {
    const auto found = tools.find(name);
    if (found == tools.end()) return nullptr;
    return std::make_shared<ScriptedTool>(const_cast<ToolScript&>(found->second));
  }
  std::vector<std::string> tool_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, script] : tools) names.push_back(name);
    return names;
  }
};

// Jobs in memory. Nothing runs them but the test.
class ListedJobs final : public jobs::Jobs {
 public:
  std::vector<store::Job> all;
  std::set<std::string> events;  // "source id"
  bool broken = false;

  Outcome<int> take(std::string_view source, const std::vector<jobs::Event>& taken) override {
    const std::lock_guard lock(mutex_);
    if (broken) return unavailable();
    int fresh = 0;
    for (const auto& event : taken) {
      if (events.insert(std::string(source) + " " + event.id).second) ++fresh;
    }
    return fresh;
  }
  Outcome<std::string> enqueue(const store::NewJob& job) override {
    const std::lock_guard lock(mutex_);
    if (broken) return unavailable();
    for (const auto& known : all) {
      if (!job.unique.empty() && known.unique == job.unique) return known.id;
    }
    store::Job made;
    made.id = core::new_id("job_");
    made.kind = job.kind;
    made.arguments = job.arguments;
    made.unique = job.unique;
    made.lane = job.lane;
    all.push_back(made);
    return made.id;
  }
  Outcome<std::optional<store::Job>> find(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    if (broken) return unavailable();
    for (const auto& job : all) {
      if (job.id == id) return std::optional<store::Job>(job);
    }
    return std::optional<store::Job>{};
  }
  Outcome<std::vector<store::Job>> list(const store::JobFilter& filter) override {
    const std::lock_guard lock(mutex_);
    if (broken) return unavailable();
    std::vector<store::Job> found;
    for (const auto& job : all) {
      const auto wanted = filter.state.empty() || filter.state == name(job.state);
      if (job.kind == filter.kind && wanted && found.size() < filter.last) found.push_back(job);
    }
    return found;
  }
  Status retry(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    for (auto& job : all) {
      if (job.id != id || job.state != store::JobState::kFailed) continue;
      job.state = store::JobState::kWaiting;
      job.forgiven = job.tries;
      return Done{};
    }
    return Error{Code::kNotFound, "no such job"};
  }
  Outcome<std::string> run_now(const std::string&, bool) override { return unavailable(); }
  bool work_once() override { return false; }
  void renew(std::shared_ptr<const host::Generation>,
             std::map<std::string, jobs::JobOptions::Schedule>) override {}
  void start() override {}
  void stop() override {}

 private:
  static Error unavailable() { return Error{Code::kUnavailable, "the store cannot serve"}; }
  static std::string name(store::JobState state) {
    constexpr const char* kNames[] = {"waiting", "running", "done", "failed"};
    return kNames[static_cast<int>(state)];
  }

  std::mutex mutex_;  // guards all above
};

class ScriptedOrchestrator final : public orchestrator::Orchestrator {
 public:
  explicit ScriptedOrchestrator(const host::Generation& plugins) : plugins_(plugins) {}
  std::function<Outcome<orchestrator::ChatReply>(const orchestrator::ChatRequest&)> answer;
  std::vector<orchestrator::ChatRequest> asked;

  Outcome<orchestrator::ChatReply> chat(const orchestrator::ChatRequest& request) override {
    {
      const std::lock_guard lock(mutex_);
      asked.push_back(request);
    }
    return answer(request);
  }
  routines::Application loaded;  // set before the server is made
  std::shared_ptr<const routines::Application> application() const override {
    return {std::shared_ptr<const routines::Application>{}, &loaded};
  }
  std::shared_ptr<const host::Generation> plugins() const override {
    return {std::shared_ptr<const host::Generation>{}, &plugins_};
  }
  int publish(orchestrator::Loaded) override { return ++number; }
  int generation() const override { return number; }
  int number = 1;
  orchestrator::GuardStates guards() const override { return {}; }
  Status probe() override { return probes ? probes() : Status(Done{}); }
  std::function<Status()> probes;
  Outcome<std::string> record(const std::string&) override { return std::string("{}"); }
  Outcome<orchestrator::SessionView> view(const std::string& session) override {
    if (!shows) return Error{Code::kNotFound, "there is no such session"};
    return shows(session);
  }
  std::function<Outcome<orchestrator::SessionView>(const std::string&)> shows;

 private:
  std::mutex mutex_;  // guards asked
  const host::Generation& plugins_;
};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
  Json json() const { return Json::parse(body, nullptr, false); }
};

class Doors {
 public:
  explicit Doors(const std::function<void(http::ServerOptions&)>& change = {},
                 const std::function<void(routines::Application&)>& load = {})
      : log_(clock_, {observability::LogOptions::Format::kJson}, [this](std::string_view line) {
          const std::lock_guard lock(mutex_);
          lines_.emplace_back(line);
        }) {
    std::filesystem::create_directories(folder);
    http::ServerOptions options;
    options.port = 0;
    options.upload_folder = folder;
    options.public_url = "https://join.example.org";
    if (change) change(options);
    if (load) load(orchestrator.loaded);
    server_ = http::make_server(orchestrator, jobs, clock_, log_, options);
    if (const auto started = server_->start(); !started) throw std::runtime_error("no server");
  }
  ~Doors() {
    server_->stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Doors(const Doors&) = delete;
  Doors& operator=(const Doors&) = delete;

  Answer send(const std::string& method, const std::string& path, const std::string& body = "",
              const std::map<std::string, std::string>& headers = {}) {
    Poco::Net::HTTPClientSession session("127.0.0.1", server_->port());
    Poco::Net::HTTPRequest request(method, path, "HTTP/1.1");
    for (const auto& [name, value] : headers) request.set(name, value);
    if (method == "POST") request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    auto& stream = session.receiveResponse(response);
    Answer answer;
    answer.status = response.getStatus();
    for (const auto& [name, value] : response) answer.headers[name] = value;
    answer.body.assign(std::istreambuf_iterator<char>(stream), {});
    return answer;
  }
  std::uint16_t port() const { return server_->port(); }
  http::Server& server() { return *server_; }
  void stop() { server_->stop(); }

  Answer form(const std::string& path, const std::string& body) {
    return send("POST", path, body, {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
  Answer upload(const std::string& session, const std::string& message = "",
                const std::string& content = "photo") {
    const auto field = [](const std::string& name, const std::string& value) {
      return "--b\r\nContent-Disposition: form-data; " + name + "\r\n\r\n" + value + "\r\n";
    };
    return send("POST", "/upload-async",
                field("name=\"session_id\"", session) +
                    field("name=\"client_message_id\"", message) +
                    field("name=\"file\"; filename=\"me.jpg\"", content) + "--b--\r\n",
                {{"Content-Type", "multipart/form-data; boundary=b"}});
  }

  std::vector<Json> lines(const std::string& event) {
    const std::lock_guard lock(mutex_);
    std::vector<Json> found;
    for (const auto& line : lines_) {
      auto read = Json::parse(line);
      if (read.value("event", "") == event) found.push_back(std::move(read));
    }
    return found;
  }
  std::string whole_log() {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const auto& line : lines_) all += line + "\n";
    return all;
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  const std::string folder =
      (std::filesystem::temp_directory_path() / core::new_id("dugout_doors_")).string();
  ScriptedPlugins plugins;
  ListedJobs jobs;
  ScriptedOrchestrator orchestrator{plugins};

 private:
  std::mutex mutex_;  // guards lines_
  std::vector<std::string> lines_;
  core::SystemClock clock_;
  observability::Log log_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace dugout::test
