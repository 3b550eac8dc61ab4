#include "training.hpp"

#include <linear.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "attempt_log.hpp"

namespace tuner_learned {
namespace {

using dugout::Code;
using dugout::Error;
using dugout::Outcome;

constexpr double kHeldOut = 0.2;  // the latest part of the rows
constexpr double kPenalty = 1.0;  // liblinear's C
constexpr double kPrecision = 1e-3;
constexpr double kPrior = 20.0;     // failures that the whole day lends to each part of it
constexpr double kSurest = 1e-6;    // no chance is taken for 0 or 1
constexpr double kUsualTook = 1.0;  // s, of what was never seen

using Rows = std::vector<Row>;

struct Counts {
  std::size_t successes = 0, failures = 0, retries = 0;
};

Counts counts_of(const Rows& rows) {
  Counts counts;
  for (const auto& row : rows) {
    ++(row.success ? counts.successes : counts.failures);
    counts.retries += row.one.attempt > 1 ? 1 : 0;
  }
  return counts;
}

std::string missing(const AttemptLog& log) {
  const auto counts = counts_of(log.rows);
  std::string why;
  const auto want = [&](std::size_t have, std::size_t least, const char* what) {
    if (have >= least) return;
    why += (why.empty() ? "" : ", ") + std::to_string(have) + " of the " + std::to_string(least) +
           " " + what;
  };
  want(log.rows.size(), kLeastRows, "attempts");
  want(counts.successes, kLeastOfEach, "successes");
  want(counts.failures, kLeastOfEach, "failures");
  want(counts.retries, kLeastOfEach, "retries");
  if (why.empty()) return why;
  why = "too little to learn from: the log has " + why + " that are needed";
  if (log.unreadable > 0) why += "; " + std::to_string(log.unreadable) + " lines are unreadable";
  return why;
}

std::vector<std::string> call_types_of(const Rows& rows) {
  std::map<std::string, std::size_t> seen;
  for (const auto& row : rows) ++seen[row.facts.call_type];
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [type, times] : seen) order.emplace_back(times, type);
  std::sort(order.rbegin(), order.rend());
  if (order.size() > kCallTypes) order.resize(kCallTypes);
  std::vector<std::string> types;
  for (auto& [times, type] : order) types.push_back(std::move(type));
  return types;
}

std::vector<double> values_of(const Features& features, const Row& row) {
  auto values = features.of_call(row.facts);
  const auto of_try = features.of_try(row.facts, row.one);
  values.insert(values.end(), of_try.begin(), of_try.end());
  return values;
}

// The rows in liblinear's form: features that are not 0, numbered from 1, ended by -1.
class Problem {
 public:
  Problem(const Features& features, const Rows& rows, std::size_t end) {
    for (std::size_t at = 0; at < end; ++at) {
      starts_.push_back(nodes_.size());
      const auto values = values_of(features, rows[at]);
      for (std::size_t feature = 0; feature < values.size(); ++feature) {
        if (values[feature] != 0.0) {
          nodes_.push_back({static_cast<int>(feature) + 1, values[feature]});
        }
      }
      nodes_.push_back({-1, 0.0});
      labels_.push_back(rows[at].success ? 1.0 : 0.0);
    }
    for (const auto start : starts_) lines_.push_back(nodes_.data() + start);
    size_ = static_cast<int>(features.names().size());
  }

  std::vector<double> weights() {
    problem task{static_cast<int>(labels_.size()), size_, labels_.data(), lines_.data(), -1.0};
    parameter settings{};
    settings.solver_type = L2R_LR;
    settings.eps = kPrecision;
    settings.C = kPenalty;
    auto* learned = ::train(&task, &settings);
    std::vector<double> weights(learned->w, learned->w + size_);
    // It counts the first label it meets as the positive one.
    if (learned->label[0] != 1) {
      for (auto& weight : weights) weight = -weight;
    }
    free_and_destroy_model(&learned);
    return weights;
  }

 private:
  std::vector<feature_node> nodes_;
  std::vector<std::size_t> starts_;
  std::vector<feature_node*> lines_;
  std::vector<double> labels_;
  int size_ = 0;
};

double clipped(double p) {
  return std::clamp(p, kSurest, 1.0 - kSurest);
}

double loss(bool success, double p) {
  return -std::log(success ? clipped(p) : 1.0 - clipped(p));
}

// The chance that a success is ranked above a failure; ties count half.
std::optional<double> auc_of(std::vector<std::pair<double, bool>> scored) {
  std::sort(scored.begin(), scored.end());
  double ranks = 0.0, successes = 0.0;
  for (std::size_t at = 0; at < scored.size();) {
    auto end = at;
    while (end < scored.size() && scored[end].first == scored[at].first) ++end;
    const double rank = (static_cast<double>(at + end) + 1.0) / 2.0;
    for (; at < end; ++at) {
      ranks += scored[at].second ? rank : 0.0;
      successes += scored[at].second ? 1.0 : 0.0;
    }
  }
  const double failures = static_cast<double>(scored.size()) - successes;
  if (successes == 0.0 || failures == 0.0) return std::nullopt;
  return (ranks - successes * (successes + 1.0) / 2.0) / (successes * failures);
}

// Learns from the earlier part, and is judged on the later.
void judge(const Features& features, const Rows& rows, std::size_t end, Training& training) {
  const auto weights = Problem(features, rows, end).weights();
  double successes = 0.0;
  for (std::size_t at = 0; at < end; ++at) successes += rows[at].success ? 1.0 : 0.0;
  std::vector<std::pair<double, bool>> scored;
  for (std::size_t at = end; at < rows.size(); ++at) {
    const auto values = values_of(features, rows[at]);
    const double score = std::inner_product(values.begin(), values.end(), weights.begin(), 0.0);
    scored.emplace_back(score, rows[at].success);
    training.log_loss += loss(rows[at].success, chance(score));
    training.plain_log_loss += loss(rows[at].success, successes / static_cast<double>(end));
  }
  training.held_out = static_cast<std::int64_t>(scored.size());
  training.log_loss /= static_cast<double>(scored.size());
  training.plain_log_loss /= static_cast<double>(scored.size());
  training.auc = auc_of(std::move(scored));
}

bool has_both(const Rows& rows, std::size_t end) {
  const auto good = std::count_if(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(end),
                                  [](const Row& row) { return row.success; });
  return good > 0 && good < static_cast<std::ptrdiff_t>(end);
}

void learn_shares(const Rows& rows, Model& model) {
  std::array<double, kClasses.size()> all{};
  std::array<std::array<double, kClasses.size()>, kDayParts> parts{};
  double failures = 0.0;
  for (const auto& row : rows) {
    if (row.success) continue;
    const auto cls = static_cast<std::size_t>(row.cls);
    all[cls] += 1.0;
    parts[static_cast<std::size_t>(row.facts.hour * kDayParts / 24)][cls] += 1.0;
    failures += 1.0;
  }
  for (std::size_t part = 0; part < kDayParts; ++part) {
    const double sum = std::accumulate(parts[part].begin(), parts[part].end(), kPrior);
    for (std::size_t cls = 0; cls < kClasses.size(); ++cls) {
      model.shares[part][cls] = (parts[part][cls] + kPrior * all[cls] / failures) / sum;
    }
  }
}

struct Mean {
  double sum = 0.0, count = 0.0;
  void add(double value) {
    sum += value;
    count += 1.0;
  }
  double value(double fallback) const { return count > 0.0 ? sum / count : fallback; }
};

void learn_seconds(const Rows& rows, Model& model) {
  std::map<std::string, Mean> good;
  std::array<Mean, kClasses.size()> bad;
  Mean any_bad, cost;
  for (const auto& row : rows) {
    cost.add(row.cost);
    if (row.success) {
      good["*"].add(row.took);
      const auto& types = model.call_types;
      if (std::find(types.begin(), types.end(), row.facts.call_type) != types.end()) {
        good[row.facts.call_type].add(row.took);
      }
    } else {
      bad[static_cast<std::size_t>(row.cls)].add(row.took);
      any_bad.add(row.took);
    }
  }
  for (const auto& [type, mean] : good) model.seconds[type] = mean.value(kUsualTook);
  for (std::size_t cls = 0; cls < kClasses.size(); ++cls) {
    model.failed_seconds[cls] = bad[cls].value(any_bad.value(kUsualTook));
  }
  model.cost = cost.value(0.0);
}

}  // namespace

void quiet_library() {
  set_print_string_function([](const char*) {});
}

double chance(double score) {
  return 1.0 / (1.0 + std::exp(-score));
}

Outcome<Model> learn(std::string_view text, std::int64_t now_ms) {
  const auto log = read_attempts(text);
  if (const auto why = missing(log); !why.empty()) return Error{Code::kInvalid, why};
  const auto& rows = log.rows;
  Model model;
  model.call_types = call_types_of(rows);
  const Features features(model.call_types);
  const auto end =
      rows.size() - static_cast<std::size_t>(static_cast<double>(rows.size()) * kHeldOut);
  if (!has_both(rows, end)) {
    return Error{Code::kInvalid,
                 "the earlier part of the log has only successes, or only failures"};
  }
  judge(features, rows, end, model.training);
  model.weights = Problem(features, rows, rows.size()).weights();
  learn_shares(rows, model);
  learn_seconds(rows, model);
  std::set<std::string_view> calls;
  for (const auto& row : rows) calls.insert(row.call);
  model.training.rows = static_cast<std::int64_t>(rows.size());
  model.training.calls = static_cast<std::int64_t>(calls.size());
  model.training.failures = static_cast<std::int64_t>(counts_of(rows).failures);
  model.training.from_ms = rows.front().at_ms;
  model.training.until_ms = rows.back().at_ms;
  model.training.trained_ms = std::max<std::int64_t>(now_ms, 0);
  return model;
}

}  // namespace tuner_learned
