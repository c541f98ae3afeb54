# SPDX-License-Identifier: MIT
"""What a lying node says of a chain: for NodeProxy.lie.

Clumsy lies leave a block's hash alone and are seen through by whoever computes it. A Forgery is a chain of its own from
some height on, in which every hash fits: one node cannot be caught at it.
"""

import hashlib

from .coins import to_sat


def sha256_twice(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


class HonestLater:
    """Passes everything on; a base for lies about single answers."""

    def answer(self, method, parameters, ask):
        return self.change(method, parameters, ask(method, *parameters))

    def change(self, method, parameters, result):
        return result


class DropsTransaction(HonestLater):
    """Blocks without this transaction, under their own hash."""

    def __init__(self, txid):
        self._txid = txid

    def change(self, method, parameters, result):
        if method == "getblock":
            result["tx"] = [tx for tx in result["tx"] if tx["txid"] != self._txid]
        return result


class DropsLast(HonestLater):
    """Blocks without their last transaction, each under its own hash."""

    def change(self, method, parameters, result):
        if method == "getblock":
            result["tx"] = result["tx"][:-1]
        return result


class RaisesAmount(HonestLater):
    """Blocks in which this script gets ten times as much, under their own hash."""

    def __init__(self, script):
        self._script = script

    def change(self, method, parameters, result):
        if method == "getblock":
            for tx in result["tx"]:
                for output in tx["vout"]:
                    script = output["scriptPubKey"]["hex"]
                    sat = to_sat(round_sat(output["value"]))
                    tx["hex"] = tx["hex"].replace(
                        _output(script, sat).hex(), _output(script, sat * 10 if script == self._script else sat).hex()
                    )
        return result


class ProvesTime(HonestLater):
    """Median times that are hours ahead. No hash holds them."""

    def __init__(self, seconds):
        self._seconds = seconds

    def change(self, method, parameters, result):
        if method in ("getblock", "getblockheader"):
            result["mediantime"] += self._seconds
        return result


class Lags:
    """Knows no block above a height."""

    def __init__(self, height):
        self._height = height

    def answer(self, method, parameters, ask):
        top = ask("getblockhash", self._height)
        if method == "getblockchaininfo":
            return {**ask(method), "bestblockhash": top, "blocks": self._height, "headers": self._height}
        if method == "getblockhash" and parameters[0] > self._height:
            return ask("getblockhash", 10**6)  # out of range, in the node's own words
        if method == "waitfornewblock":
            ask(method, 100)
            return {"hash": top, "height": self._height}
        return ask(method, *parameters)


class Forgery:
    """From `height` on a chain of its own, with the node's blocks as `change(txs)` makes them: it takes and returns the
    transactions of the block at `height` as hex, each without witness. Later blocks are only linked anew."""

    def __init__(self, height, change):
        self._height = height
        self._change = change
        self._forged = {}  # by height
        self._real = {}  # forged hash to real hash

    def answer(self, method, parameters, ask):
        self._follow(ask)
        if method == "getblockchaininfo":
            info = ask(method)
            return {**info, "bestblockhash": self._hash_at(info["blocks"], info["bestblockhash"])}
        if method == "getblockhash":
            return self._hash_at(parameters[0], ask(method, *parameters))
        if method in ("getblock", "getblockheader") and parameters[0] in self._real:
            block = ask("getblock", self._real[parameters[0]], 2)
            return {**block, **self._forged[block["height"]]}
        if method == "waitfornewblock":
            news = ask(method, *parameters)
            self._follow(ask)
            return {"hash": self._hash_at(news["height"], news["hash"]), "height": news["height"]}
        return ask(method, *parameters)

    def _hash_at(self, height, real):
        return self._forged.get(height, {"hash": real})["hash"]

    def _follow(self, ask):
        for height in range(self._height + len(self._forged), ask("getblockcount") + 1):
            block = ask("getblock", ask("getblockhash", height), 2)
            raw = [_without_witness(tx) for tx in block["tx"]]
            if height == self._height:
                raw = self._change(raw)
            parent = self._forged.get(height - 1, {"hash": block["previousblockhash"]})["hash"]
            root = _merkle_root([sha256_twice(bytes.fromhex(tx)) for tx in raw])
            forged = {"tx": [{"hex": tx} for tx in raw], "previousblockhash": parent, "merkleroot": root[::-1].hex()}
            forged["hash"] = _header_hash({**block, **forged})
            self._forged[height] = forged
            self._real[forged["hash"]] = block["hash"]


# ---- changes for a Forgery


def hide(script):
    """Without the transactions that pay this script."""
    return lambda raw: [tx for tx in raw if script not in tx]


def pay(script, amount):
    """With one more transaction, which pays it."""
    coin = bytes(31) + b"\7" + bytes(4) + b"\0" + b"\xff" * 4
    invented = b"\2\0\0\0" + b"\1" + coin + b"\1" + _output(script, to_sat(amount)) + bytes(4)
    return lambda raw: [*raw, invented.hex()]


def change_amount(script, amount, other):
    """With another amount for it."""
    old, new = _output(script, to_sat(amount)).hex(), _output(script, to_sat(other)).hex()
    return lambda raw: [tx.replace(old, new) for tx in raw]


# ---- bytes


def round_sat(value):
    return f"{value:.8f}"


def _output(script, sat):
    data = bytes.fromhex(script)
    return sat.to_bytes(8, "little") + _count(len(data)) + data


def _count(number):
    return bytes([number]) if number < 0xFD else b"\xfd" + number.to_bytes(2, "little")


def _without_witness(tx):
    """A decoded transaction as the bytes that its txid commits to."""
    inputs = b"".join(
        bytes.fromhex(coin.get("txid", "00" * 32))[::-1]
        + coin.get("vout", 0xFFFFFFFF).to_bytes(4, "little")
        + _script(coin.get("coinbase") or coin["scriptSig"]["hex"])
        + coin["sequence"].to_bytes(4, "little")
        for coin in tx["vin"]
    )
    outputs = b"".join(
        _output(one["scriptPubKey"]["hex"], to_sat(round_sat(one["value"]))) for one in tx["vout"]
    )
    raw = (
        (tx["version"] & 0xFFFFFFFF).to_bytes(4, "little")
        + _count(len(tx["vin"]))
        + inputs
        + _count(len(tx["vout"]))
        + outputs
        + tx["locktime"].to_bytes(4, "little")
    )
    assert sha256_twice(raw)[::-1].hex() == tx["txid"], tx["txid"]
    return raw.hex()


def _script(text):
    return _count(len(text) // 2) + bytes.fromhex(text)


def _merkle_root(hashes):
    while len(hashes) > 1:
        hashes = hashes + hashes[-1:] if len(hashes) % 2 else hashes
        hashes = [sha256_twice(hashes[i] + hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def _header_hash(block):
    header = (
        (block["version"] & 0xFFFFFFFF).to_bytes(4, "little")
        + bytes.fromhex(block["previousblockhash"])[::-1]
        + bytes.fromhex(block["merkleroot"])[::-1]
        + block["time"].to_bytes(4, "little")
        + bytes.fromhex(block["bits"])[::-1]
        + block["nonce"].to_bytes(4, "little")
    )
    return sha256_twice(header)[::-1].hex()
