# SPDX-License-Identifier: MIT
"""A real EVM node (anvil) with contracts of ours on it: paid from, mined on, reorganized. It mines when it is told to.

    node = stage.enter(Anvil(stage))
    usdt = node.deploy("Usdt")
    node.mine()
    txid = usdt.send("transfer(address,uint256)", address, 5_000_000)
    node.mine()
"""

import decimal
import http.client
import json
import socket

from .contracts import compiled
from .evm_abi import encode_call
from .process import Process
from .stage import free_port, node_program, wait_until

DEV_CHAIN_ID = 31337
HISTORY_BLOCKS = 256  # of whose states the node knows; each costs a megabyte
START_TIMEOUT_S = 60
CALL_TIMEOUT_S = 60
GAS = 3_000_000  # always said, so that the node takes what will fail
WEI = 10**18


class EvmError(Exception):
    def __init__(self, method, error):
        super().__init__(f"{method}: {error}")
        self.code = error.get("code")
        self.text = error.get("message", "")


class EvmRpc:
    """JSON-RPC by one kept connection; `rpc.eth_blockNumber()`."""

    def __init__(self, port, path="/", headers=None):
        self._port = port
        self._path = path
        self._headers = {"Content-Type": "application/json", **(headers or {})}
        self._connection = None

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def __getattr__(self, method):
        if method.startswith("__"):
            raise AttributeError(method)
        return lambda *parameters: self.call(method, *parameters)

    def call(self, method, *parameters):
        answer = json.loads(self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}))
        if "error" in answer:
            raise EvmError(method, answer["error"])
        return answer["result"]

    def post(self, body):
        data = json.dumps(body).encode()
        # The node may have closed an idle connection; a dead one is found out by using it.
        for last_try in (False, True):
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=CALL_TIMEOUT_S)
                    self._connection.connect()
                    self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._connection.request("POST", self._path, data, self._headers)
                return self._connection.getresponse().read()
            except (http.client.BadStatusLine, BrokenPipeError, ConnectionResetError):
                self.close()
                if last_try:
                    raise
            except OSError:
                self.close()
                raise
        raise AssertionError("not reached")


class Contract:
    """A contract that stands on the node."""

    def __init__(self, node, name, address):
        self.node = node
        self.name = name
        self.address = address
        self._selectors = node.compiled[name]["selectors"]

    def data(self, signature, *arguments):
        return encode_call(self._selectors[signature], signature, arguments)

    def request(self, signature, *arguments, **how):
        """What Anvil.reorg takes; `how` is that of Anvil.request."""
        return self.node.request(self.address, data=self.data(signature, *arguments), **how)

    def send(self, signature, *arguments, **how):
        """By a transaction that waits to be mined. Its id."""
        return self.node.rpc.eth_sendTransaction(self.request(signature, *arguments, **how))

    def call(self, signature, *arguments):
        """What it answers to its owner, as a number."""
        request = {"from": self.node.accounts[0], "to": self.address, "data": self.data(signature, *arguments)}
        answer = self.node.rpc.eth_call(request, "latest")
        return int(answer, 16) if answer != "0x" else None

    def pay(self, address, units, **how):
        """A token's transfer of so many base units."""
        return self.send("transfer(address,uint256)", address, units, **how)

    def balance(self, address):
        return self.call("balanceOf(address)", address)


class Anvil:
    """`network` is the key of Till's network. `slots` is how many blocks lie between the head, `safe` and `finalized`.
    `state` keeps the chain over stop() and start()."""

    def __init__(self, stage, network="eth", chain_id=DEV_CHAIN_ID, slots=2, state=False, arguments=()):
        self.coin = network
        self.chain_id = chain_id
        self.port = free_port()
        self.compiled = compiled()
        self.rpc = EvmRpc(self.port)
        self.accounts = []
        self._log = stage.path(f"node-anvil-{self.port}.log")
        self._process = None
        self._command = [node_program(stage, "anvil"), "--host", "127.0.0.1", "--quiet", "--no-mining"]
        self._command += ["--chain-id", str(chain_id), "--slots-in-an-epoch", str(slots)]
        if state:
            self._command += ["--state", stage.path(f"anvil-{self.port}.json"), "--preserve-historical-states"]
        else:
            self._command += ["--prune-history", str(HISTORY_BLOCKS)]
        self._command += arguments

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.rpc.close()
        self.kill()

    # ---- the program

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self._process = Process([*self._command, "--port", str(self.port)], self._log)
        wait_until(self._is_up, "anvil answers", START_TIMEOUT_S)
        self.accounts = self.rpc.eth_accounts()

    def move_to(self, port):
        """Before it is started: takes the place of another node."""
        self.port = port
        self.rpc = EvmRpc(port)

    def stop(self):
        self.rpc.close()
        self._process.stop()

    def kill(self):
        if self._process:
            self._process.kill()

    def send_signal(self, number):
        """SIGSTOP makes a node that hangs, SIGCONT ends it."""
        self._process.send(number)

    def _is_up(self):
        assert self._process.is_running(), f"anvil ended:\n{self._process.log_tail()}"
        try:
            return self.rpc.eth_chainId()
        except OSError:
            return None

    # ---- blocks

    def height(self):
        return int(self.rpc.eth_blockNumber(), 16)

    def block(self, which="latest", full=False):
        """By number, tag or hash."""
        if isinstance(which, str) and len(which) == 66:
            return self.rpc.eth_getBlockByHash(which, full)
        return self.rpc.eth_getBlockByNumber(hex(which) if isinstance(which, int) else which, full)

    def mine(self, blocks=1):
        self.rpc.anvil_mine(hex(blocks))

    def set_next_time(self, unix_s):
        """Of the next block; the ones after it go on from there."""
        self.rpc.evm_setNextBlockTimestamp(int(unix_s))

    def reorg(self, depth, transactions=()):
        """Replaces the last `depth` blocks by as many others. What was in them is gone, but for `transactions`: pairs
        of raw bytes (`raw`) or a request, and the number of the new block that takes it, counted from 0."""
        self.rpc.anvil_reorg(depth, [[one, offset] for one, offset in transactions])

    def rollback(self, depth):
        """The head goes down, and nobody is told."""
        self.rpc.anvil_rollback(depth)

    def snapshot(self):
        return self.rpc.evm_snapshot()

    def revert(self, snapshot):
        assert self.rpc.evm_revert(snapshot), "no such snapshot"

    def become(self, other):
        """Takes over the whole chain of another node; from then on each goes its own way."""
        self.rpc.anvil_loadState(other.rpc.anvil_dumpState(True))
        assert self.block()["hash"] == other.block()["hash"]

    # ---- transactions

    def request(self, to=None, wei=0, data="0x", sender=0, nonce=None, **fields):
        """`sender` is an address or the number of one of the node's accounts."""
        request = {"from": self.accounts[sender] if isinstance(sender, int) else sender, "gas": hex(GAS), "data": data}
        request |= {"value": hex(wei)} | ({"to": to} if to else {}) | ({} if nonce is None else {"nonce": hex(nonce)})
        return request | fields

    def send(self, *what, **how):
        """A request that waits to be mined. The transaction's id."""
        return self.rpc.eth_sendTransaction(self.request(*what, **how))

    def pay(self, address, amount, **how):
        """Native coin; `amount` is in whole coins. The transaction's id."""
        return self.send(address, wei_of(amount), **how)

    def nonce(self, sender=0):
        address = self.accounts[sender] if isinstance(sender, int) else sender
        return int(self.rpc.eth_getTransactionCount(address, "pending"), 16)

    def replace(self, txid, to, wei, data="0x"):
        """Takes the place of a waiting transaction by a dearer one of the same nonce."""
        old = self.rpc.eth_getTransactionByHash(txid)
        price = int(old.get("maxFeePerGas") or old["gasPrice"], 16)
        tip = int(old.get("maxPriorityFeePerGas") or "0x0", 16)
        fees = {"maxFeePerGas": hex(price * 2 + 1), "maxPriorityFeePerGas": hex(tip * 2 + 1)}
        return self.send(to, wei, data, old["from"], int(old["nonce"], 16), **fees)

    def raw(self, txid):
        """The signed bytes, to be mined once more after a reorg with the same id."""
        return self.rpc.eth_getRawTransactionByHash(txid)

    def receipt(self, txid):
        return self.rpc.eth_getTransactionReceipt(txid)

    def is_good(self, txid):
        """It was mined and did not fail."""
        receipt = self.receipt(txid)
        return receipt is not None and receipt["status"] == "0x1"

    def balance(self, address):
        return int(self.rpc.eth_getBalance(address, "latest"), 16)

    # ---- contracts

    def deploy(self, name, sender=0):
        """Mines a block for it."""
        txid = self.send(data=self.compiled[name]["bytecode"], sender=sender)
        self.mine()
        receipt = self.receipt(txid)
        assert receipt["status"] == "0x1", f"{name} could not be deployed"
        return Contract(self, name, receipt["contractAddress"])


def wei_of(amount):
    wei = decimal.Decimal(amount) * WEI
    assert wei == int(wei), f"{amount} has more than 18 decimals"
    return int(wei)
