#!/bin/sh
# SPDX-License-Identifier: MIT
# test.sh [--fast] [--strict]: unit and property tests under the sanitizers, then the end-to-end tests and a short run of
# each fuzz target. The last line is "N passed, N failed[, N skipped]", summed over everything.
#
# The runner of the end-to-end tests, tests/e2e/run.py, is told where the binaries are (--build-dir), prints a line
# "skipped NAME: REASON" for each test that it cannot run, and ends with the same kind of line as we do.
#
# A few programs of tests that fail beside others are run once more, alone, and named UNSTEADY if they pass then (ADR 26).
# --strict: no second run.
set -eu
cd "$(dirname "$0")/.."
python=/usr/bin/python3
fuzz_seconds=3

fast=
strict=
for argument in "$@"; do
    case $argument in
    --fast) fast=yes ;;
    --strict) strict=yes ;;
    *)
        echo "test.sh: unknown argument \"$argument\"" >&2
        exit 2
        ;;
    esac
done

export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}"

logs=build/asan/test-logs
./tools/build.sh build/asan || {
    echo "FAILED build"
    echo "0 passed, 1 failed"
    exit 1
}
rm -rf "$logs" build/asan/meson-logs/testlog.json build/asan/meson-logs/again.json
mkdir -p "$logs"

# Tests against a Bitcoin node use the one named by BITCOIND, else the packaged one; without it they are skipped.
if [ -z "$fast" ] && [ -z "${BITCOIND:-}" ]; then
    if BITCOIND=$(./tools/nodes.sh bitcoind 2>/dev/null) && BITCOIN_CLI=$(./tools/nodes.sh bitcoin-cli 2>/dev/null); then
        export BITCOIND BITCOIN_CLI
    else
        unset BITCOIND BITCOIN_CLI
    fi
fi

# A busy machine is slow, not broken: what hangs is ended, but late.
# Each part writes its own log and never stops the others; test_summary.py judges from the logs.
run_meson_tests() {
    meson test -C build/asan --no-rebuild --print-errorlogs --timeout-multiplier 5 "$@" || true
}
run_meson_tests ${fast:+--suite fast}
if [ -z "$strict" ]; then
    again=$("$python" tools/test_summary.py --may-run-again build/asan/meson-logs/testlog.json || true)
    # shellcheck disable=SC2086 # a list of names
    [ -z "$again" ] || run_meson_tests --logbase again --num-processes 1 $again
fi

if [ -z "$fast" ]; then
    if [ -f tests/e2e/run.py ]; then
        { "$python" tests/e2e/run.py --build-dir build/asan 2>&1 || echo "exit status $?"; } | tee "$logs/e2e"
    fi
    if [ -f tests/fuzz/meson.build ]; then
        { { ./tools/build.sh build/fuzz fuzzers && ./tools/fuzz.sh "$fuzz_seconds"; } 2>&1 || echo "exit status $?"; } |
            tee "$logs/fuzz"
    fi
fi

exec "$python" tools/test_summary.py --again build/asan/meson-logs/again.json build/asan/meson-logs/testlog.json "$logs"/*
