#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh: everything a machine can say about the text of the code. Runs all checks, then fails if one did.
set -u
cd "$(dirname "$0")/.." || exit 2
failed=

check() {
    name=$1
    shift
    if "$@"; then
        echo "lint: $name ok"
    else
        echo "lint: $name FAILED"
        failed="$failed $name"
    fi
}

c_files() {
    find src include examples tests bench -name '*.[ch]' 2>/dev/null
}

check_format() {
    c_files | xargs clang-format --dry-run -Werror
}

check_shell() {
    shellcheck dev .ci/run tools/*.sh
}

# The pages' scripts are plain JavaScript, typed by their comments.
check_scripts() {
    tsc --noEmit --allowJs --checkJs --strict --target es2020 --lib dom,dom.iterable,es2020 web/*.js
}

check_contract() {
    REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
        tests/contract/node_modules/.bin/redocly lint --config api/redocly.yaml api/openapi.yaml
}

for own in layers shape banned money words sql manual; do
    check "$own" "tools/check_$own"
done
check summary tools/test_summary.py --self-test
check format check_format
check shell check_shell
check scripts check_scripts
check contract check_contract
check gcc ./tools/build.sh build --quiet
check clang ./tools/build.sh build/clang --quiet
check tidy tools/tidy.py

if [ -n "$failed" ]; then
    echo "lint: FAILED:$failed"
    exit 1
fi
echo "lint: ok"
