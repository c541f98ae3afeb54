# SPDX-License-Identifier: MIT
"""The catch-up part of the bench: seven days of Tron, decoded and applied as fast as we can.

The store is made straight in SQLite (fill_addresses.py); bench_catchup makes the chain and follows it. Whatever it says is
held against the store it leaves behind.
"""

import json
import os
import sqlite3
import subprocess
import sys

WEEK_BLOCKS = 201_600
WEEK_OUTPUTS = 60_000_000
ADDRESSES = 10_000_000
OURS_PER_MILLION = 10_000
SAMPLE_PART = 100  # of the week, in the ordinary bench
SAMPLE_ADDRESSES = 1_000_000
LARGE_BLOCKS = 20
LARGE_OUTPUTS = 10_000
TIMEOUT_S = 3 * 3600


class Failed(Exception):
    pass


def _run(*command):
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if ran.returncode != 0:
        raise Failed(f"{os.path.basename(str(command[0]))}: {ran.stderr.strip()}")
    return ran.stdout


def make_store(build, path, addresses):
    _run(f"{build}/bench/bench_catchup", "seed", path)
    _run(sys.executable, os.path.join(os.path.dirname(__file__), "fill_addresses.py"), path, addresses)


def _payments(path):
    store = sqlite3.connect(path)
    try:
        return store.execute("SELECT count(*) FROM payment WHERE state = 'confirmed'").fetchone()[0]
    finally:
        store.close()


def follow(build, path, blocks, outputs):
    before = _payments(path)
    told = json.loads(_run(f"{build}/bench/bench_catchup", "run", path, blocks, outputs, OURS_PER_MILLION))
    found = _payments(path) - before
    if found != told["ours"] or found == 0:
        raise Failed(f"{told['ours']} transfers were ours, {found} are in the store")
    return told


def measure(bench, build, folder, whole):
    """Notes the figures of a sample, or of the whole week."""
    part = 1 if whole else SAMPLE_PART
    addresses = ADDRESSES if whole else SAMPLE_ADDRESSES
    blocks, outputs = WEEK_BLOCKS // part, WEEK_OUTPUTS // part
    what = "7 days of Tron" if whole else f"a {part}th of 7 days of Tron"
    bench.title(f"catching up: {what}, {outputs:,} transfers, {addresses:,} addresses of ours")
    path = f"{folder}/catchup.db"
    make_store(build, path, addresses)
    large = follow(build, path, LARGE_BLOCKS, LARGE_BLOCKS * LARGE_OUTPUTS)
    bench.note("catchup_large_ms", f"a block of {LARGE_OUTPUTS:,} transfers, one in 100 ours, decoded to commit",
               1e3 * (large["seconds"] - large["decoding_seconds"]) / LARGE_BLOCKS, "ms", "<= 60", 1)
    told = follow(build, path, blocks, outputs)
    week_s = told["seconds"] * WEEK_BLOCKS / blocks
    bench.note("catchup_blocks_per_s", "blocks", told["blocks_per_s"], "/s", ">= 56")
    bench.note("catchup_outputs_per_s", "  transfers", told["outputs_per_s"], "/s", ">= 16,667")
    bench.note("catchup_ours", "  of them ours", told["ours"], "")
    bench.note("catchup_decoding_us", "  decoding a block", told["decoding_seconds"] * 1e6 / blocks, "us")
    bench.note("catchup_decoding_mb_per_s", "    of its text", told["text_bytes"] / 1e6 / told["decoding_seconds"], "MB/s")
    bench.note("catchup_cpu_us", "  CPU a block", told["cpu_seconds"] * 1e6 / blocks, "us")
    bench.note("catchup_week_min", "  the whole week" + ("" if whole else ", by this rate"), week_s / 60, "min", "<= 60", 1)
    bench.note("catchup_memory_mb", "  memory at its highest", told["memory_peak_kb"] * 1024 / 1e6, "MB", "< 64", 1)
    for name in os.listdir(folder):
        if name.startswith("catchup.db"):
            os.remove(os.path.join(folder, name))
