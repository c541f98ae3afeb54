# SPDX-License-Identifier: MIT
"""BIP 32 and the addresses of P2WPKH, Ethereum and Tron, written from the specifications and slow: an oracle, independent of Till's own.

It also holds private keys, which Till never does: a test can spend what an invoice's address received.
"""

import hashlib
import hmac

from .evm_abi import checksummed, keccak256

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
HARDENED = 2**31
XPUB = bytes.fromhex("0488b21e")
TPUB = bytes.fromhex("043587cf")
WIF_TEST = b"\xef"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def point_add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a == b:
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _doublings(point):
    points = []
    for _ in range(256):
        points.append(point)
        point = point_add(point, point)
    return points


_G_DOUBLINGS = _doublings(G)


def public_point(secret):
    total = None
    for i, point in enumerate(_G_DOUBLINGS):
        if secret >> i & 1:
            total = point_add(total, point)
    return total


def serialize(point):
    return bytes([2 + (point[1] & 1)]) + point[0].to_bytes(32, "big")


def hash160(data):
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def base58check(payload):
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


class Key:
    """An extended private key."""

    def __init__(self, secret, chain_code, depth=0, parent=b"\0\0\0\0", index=0):
        self.secret = secret
        self.chain_code = chain_code
        self.point = public_point(secret)
        self.public = serialize(self.point)
        self._depth = depth
        self._parent = parent
        self._index = index

    @classmethod
    def from_seed(cls, seed):
        made = hmac.new(b"Bitcoin seed", seed, hashlib.sha512).digest()
        return cls(int.from_bytes(made[:32], "big"), made[32:])

    def child(self, index):
        if index >= HARDENED:
            data = b"\0" + self.secret.to_bytes(32, "big")
        else:
            data = self.public
        made = hmac.new(self.chain_code, data + index.to_bytes(4, "big"), hashlib.sha512).digest()
        secret = (int.from_bytes(made[:32], "big") + self.secret) % N
        return Key(secret, made[32:], self._depth + 1, hash160(self.public)[:4], index)

    def path(self, text):
        """`84'/1'/0'`"""
        key = self
        for step in text.split("/"):
            key = key.child(int(step[:-1]) + HARDENED if step.endswith("'") else int(step))
        return key

    def fingerprint(self):
        return hash160(self.public)[:4].hex()

    def extended_public(self, version):
        head = version + bytes([self._depth]) + self._parent + self._index.to_bytes(4, "big")
        return base58check(head + self.chain_code + self.public)

    def program(self):
        """The last twenty bytes of the hash of the point: an address of Ethereum's and of Tron's."""
        return keccak256(b"".join(number.to_bytes(32, "big") for number in self.point))[12:]

    def wif(self):
        return base58check(WIF_TEST + self.secret.to_bytes(32, "big") + b"\x01")

    def p2wpkh(self, prefix):
        return segwit_address(prefix, hash160(self.public))


def _polymod(values):
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, word in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= word if top >> i & 1 else 0
    return check


def segwit_address(prefix, program):
    """BIP 173, version 0."""
    bits = int.from_bytes(program, "big")
    count = len(program) * 8
    padding = -count % 5
    words = [0] + [(bits << padding) >> shift & 31 for shift in range(count + padding - 5, -1, -5)]
    expanded = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    check = _polymod(expanded + words + [0] * 6) ^ 1
    words += [check >> shift & 31 for shift in range(25, -1, -5)]
    return prefix + "1" + "".join(BECH32[word] for word in words)


class Account:
    """m/84'/1'/N' of a seed that belongs to one test: what a merchant's wallet software would hold. `wrap` is the kind
    of its outputs, as a descriptor has it; `address` knows the usual one only."""

    def __init__(self, seed, prefix, number=0, wrap="wpkh({})"):
        self._wrap = wrap
        master = Key.from_seed(hashlib.sha256(seed.encode()).digest())
        self._origin = f"{master.fingerprint()}/84'/1'/{number}'"
        self._account = master.path(f"84'/1'/{number}'")
        self._external = self._account.child(0)
        self._prefix = prefix

    def tpub(self):
        return self._account.extended_public(TPUB)

    def descriptor(self):
        return self._wrap.format(f"[{self._origin}]{self.tpub()}/0/*")

    def private_descriptor(self, index):
        """Of one address, with the key that spends from it."""
        return self._wrap.format(self.wif(index))

    def origin(self):
        """The master's fingerprint and the steps to the account."""
        fingerprint, *steps = self._origin.split("/")
        return fingerprint, [int(step[:-1]) + HARDENED for step in steps]

    def address(self, index):
        return self._external.child(index).p2wpkh(self._prefix)

    def wif(self, index):
        return self._external.child(index).wif()


class EvmAccount:
    """m/44'/60'/0' of a seed that belongs to one test, for all EVM networks; addresses are 0/i below it."""

    path = "44'/60'/0'"

    def __init__(self, seed):
        self._account = Key.from_seed(hashlib.sha256(seed.encode()).digest()).path(self.path)
        self._external = self._account.child(0)

    def xpub(self, is_test=False):
        """Of a test chain it has the version of test keys: its money cannot be mistaken for money."""
        return self._account.extended_public(TPUB if is_test else XPUB)

    def address(self, index):
        return checksummed(self._external.child(index).program())


class TronAccount(EvmAccount):
    """m/44'/195'/0'"""

    path = "44'/195'/0'"

    def address(self, index):
        return base58check(b"\x41" + self._external.child(index).program())
