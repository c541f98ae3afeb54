#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh [SECONDS] [NAME ...]: runs the fuzz targets of build/fuzz, each that long, from the inputs kept in
# tests/fuzz/corpus/NAME. New inputs stay in build/fuzz/found; a crash is printed and kept in build/fuzz/crash.
set -eu
cd "$(dirname "$0")/.."
seconds=60
case ${1:-} in
[0-9]*)
    seconds=$1
    shift
    ;;
esac
if [ $# -eq 0 ]; then
    for program in build/fuzz/tests/fuzz/fuzz_*; do
        if [ -f "$program" ] && [ -x "$program" ]; then
            set -- "$@" "${program##*/fuzz_}"
        fi
    done
fi

passed=0
failed=0
for name in "$@"; do
    corpus=tests/fuzz/corpus/$name
    found=build/fuzz/found/$name
    crash=build/fuzz/crash/$name-
    mkdir -p "$found" build/fuzz/crash
    [ -d "$corpus" ] || corpus=
    log=build/fuzz/$name.log
    # shellcheck disable=SC2086 # the corpus may be empty
    if "build/fuzz/tests/fuzz/fuzz_$name" "$found" $corpus -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -artifact_prefix="$crash" -print_final_stats=1 >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "fuzz $name: ok, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
    else
        failed=$((failed + 1))
        echo "fuzz $name: FAILED"
        tail -40 "$log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
