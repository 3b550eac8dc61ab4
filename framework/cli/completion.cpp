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
    completion) words="bash" ;;
    *) words="serve chat check graph simulate plugin tool completion --version --help" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _dugout dugout
)";
  return kGood;
}

}  // namespace dugout::cli
