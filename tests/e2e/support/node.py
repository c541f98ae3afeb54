# SPDX-License-Identifier: MIT
"""Real Bitcoin-like nodes in regtest, each with a funded wallet, that can be paid from, mined on and reorganized."""

import contextlib
import fcntl
import os
import shutil
import signal
import time

from .coins import Payment, build_transaction
from .process import Process
from .rpc import Rpc, RpcError
from .stage import free_port, node_program, wait_until

START_TIMEOUT_S = 60
# A reorg of a few blocks does not make the spent coins immature again. And wallets date a transaction (nLockTime) up to 99
# blocks back, now and then, while Knots takes none that is dated 21.
FUNDED_BLOCKS = 130
MWEB_START = 432
FEE_SAT = 5_000
SPEND_FEE_SAT = 2_000
FUNDED_BEFORE_S = 3600
HELD_FEE_SAT = 10**9


class NodeProfile:
    """A kind of node. `coin` is also the key of Till's network and, in capitals, its asset."""

    def __init__(self, name, coin, program, prefix, arguments, mweb=False):
        self.name = name
        self.coin = coin
        self.program = program
        self.prefix = prefix
        self.arguments = arguments
        self.mweb = mweb


_COMMON = [
    "-regtest",
    "-listen=0",
    "-dnsseed=0",
    "-discover=0",
    "-txindex=1",
    "-fallbackfee=0.0002",
    "-rpcbind=127.0.0.1",
    "-rpcallowip=127.0.0.1",
    "-rpcthreads=8",
    "-dbcache=16",
    "-keypool=10",
]
_LITECOIN = [*_COMMON, "-upnp=0", "-mempoolreplacement=1"]
PROFILES = {
    profile.name: profile
    for profile in (
        NodeProfile("ltc", "ltc", "litecoind", "rltc", [*_LITECOIN, "-vbparams=mweb:-2:0"]),
        NodeProfile("ltc-mweb", "ltc", "litecoind", "rltc", _LITECOIN, mweb=True),
        NodeProfile("btc", "btc", "bitcoind", "bcrt", [*_COMMON, "-fixedseeds=0"]),
    )
}


class Node:
    """Opened by `stage.enter(Node(stage, "ltc"))`: a copy of the run's funded chain, running."""

    def __init__(self, stage, profile_name):
        self.profile = PROFILES[profile_name]
        self.coin = self.profile.coin
        self.asset = self.coin.upper()
        self._program = node_program(stage, self.profile.program)
        self._stage = stage
        self.folder = stage.path(f"node-{profile_name}-{free_port()}")
        self.port = None
        self._process = None
        self.rpc = None
        self.wallet = None

    def __enter__(self):
        template = _template(self._stage, self.profile, self._program)
        shutil.copytree(template, self.folder)
        self.start()
        self._change = self.wallet.getnewaddress()
        return self

    def __exit__(self, *_):
        self.kill()

    # ---- the program

    def start(self):
        """The port stays the same over restarts."""
        self.port = self.port or free_port()
        self._process = start_node(self._program, self.profile, self.folder, self.port, f"{self.folder}.log")
        self.rpc = Rpc(self.port, self.cookie_path)
        self.wallet = self.rpc.wallet("payer")
        wait_until(lambda: _is_up(self._process, self.rpc), "the node answers", START_TIMEOUT_S)
        if "payer" not in self.rpc.listwallets():
            self.rpc.loadwallet("payer")

    def stop(self):
        """In order. A node waits for its clients to hang up, so ours do; others have half a minute."""
        self.rpc.close()
        self.wallet.close()
        self._process.stop(60)

    def kill(self):
        if self._process:
            self._process.kill()

    @contextlib.contextmanager
    def frozen(self):
        """Keeps its connections and answers nothing for a while."""
        self._process.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send(signal.SIGCONT)

    @property
    def cookie_path(self):
        return cookie_path(self.folder)

    # ---- blocks

    def height(self):
        return self.rpc.getblockcount()

    def mine(self, blocks=1):
        """Each call mines to a fresh address, so two blocks of equal content never have the same hash."""
        return self.rpc.generatetoaddress(blocks, self.wallet.getnewaddress())

    def undo(self, depth):
        """Makes the last blocks invalid; their transactions wait in the mempool again."""
        self.rpc.invalidateblock(self.rpc.getblockhash(self.height() - depth + 1))

    def reorg(self, depth, between=None):
        """Replaces the last `depth` blocks by one more than that. What was in them comes into the first new block,
        unless `between`, called while they are undone, prevents it."""
        self.undo(depth)
        if between:
            between()
        return self.mine(depth + 1)

    def set_time(self, unix_s):
        """The time that the node gives its blocks; 0 is the real one."""
        self.rpc.setmocktime(int(unix_s))

    # ---- payments

    def pay(self, address, amount):
        """By the wallet, as a person does. The transaction's id."""
        return self.wallet.sendtoaddress(address, amount)

    def pay_outputs(self, outputs, coins=None, fee_sat=FEE_SAT):
        """By one replaceable transaction with exactly these outputs [(address, amount), ...] and change."""
        coins = coins or [self._oldest_coin()]
        scripts = [(self._script(address), amount) for address, amount in outputs]
        change = self._script(self._change)
        signed = self.wallet.signrawtransactionwithwallet(build_transaction(coins, scripts, change, fee_sat))
        assert signed["complete"], signed
        return Payment(self.rpc.sendrawtransaction(signed["hex"]), coins, fee_sat)

    def replace(self, payment, outputs):
        """Spends the coins of a payment that waits in the mempool on something else, for a higher fee."""
        return self.pay_outputs(outputs, payment.coins, payment.fee_sat * 5)

    def hold(self, txid):
        """Keeps a transaction of the mempool out of the blocks that are mined."""
        self.rpc.prioritisetransaction(txid, 0, -HELD_FEE_SAT)

    def release(self, txid):
        self.rpc.prioritisetransaction(txid, 0, HELD_FEE_SAT)

    def spend(self, txid, address, wif):
        """Sends on what the transaction paid to the address, whose private key is `wif`."""
        script = self._script(address)
        outputs = self.rpc.getrawtransaction(txid, True)["vout"]
        coins = [
            {"txid": txid, "vout": output["n"], "amount": output["value"]}
            for output in outputs
            if output.get("scriptPubKey", {}).get("hex") == script
        ]
        raw = build_transaction(coins, [], self._script(self._change), SPEND_FEE_SAT)
        signed = self.rpc.signrawtransactionwithkey(raw, [wif])
        assert signed["complete"], signed
        return self.rpc.sendrawtransaction(signed["hex"])

    def mweb_wallet(self, amount):
        """A second wallet, all of whose coins are in the MWEB: whatever it pays comes out of there."""
        self.rpc.createwallet("mweb")
        wallet = self.rpc.wallet("mweb")
        self.wallet.sendtoaddress(wallet.getnewaddress("", "mweb"), amount)
        self.mine(2)
        return wallet

    def own_address(self):
        return self.wallet.getnewaddress()

    def in_mempool(self, txid):
        try:
            self.rpc.getmempoolentry(txid)
            return True
        except RpcError:
            return False

    def _script(self, address):
        return self.rpc.validateaddress(address)["scriptPubKey"]

    def _oldest_coin(self):
        coins = [coin for coin in self.wallet.listunspent(1) if coin["spendable"] and coin["amount"] > 1]
        return max(coins, key=lambda coin: coin["confirmations"])


def cookie_path(folder):
    return os.path.join(folder, "regtest", ".cookie")


def start_node(program, profile, folder, port, log):
    if os.path.exists(cookie_path(folder)):
        os.unlink(cookie_path(folder))
    return Process([program, f"-datadir={folder}", f"-rpcport={port}", *profile.arguments], log)


def _is_up(process, rpc):
    assert process.is_running(), f"the node ended:\n{process.log_tail()}"
    try:
        rpc.getblockcount()
        return True
    except (OSError, RpcError):
        return False


def _template(stage, profile, program):
    """The folder of a funded, stopped node, made once for all tests of a run."""
    folder = os.path.join(stage.shared, f"node-{profile.name}")
    with open(f"{folder}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(folder):
            _make_template(profile, program, f"{folder}.new")
            os.rename(f"{folder}.new", folder)
    return folder


def _make_template(profile, program, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, mode=0o700)
    port = free_port()
    process = start_node(program, profile, folder, port, f"{folder}.log")
    rpc = Rpc(port, cookie_path(folder))
    wallet = rpc.wallet("payer")
    try:
        wait_until(lambda: _is_up(process, rpc), "the node answers", START_TIMEOUT_S)
        rpc.createwallet("payer")
        _fund(rpc, wallet, profile)
        rpc.close()
        wallet.close()
        process.stop(60)
    finally:
        process.kill()


def _fund(rpc, wallet, profile):
    # Blocks must differ in time, so hundreds of them at once run ahead of the clock: they start in the past.
    rpc.setmocktime(int(time.time()) - FUNDED_BEFORE_S)
    address = wallet.getnewaddress()
    if profile.mweb:
        # The block that starts MWEB is valid only if somebody moves coins into it.
        rpc.generatetoaddress(MWEB_START - 1, address)
        wallet.sendtoaddress(wallet.getnewaddress("", "mweb"), 10)
        rpc.generatetoaddress(10, address)
    else:
        rpc.generatetoaddress(FUNDED_BLOCKS, address)
