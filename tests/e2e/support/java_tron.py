# SPDX-License-Identifier: MIT
"""A Tron node for tests: the double of java-tron (tests/support/java_tron/double.mjs) in front of an anvil.

    node = stage.enter(JavaTron(stage))
    node.pay("T...", "12.5")
    node.mine()
    node.solidify()
"""

import http.client
import json
import os
import shutil

from .anvil import Anvil
from .bip32 import BASE58, base58check
from .process import Process
from .stage import REPOSITORY, Skip, free_port, wait_until

PROGRAM = os.path.join(REPOSITORY, "tests", "support", "java_tron", "double.mjs")
CHAIN_ID = 3448148188  # as Nile's, where the built-in tokens are not
SOLID_LAG = 19
START_TIMEOUT_S = 60
PREFIX = b"\x41"
ASSET_TRANSFER = "0x0000000000000000000000000000000000001010"
FREEZE = "0x0000000000000000000000000000000000001011"


def to_base58(address):
    """0x... or 41... as people write it."""
    digits = address.removeprefix("0x")
    return base58check(PREFIX + bytes.fromhex(digits[-40:]))


def to_hex(address):
    """T... as 0x and twenty bytes."""
    number = 0
    for letter in address:
        number = number * 58 + BASE58.index(letter)
    payload = number.to_bytes(25, "big")
    assert base58check(payload[:21]) == address and payload[:1] == PREFIX, address
    return "0x" + payload[1:21].hex()


class JavaTron:
    """`anvil` is the node behind it, where contracts are called; addresses there are 0x..., here T..."""

    coin = "tron"

    def __init__(self, stage, chain_id=CHAIN_ID, anvil=None):
        """`anvil`: one that runs already, behind another double."""
        if shutil.which("node") is None:
            raise Skip("nodejs is not installed")
        self.chain_id = chain_id
        self.port = free_port()
        self._owns_anvil = anvil is None
        self.anvil = anvil or Anvil(stage, "tron", arguments=("--balance", "1000000"))
        self._log = stage.path(f"node-tron-{self.port}.log")
        self._process = None

    def __enter__(self):
        if self._owns_anvil:
            self.anvil.start()
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        if self._owns_anvil:
            self.anvil.__exit__()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    # ---- the program

    def start(self):
        """The chain is the anvil's, so it outlives the double."""
        command = ["node", PROGRAM, str(self.anvil.port), str(self.port), str(self.chain_id)]
        self._process = Process(command, self._log)
        wait_until(self._is_up, "the double of java-tron answers", START_TIMEOUT_S)

    def kill(self):
        if self._process:
            self._process.kill()

    def _is_up(self):
        assert self._process.is_running(), f"the double ended:\n{self._process.log_tail()}"
        try:
            return self.ask("GET", "/wallet/getnowblock")["blockID"]
        except OSError:
            return None

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def set(self, **settings):
        """See the settings in double.mjs."""
        self.ask("POST", "/double/settings", settings)

    def fail(self, *faults):
        """`fail({"on": "/wallet/", "kind": "status", "status": 429})`, as in double.mjs; `fail()` ends all faults."""
        self.ask("POST", "/double/faults", list(faults))

    def calls(self):
        """{path or method: how often it was asked}"""
        return self.ask("GET", "/double/calls")

    def forget_calls(self):
        self.ask("DELETE", "/double/calls")

    def txid(self, sent):
        """Tron's id of a transaction of the anvil that is in a block."""
        found = self.ask("GET", f"/double/txid?hash={sent}")
        assert found, f"{sent} is in no block"
        return found

    # ---- blocks

    def height(self):
        """Of what is solidified, which is all that tilld follows."""
        return self.ask("GET", "/walletsolidity/getnowblock")["block_header"]["raw_data"].get("number", 0)

    def head(self):
        return self.anvil.height()

    def mine(self, blocks=1):
        self.anvil.mine(blocks)

    def solidify(self):
        """What is at the head now becomes final."""
        self.anvil.mine(SOLID_LAG)

    def fork(self, depth, transactions=()):
        """Anvil.reorg, of blocks that are not solidified."""
        assert depth <= SOLID_LAG
        self.anvil.reorg(depth, transactions)

    # ---- payments

    def pay(self, address, amount, **how):
        """TRX. The anvil's id of the transaction."""
        return self.anvil.pay(to_hex(address), amount, **how)

    def pay_asset(self, address, units, name):
        """A TRC-10 token of that name."""
        data = to_hex(address) + units.to_bytes(8, "big").hex() + name.encode().hex()
        return self.anvil.send(ASSET_TRANSFER, data=data)

    def deploy(self, name):
        """A contract; its methods take addresses as 0x..., see to_hex."""
        return self.anvil.deploy(name)
