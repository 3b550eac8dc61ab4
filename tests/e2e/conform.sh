#!/usr/bin/env bash
# Runs the conformance suite over every plugin of a folder.
set -euo pipefail
"$1" plugin check --limit 300 "$2"/*/
