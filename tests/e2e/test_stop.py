# SPDX-License-Identifier: MIT
"""tilld is told to stop while its nodes hang: it waits for none of them, and blames none."""

import json
import socket
import threading
import time

from support.marks import limit, on
from support.stage import wait_until
from support.tilld import EVM_CHAIN, TRON_CHAIN, Tilld

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


@limit(180)
@on("one", "spare", "quorum")
def test_a_stop_waits_for_no_node(stage, how):
    holes = [stage.enter(Hole()) for _ in range(1 if how == "one" else 2)]
    chains = _chains(" ".join(hole.url for hole in holes), "quorum = 2\n" if how == "quorum" else "")
    tilld = stage.enter(Tilld(stage, chains, will_be_ready=False))
    asked = holes if how == "quorum" else holes[:1]
    wait_until(lambda: all(hole.requests >= len(chains) for hole in asked), "all networks ask their nodes", 30)
    start = time.monotonic()
    tilld.stop()
    took_s = time.monotonic() - start
    assert took_s < PATIENCE_S, f"it took {took_s:.1f} s to stop"
    with open(tilld.log, encoding="utf-8") as file:
        events = [json.loads(line) for line in file if line.startswith("{")]
    stopping = next(i for i, one in enumerate(events) if one["event"] == "stopping")
    assert all(one["level"] == "info" for one in events[stopping:]), events[stopping:]
    assert events[-1]["event"] == "stopped", events[-1]
