# SPDX-License-Identifier: MIT
"""tilld is told to stop while its nodes hang: it waits for none of them, and blames none."""

import json
import socket
import subprocess
import threading
import time

from support.marks import limit, on
from support.stage import wait_until
from support.tilld import EVM_CHAIN, TRON_CHAIN, Tilld
from support.token_world import EvmWorld

PATIENCE_S = 15  # a request to a node may take 30 and more
BITCOIN_CHAIN = """
[chain {coin}]
kind = bitcoin
url = {url}
network = regtest
"""


class Hole:
    """A node on loopback that takes every request and never says a word."""

    def __init__(self):
        self.requests = 0
        self._taken = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)

    def __enter__(self):
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._socket.close()
        for one in self._taken:
            one.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def _take(self):
        while True:
            try:
                one, _ = self._socket.accept()
            except OSError:
                return
            self._taken.append(one)
            self.requests += bool(one.recv(1))


def _chains(url, more):
    return [
        text + more
        for text in (
            BITCOIN_CHAIN.format(coin="btc", url=url),
            BITCOIN_CHAIN.format(coin="ltc", url=url),
            EVM_CHAIN.format(coin="eth", url=url, chain_id=31337, confirmations=1),
            TRON_CHAIN.format(url=url, chain_id=31337, confirmations=1),
        )
    ]


def _must_stop_soon(tilld):
    start = time.monotonic()
    tilld.stop()
    took_s = time.monotonic() - start
    assert took_s < PATIENCE_S, f"it took {took_s:.1f} s to stop"


@limit(180)
@on("one", "spare", "quorum")
def test_a_stop_waits_for_no_node(stage, how):
    holes = [stage.enter(Hole()) for _ in range(1 if how == "one" else 2)]
    chains = _chains(" ".join(hole.url for hole in holes), "quorum = 2\n" if how == "quorum" else "")
    tilld = stage.enter(Tilld(stage, chains, will_be_ready=False))
    asked = holes if how == "quorum" else holes[:1]
    wait_until(lambda: all(hole.requests >= len(chains) for hole in asked), "all networks ask their nodes", 90)
    _must_stop_soon(tilld)
    with open(tilld.log, encoding="utf-8") as file:
        events = [json.loads(line) for line in file if line.startswith("{")]
    stopping = next(i for i, one in enumerate(events) if one["event"] == "stopping")
    assert all(one["level"] == "info" for one in events[stopping:]), events[stopping:]
    assert events[-1]["event"] == "stopped", events[-1]


@limit(180)
def test_an_operator_who_waits_for_a_node_is_answered_when_it_stops(stage):
    world = EvmWorld(stage, hide=())
    invoice = world.create(10, "ETH")
    world.pay(invoice, asset="ETH")
    world.node.mine()
    world.expect_paid(invoice)
    wallet = next(one["wallet_id"] for one in world.tilld.till("wallet", "list")["wallets"] if one["network"] == "eth")
    world.proxy.hangs = True
    wait_until(lambda: world.proxy.hung, "the watcher waits for its node")
    command = [stage.program("till"), "--config", world.tilld.config, "sweep", "plan", "--wallet", str(wallet)]
    asking = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_until(lambda: world.proxy.hung > 1, "the operator waits for it, too")
    _must_stop_soon(world.tilld)
    said, _ = asking.communicate(timeout=60)
    assert asking.returncode != 0 and "Till is stopping" in said, said
