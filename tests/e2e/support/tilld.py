# SPDX-License-Identifier: MIT
"""tilld under test: configured, started, stopped, killed; and `till`, which asks it things."""

import contextlib
import decimal
import http.client
import json
import os
import re
import signal
import subprocess

from .process import Process, tail
from .stage import free_port, wait_until

READY_TIMEOUT_S = 60
COMMAND_TIMEOUT_S = 60
SANITIZER_REPORT = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:")
CONFIG = """\
[http]
listen = 127.0.0.1:{port}
base_url = http://127.0.0.1:{port}
socket = {folder}/till.sock
metrics =

[store]
url = sqlite:{folder}/till.db
key_file = {folder}/till.key

[postback]
allow_http = yes
allow_hosts = {allow_hosts}

[rates]
sources =
fixed.BTC_USD = 60000
fixed.LTC_USD = 80
fixed.ETH_USD = 2500
fixed.TRX_USD = 0.25
fixed.BNB_USD = 600
fixed.USDT_BSC_USD = 1
fixed.USDT_ERC20_USD = 1
fixed.USDC_ERC20_USD = 1
fixed.TUSD_ERC20_USD = 1
fixed.USDT_TRC20_USD = 1
fixed.USDC_TRC20_USD = 1
fixed.TUSD_TRC20_USD = 1

[sandbox]
block_ms = {block_ms}
"""
CHAIN = """
[chain {coin}]
kind = bitcoin
url = http://127.0.0.1:{port}
cookie_file = {cookie}
network = {network}
confirmations = {confirmations}
poll_ms = 100
"""


EVM_CHAIN = """
[chain {coin}]
kind = evm
url = {url}
chain_id = {chain_id}
confirmations = {confirmations}
poll_ms = 100
"""
TRON_CHAIN = """
[chain tron]
kind = tron
url = {url}
chain_id = {chain_id}
confirmations = {confirmations}
poll_ms = 100
"""


class TillRefused(Exception):
    """`till` ended with another status than 0."""

    def __init__(self, arguments, status, text):
        super().__init__(f"till {' '.join(arguments)}: exit status {status}: {text}")
        self.status = status
        self.text = text


def chain_of(node, confirmations=1, network="regtest", port=None):
    """A [chain X] section that follows this node."""
    return CHAIN.format(
        coin=node.coin,
        port=port or node.port,
        cookie=node.cookie_path,
        network=network,
        confirmations=confirmations,
    )


def evm_chain_of(node, tokens, confirmations=1, url=None, more=""):
    """A [chain X] section that follows this anvil. `tokens` is {code: (contract, decimals)}; `url` may be several."""
    text = EVM_CHAIN.format(
        coin=node.coin, url=url or node.url, chain_id=node.chain_id, confirmations=confirmations
    )
    return text + _tokens_of(tokens) + more


def tron_chain_of(node, tokens, confirmations=1, api_key=None, url=None, more=""):
    """A [chain tron] section that follows this double."""
    text = TRON_CHAIN.format(url=url or node.url, chain_id=node.chain_id, confirmations=confirmations)
    return text + _tokens_of(tokens) + (f"api_key = {api_key}\n" if api_key else "") + more


def _tokens_of(tokens):
    return "".join(f"token.{code} = {contract}:{decimals}\n" for code, (contract, decimals) in tokens.items())


class Tilld:
    """Opened by `stage.enter(Tilld(stage, ...))`, which starts it. `allow` lists the ports of merchants on loopback
    (or HOST:PORT). `wrapper` is a command that starts it in its own way, keeping its pid."""

    def __init__(self, stage, chains=(), allow=(), block_ms=50, name="till", will_be_ready=True, wrapper=()):
        self._stage = stage
        self.folder = stage.make_folder(name)
        self.port = free_port()
        self.config = os.path.join(self.folder, "till.ini")
        self.log = stage.path(f"{name}.log")
        self._process = None
        self._chains = list(chains)
        self._allow = list(allow)
        self._block_ms = block_ms
        self._will_be_ready = will_be_ready
        self._wrapper = list(wrapper)

    def __enter__(self):
        if self._will_be_ready:
            self.start()
        else:
            self.launch()
            self.wait_serving()
        return self

    def __exit__(self, failure, *_):
        """A test that went well also ends well: in order, and without a word from the sanitizers."""
        if self._process is None:
            return
        try:
            if failure is None and self._process.is_running():
                self.stop()
            self.check_log()
        finally:
            self._process.kill()

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self._process.pid

    # ---- the program

    def configure(self, chains=None, allow=None):
        """Changes what the next start reads."""
        self._chains = self._chains if chains is None else list(chains)
        self._allow = self._allow if allow is None else list(allow)

    def write_config(self):
        allow_hosts = ",".join(host if isinstance(host, str) else f"127.0.0.1:{host}" for host in self._allow)
        text = CONFIG.format(port=self.port, folder=self.folder, allow_hosts=allow_hosts, block_ms=self._block_ms)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text + "".join(self._chains))

    def launch(self):
        """Starts it without waiting for anything."""
        self.write_config()
        self._process = Process([*self._wrapper, self._stage.program("tilld"), "--config", self.config], self.log)

    def wait_serving(self):
        """Until it answers, whatever it thinks of its nodes."""
        wait_until(lambda: self.ended() or self.ask_status("/healthz") == 200, "tilld answers", READY_TIMEOUT_S)

    def start(self):
        self.launch()
        wait_until(self.is_ready, "tilld is ready", READY_TIMEOUT_S)

    def is_ready(self):
        assert self._process.is_running(), f"tilld ended with status {self._process.exit_status()}"
        return self.ask_status("/readyz") == 200

    def ask_status(self, path):
        """The HTTP status of a page, or None when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def stop(self):
        """As an operator does; must end well."""
        status = self._process.stop()
        assert status == 0, f"tilld ended with status {status}"
        self.check_log()

    def wait_delivered(self):
        """Until it has noted that every postback was taken: whoever has one may be quicker."""
        wait_until(
            lambda: all(one["state"] == "delivered" for one in self.till("delivery", "list")["deliveries"]),
            "all that was sent is noted",
        )

    def kill(self):
        """As a power cut does."""
        self._process.kill()

    def restart(self):
        self.stop()
        self.start()

    def ended(self):
        """The last line of a tilld that has ended by itself, refusing; None while it runs."""
        if self._process.is_running():
            return None
        assert self._process.exit_status() == 1, f"tilld ended with status {self._process.exit_status()}, not refusing"
        return tail(self.log, 1).strip()

    @contextlib.contextmanager
    def frozen(self):
        """Does not run at all for a while, so that what happens meanwhile is seen all at once."""
        self._process.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send(signal.SIGCONT)

    def check_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            found = [line for line in file if SANITIZER_REPORT.search(line)]
        assert not found, f"a sanitizer complained: {found[0]}"

    # ---- the operator

    def till(self, *arguments, environment=None):
        """Runs `till` and returns what it prints with --json."""
        return json.loads(self._print("--json", *arguments, environment=environment), parse_float=decimal.Decimal)

    def show(self, *arguments):
        """What `till` prints for a person."""
        return self._print(*arguments)

    def _print(self, *arguments, environment=None):
        arguments = [str(argument) for argument in arguments]
        ran = subprocess.run(
            [self._stage.program("till"), "--config", self.config, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            env={**os.environ, **(environment or {})},
            check=False,
        )
        if ran.returncode != 0:
            raise TillRefused(arguments, ran.returncode, (ran.stderr + ran.stdout).strip())
        return ran.stdout

    def invoice(self, uuid):
        return self.till("invoice", "show", uuid)

    def chain(self, network):
        for row in self.till("chain", "status")["chains"]:
            if row["network"] == network:
                return row
        raise AssertionError(f"tilld does not follow {network}")

    def wait_for_height(self, node):
        """Until it has taken in the node's last block."""
        wait_until(
            lambda: self.chain(node.coin).get("height") == node.height(), f"tilld reaches the tip of {node.coin}"
        )
