# SPDX-License-Identifier: MIT
"""Transfers that Till wrote down, signed by ethers with the wallet's words and sent to a node."""

import hashlib
import json
import os
import subprocess

from .bip32 import TPUB, Key
from .stage import REPOSITORY

_SIGN = os.path.join(REPOSITORY, "tests", "e2e", "evm", "sign_transfers.mjs")
_WORDS = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"


def tpub_of_words():
    seed = hashlib.pbkdf2_hmac("sha512", _WORDS.encode(), b"mnemonic", 2048)
    return Key.from_seed(seed).path("44'/60'/0'").extended_public(TPUB)


def sign(file, home=""):
    """The raw transactions; a sweep's go `home`."""
    ran = subprocess.run(
        ["node", _SIGN, file, home, _WORDS],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def send(node, raws):
    """Each is mined, and does what it should."""
    txids = [node.rpc.eth_sendRawTransaction(raw) for raw in raws]
    node.mine(2)
    assert all(node.is_good(txid) for txid in txids), txids
    return txids
