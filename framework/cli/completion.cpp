// `dugout completion bash`.
#include <iostream>

#include "cli/commands.hpp"

namespace dugout::cli {

int completion(const std::string& /*shell*/) {
  std::cout << R"(_dugout() {
  local current="${COMP_WORDS[COMP_CWORD]}" command="${COMP_WORDS[1]}" words=""
  local shared="--config --root --data --plugin-path --log-level --log-format --help"
  case "$command" in
    serve) words="--listen $shared" ;;
    chat) words="--session --offline $shared" ;;
    check) words="$shared" ;;
    graph) words="--format --output $shared new_registration" ;;
    simulate) words="--all-paths --flow --verbose $shared" ;;
    plugin) words="list check new --json --folder $shared" ;;
    tool) words="list run --json $shared" ;;
    jobs) words="list run retry --state --kind --last --dry-run --json $shared" ;;
    subject) words="export erase --email --phone --session --output --yes $shared" ;;
    retention) words="run --dry-run --json $shared" ;;
    store) words="check backup restore --json $shared" ;;
    batch) words="--output --concurrency --offline $shared" ;;
    estimate) words="--success-rate --latency --retries --workers --base-delay --multiplier"
       words="$words --max-total-delay --jitter --history --response-kb --simulate --seed --svg --json --help" ;;
    tune) words="train evaluate export show simulate --log --model --output --split --seed --rounds"
       words="$words --calls --days --scene --json $shared" ;;
    chaos) words="--seed --mode --format --live --listen $shared" ;;
    attempts) words="summary show --session --turn --class --target --call-type --since --until"
       words="$words --last --file --json $shared" ;;
    validators) words="calibrate --agent --json $shared" ;;
    config) words="show check --changed --json $shared" ;;
    token) words="new --name --role $shared" ;;
    reload) words="--json $shared" ;;
    audit) words="verify show --head --since --last --json $shared" ;;
    completion) words="bash" ;;
    *) words="serve reload chat check graph simulate chaos plugin attempts validators tune tool jobs subject retention store batch estimate config token audit completion"
       words="$words --version --help" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _dugout dugout
)";
  return kGood;
}

}  // namespace dugout::cli
