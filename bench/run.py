#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What ./dev bench runs: the figures of this machine, beside what the machine itself can do, in one table.

Everything happens in a folder of its own on the disk of --dir (default: build/bench-data), which is removed at the end.
docs/performance.md says what each figure means. Other work on the machine lowers them all; the ratios least.
"""

import argparse
import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

import catch_up
import smoke

CONFIG = """\
[http]
listen = 127.0.0.1:{port}
base_url = http://127.0.0.1:{port}
socket = {folder}/till.sock
metrics =
[store]
url = sqlite:{folder}/till.db
[postback]
allow_http = yes
allow_hosts = {hosts}
[rates]
sources =
fixed.LTC_USD = 80
fixed.BTC_USD = 60000
fixed.ETH_USD = 2500
fixed.USDT_USD = 1
fixed.USDC_USD = 1
fixed.TUSD_USD = 1
[sandbox]
block_ms = 3600000
[limits]
connections_per_ip = 4096
rate_per_ip = 0
"""

RECEIVERS = 4  # endpoints, 16 postbacks in flight to each
READY_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    pass


def free_ports(count):
    """A run of free ports."""
    for first in range(21000, 29000, count):
        sockets = []
        try:
            for port in range(first, first + count):
                probe = socket.socket()
                sockets.append(probe)
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for probe in sockets:
                probe.close()
    raise Failed("no free ports")


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def process_status(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
    raise Failed(f"no {key} in /proc/{pid}/status")


def process_cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


class UnixConnection(http.client.HTTPConnection):
    """The operator's socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Receiver:
    """bench_receiver, and what it got: public invoice id -> nanoseconds of the wall clock."""

    def __init__(self, program, port):
        self.arrived = {}
        self.extra = 0
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            [program, str(port), str(RECEIVERS), str(port + RECEIVERS)], stdout=subprocess.PIPE, text=True
        )
        if self.process.stdout.readline().strip() != "ready":
            raise Failed("bench_receiver did not start")
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            at_ns, invoice = line.split()
            with self.changed:
                self.extra += invoice in self.arrived
                self.arrived.setdefault(invoice, int(at_ns))
                self.changed.notify_all()

    def wait_for(self, invoices, timeout_s):
        wanted = set(invoices)
        with self.changed:
            if not self.changed.wait_for(lambda: wanted <= self.arrived.keys(), timeout_s):
                missing = len(wanted - self.arrived.keys())
                raise Failed(f"{missing} of {len(wanted)} postbacks did not come within {timeout_s} s")
        return [self.arrived[invoice] for invoice in invoices]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Bench:
    def __init__(self, build_dir, folder):
        self.build = build_dir
        self.folder = folder
        self.port = free_ports(RECEIVERS + 2)
        self.config = f"{folder}/till.ini"
        self.process = None
        self.receiver = None
        self.rows = []
        self.results = {}
        hosts = ",".join(f"127.0.0.1:{self.port + 1 + i}" for i in range(RECEIVERS + 1))
        with open(self.config, "w", encoding="ascii") as file:
            file.write(CONFIG.format(port=self.port, folder=folder, hosts=hosts))

    # ---- the report

    def note(self, key, what, value, unit, target="", digits=0):
        self.results[key] = {"value": round(value, 6), "unit": unit, "target": target}
        self.rows.append((what, f"{value:,.{digits}f} {unit}".rstrip(), target))
        print(f"  {what:<58} {self.rows[-1][1]:>16}   {target}", flush=True)

    def title(self, text):
        print(f"\n{text}   (load average {os.getloadavg()[0]:.1f})", flush=True)

    # ---- programs

    def tool(self, name, *arguments):
        """Runs one of our own measuring programs; its lines of JSON."""
        ran = subprocess.run(
            [f"{self.build}/bench/{name}", *map(str, arguments)], capture_output=True, text=True, timeout=900, check=False
        )
        if ran.returncode != 0:
            raise Failed(f"{name}: {ran.stderr.strip()}")
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def start(self):
        """Starts tilld; how long until it was ready, in seconds."""
        with open(f"{self.folder}/tilld.log", "ab") as log:
            began = time.monotonic()
            self.process = subprocess.Popen([f"{self.build}/tilld", "--config", self.config], stdout=log, stderr=log)
        while time.monotonic() - began < READY_TIMEOUT_S:
            if self.process.poll() is not None:
                raise Failed(f"tilld ended at once; see {self.folder}/tilld.log")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.001)
        raise Failed("tilld was not ready in time")

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                status = self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                status = self.process.wait()
            if status != 0:
                raise Failed(f"tilld did not stop cleanly, status {status}; see {self.folder}/tilld.log")
        self.process = None

    def close(self):
        try:
            self.stop()
        finally:
            if self.receiver is not None:
                self.receiver.stop()

    def till(self, *arguments):
        ran = subprocess.run(
            [f"{self.build}/till", *arguments, "--json", "--config", self.config],
            capture_output=True, text=True, timeout=60, check=False,
        )
        if ran.returncode != 0:
            raise Failed(f"till {arguments[0]}: {ran.stderr.strip() or ran.stdout.strip()}")
        return json.loads(ran.stdout)

    def add_shop(self, receiver_index):
        url = f"http://127.0.0.1:{self.port + 1 + receiver_index}/postback"
        return self.till("shop", "create", "--name", "Bench", "--test", "--notify-url", url)

    def add_merchants(self):
        self.receiver = Receiver(f"{self.build}/bench/bench_receiver", self.port + 1)
        self.shops = [self.add_shop(i) for i in range(RECEIVERS)]
        self.hanging_shop = self.add_shop(RECEIVERS)

    # ---- requests

    def post(self, shop, path, body):
        text = json.dumps(body)
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {shop['api_key']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"
        )

    def create_request(self, shop):
        return self.post(shop, "/v2/invoice/create", {"shop_id": shop["shop_id"], "amount": 10, "currency": "USD",
                         "order_id": "1000017-A", "add_fields": {"cryptocurrency": "LTC"}})

    def load(self, requests, connections, seconds, replies=None):
        """Sends `requests` in turn for so long, or each once (0). What bench_load tells, and tilld's own share."""
        path = f"{self.folder}/requests"
        with open(path, "w", encoding="ascii") as file:
            file.write("\0".join(requests) + "\0")
        before = process_cpu_s(self.process.pid)
        told = self.tool("bench_load", self.port, connections, seconds, path, *([replies] if replies else []))[0]
        if told["errors"] or not told["requests"]:
            raise Failed(f"{told['errors']} errors in {told['requests']} requests")
        told["cpu_us_each"] = (process_cpu_s(self.process.pid) - before) * 1e6 / told["requests"]
        return told

    def make_invoices(self, shop, count):
        replies = f"{self.folder}/replies"
        self.load([self.create_request(shop)] * count, min(count, 64), 0, replies)
        with open(replies, encoding="utf-8") as file:
            return [json.loads(line)["result"]["uuid"].removeprefix("INV-") for line in file if line.strip()]

    def admin(self, path, body):
        connection = self.operator
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        text = reply.read()
        if reply.status >= 300:
            raise Failed(f"{path}: {text.decode()}")

    @property
    def operator(self):
        if getattr(self, "connection", None) is None:
            self.connection = UnixConnection(f"{self.folder}/till.sock")
        return self.connection

    def pay(self, invoices):
        for invoice in invoices:
            self.admin("/admin/v1/sandbox/pay", {"invoice_id": invoice})

    def mine(self):
        """The time by the wall clock just before the block is there."""
        at_ns = time.time_ns()
        self.admin("/admin/v1/sandbox/mine", {"blocks": 1})
        return at_ns

    # ---- what the machine can do

    def measure_machine(self):
        self.title("the machine itself")
        sync = self.tool("bench_limits", "sync", self.folder, 3)[0]
        derive = self.tool("bench_limits", "derive", 2)[0]
        loop = self.tool("bench_store", "loop", f"{self.folder}/loop.db", 5, 64)[0]
        self.sync_per_s, self.loop = sync["per_s"], loop
        self.note("sync_per_s", "append 4 KiB and fdatasync, one after the other", sync["per_s"], "/s")
        self.note("sync_p50_ms", "  p50", sync["p50_us"] / 1e3, "ms", digits=2)
        self.note("derive_per_s", "addresses derived, one core", derive["per_s"], "/s")
        self.note("loop_per_s", "bare loop: derive 64, insert their rows, commit", loop["per_s"], "/s")
        self.note("loop_cpu_us", "  CPU each", loop["cpu_us_each"], "us", digits=1)

    # ---- creating and reading

    def measure_creates(self, seconds):
        self.title("durable creates, H2H, a fresh address each")
        requests = [self.create_request(self.shops[0])]
        self.load(requests, 64, 1)
        one = self.load(requests, 1, 3)
        many = self.load(requests, 64, seconds)
        self.note("create_1_per_s", "1 connection", one["per_s"], "/s")
        self.note("create_1_p50_ms", "  p50", one["p50_us"] / 1e3, "ms", "< 1", 2)
        self.note("create_1_p99_ms", "  p99", one["p99_us"] / 1e3, "ms", "< 5", 2)
        self.note("create_1_per_sync", "  of the disk's own rate", 100 * one["per_s"] / self.sync_per_s, "%")
        self.note("create_64_per_s", "64 connections", many["per_s"], "/s", ">= 10,000")
        self.note("create_64_p50_ms", "  p50", many["p50_us"] / 1e3, "ms", digits=2)
        self.note("create_64_p99_ms", "  p99", many["p99_us"] / 1e3, "ms", digits=2)
        self.note("create_64_of_loop", "  of the bare loop", 100 * many["per_s"] / self.loop["per_s"], "%", ">= 75")
        self.note("create_cpu_us", "  tilld's CPU each", many["cpu_us_each"], "us", digits=1)
        self.create_per_s = many["per_s"]

    def measure_reads(self, seconds):
        self.title("reads, 64 connections, 1,000 invoices in turn")
        shop = self.shops[0]
        invoices = self.make_invoices(shop, 1000)
        info = [self.post(shop, "/v2/invoice/merchant/info", {"uuids": ["INV-" + invoice]}) for invoice in invoices]
        told = self.load(info, 64, seconds)
        self.note("info_per_s", "status reads", told["per_s"], "/s", ">= 30,000")
        self.note("info_p99_ms", "  p99", told["p99_us"] / 1e3, "ms", digits=2)
        self.note("info_cpu_us", "  tilld's CPU each", told["cpu_us_each"], "us", digits=1)
        self.measure_pages(invoices, seconds)

    def measure_pages(self, invoices, seconds):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}/{invoices[0]}", timeout=10) as reply:
            page = reply.read()
        invoices = invoices[:200]
        requests = [f"GET /{invoice} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" for invoice in invoices]
        first = self.load(requests[1:], 64, 0)
        told = self.load(requests, 64, seconds)
        self.note("page_first_per_s", "checkout pages, 200 invoices, the first time", first["per_s"], "/s")
        self.note("page_per_s", "checkout pages, again", told["per_s"], "/s", ">= 10,000")
        self.note("page_cpu_us", "  tilld's CPU each", told["cpu_us_each"], "us", digits=1)
        self.note("page_gzip_kb", "  weight, gzip", len(gzip.compress(page)) / 1e3, "kB", "<= 15", 1)

    # ---- postbacks

    def paid_to_postback(self, shop, rounds, others=()):
        """Milliseconds from the block to the postback, of `rounds` payments one after the other. `others` are invoices
        that the same blocks pay, some in each."""
        took_ms = []
        for at, invoice in enumerate(self.make_invoices(shop, rounds)):
            self.pay([invoice, *others[at :: rounds]])
            time.sleep(0.02)  # the sighting is over and done with
            mined_at_ns = self.mine()
            arrived_at_ns = self.receiver.wait_for([invoice], 30)[0]
            took_ms.append((arrived_at_ns - mined_at_ns) / 1e6)
        return took_ms

    def measure_postbacks(self, rounds, burst):
        self.title("from the block that pays to the postback's first byte")
        alone = self.paid_to_postback(self.shops[0], rounds)
        self.note("postback_p50_ms", "one payment, p50", percentile(alone, 0.5), "ms", "< 5", 2)
        self.note("postback_p99_ms", "one payment, p99", percentile(alone, 0.99), "ms", "< 50", 2)
        hanging = self.make_invoices(self.hanging_shop, rounds)
        beside = self.paid_to_postback(self.shops[1], rounds, hanging)
        delay = statistics.median(beside) - statistics.median(alone)
        self.note("hanging_delay_ms", "the same beside a merchant that never answers: p50 later by", delay, "ms", "< 10", 2)
        self.title(f"postbacks of one block, {RECEIVERS} endpoints with 16 in flight each, kept alive")
        invoices = [invoice for shop in self.shops for invoice in self.make_invoices(shop, burst // RECEIVERS)]
        self.pay(invoices)
        time.sleep(0.5)
        before = process_cpu_s(self.process.pid)
        mined_at_ns = self.mine()
        arrived = sorted(self.receiver.wait_for(invoices, 60))
        cpu_us = (process_cpu_s(self.process.pid) - before) * 1e6 / burst
        self.note("postbacks_per_s", f"{len(invoices):,} postbacks", (len(arrived) - 1) * 1e9 / (arrived[-1] - arrived[0]),
                  "/s", ">= 10,000")
        self.note("postback_burst_first_ms", "  block to the first", (arrived[0] - mined_at_ns) / 1e6, "ms", digits=1)
        self.note("postback_cpu_us", "  tilld's CPU each, with applying the block", cpu_us, "us", digits=1)
        if self.receiver.extra:
            raise Failed(f"{self.receiver.extra} postbacks came twice")

    # ---- size and start

    def measure_size(self):
        self.title("size")
        path = f"{self.build}/tilld"
        stripped = f"{self.folder}/tilld.stripped"
        subprocess.run(["strip", "-o", stripped, path], check=True)
        self.note("binary_mb", "tilld, as built", os.path.getsize(path) / 1e6, "MB", "< 5", 2)
        self.note("binary_stripped_mb", "tilld, stripped", os.path.getsize(stripped) / 1e6, "MB", digits=2)

    def note_memory(self, key, what, target):
        self.note(key, what, process_status(self.process.pid, "VmRSS") / 1e6, "MB", target, 1)

    def measure_start(self, invoices):
        """Stops, fills the store up with rows, starts again."""
        self.stop()
        self.connection = None
        self.tool("bench_store", "fill", f"{self.folder}/till.db", invoices)
        self.start()
        self.stop()
        seconds = min(self.start() for _ in self.restarts(3))
        name = f"{invoices:,}"
        self.note(f"start_{invoices}_ms", f"start to ready with {name} invoices, best of 3", seconds * 1e3, "ms", "< 100", 1)

    def restarts(self, count):
        for _ in range(count):
            self.stop()
            yield

    def measure_full(self, invoices):
        """With that many invoices stored."""
        told = self.load([self.create_request(self.shops[0])], 64, 4)
        self.note("create_full_per_s", f"durable creates with {invoices:,} stored", told["per_s"], "/s")
        self.note("create_full_of_empty", "  of the empty store's rate", 100 * told["per_s"] / self.create_per_s, "%", ">= 60")
        self.stop()
        for hits, target in ((100, "<= 60"), (10000, "")):
            blocks = self.tool("bench_block", f"{self.folder}/till.db", 10000, hits)
            took_ms = statistics.median(block["ms"] for block in blocks)
            self.note(f"block_{hits}_ms", f"a block of 10,000 outputs, {hits:,} of them ours, to commit", took_ms, "ms",
                      target, 1)

    def run(self, options):
        if options.smoke:
            smoke.run(self)
            return
        if options.catch_up:
            catch_up.measure(self, self.build, self.folder, whole=True)
            return
        self.measure_machine()
        self.start()
        time.sleep(1)
        self.note_memory("rss_idle_mb", "memory at rest, just started", "< 20")
        self.add_merchants()
        self.measure_creates(options.seconds)
        self.measure_reads(options.seconds)
        self.measure_postbacks(60, 2000)
        self.note_memory("rss_burst_mb", "memory after all that", "< 64")
        self.measure_size()
        self.title("a large store")
        self.measure_start(100000)
        if options.invoices > 100000:
            self.measure_start(options.invoices)
        self.measure_full(options.invoices)
        catch_up.measure(self, self.build, self.folder, whole=False)


def machine_class():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{os.cpu_count()} x {models[0] if models else os.uname().machine}"


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description="the figures, beside the machine's own limits")
    parser.add_argument("--build-dir", default="build", help=argparse.SUPPRESS)
    parser.add_argument("--dir", help="a folder on the disk to measure (default build/bench-data)")
    parser.add_argument("--seconds", type=int, default=6, help="how long each rate is measured (default 6)")
    parser.add_argument("--invoices", type=int, default=1000000, help="the large store's size (default 1,000,000)")
    parser.add_argument("--catch-up", action="store_true",
                        help="only this: the whole of 7 days of Tron against 10 million addresses (a quarter of an hour, 8 GB)")
    parser.add_argument("--smoke", action="store_true", help="only this: does everything still run? its figures mean nothing")
    parser.add_argument("--json", action="store_true", help="a last line with all figures as JSON")
    options = parser.parse_args()
    os.umask(0o077)
    folder = os.path.join(os.path.abspath(options.dir or f"{options.build_dir}/bench-data"), f"run-{os.getpid()}")
    os.makedirs(folder)
    bench = Bench(os.path.abspath(options.build_dir), folder)
    print(f"till bench on {machine_class()}; figure, value, target")
    began = time.monotonic()
    status = 0
    try:
        bench.run(options)
    except (Failed, catch_up.Failed, KeyboardInterrupt) as reason:
        print(f"bench: {reason or 'interrupted'}", file=sys.stderr)
        status = 1
    finally:
        bench.close()
        if status == 0:
            shutil.rmtree(folder)
    print(f"\n{time.monotonic() - began:.0f} s in all, load average at the end {os.getloadavg()[0]:.1f}")
    if options.json:
        print(json.dumps({"machine": machine_class(), "status": status, "figures": bench.results}))
    return status


if __name__ == "__main__":
    sys.exit(main())
