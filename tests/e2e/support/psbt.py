# SPDX-License-Identifier: MIT
"""Reads partially signed transactions, written from BIP 174 and independent of Till's own writer."""

import base64
import hashlib

MAGIC = b"psbt\xff"


class Reader:
    def __init__(self, data):
        self._data = data
        self._at = 0

    def take(self, size):
        assert self._at + size <= len(self._data), "the bytes end too early"
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def count(self):
        first = self.number(1)
        return first if first < 0xFD else self.number({0xFD: 2, 0xFE: 4, 0xFF: 8}[first])

    def text(self):
        return self.take(self.count())

    def is_over(self):
        return self._at == len(self._data)


class Transaction:
    """Without witnesses, as a PSBT holds it."""

    def __init__(self, data):
        reader = Reader(data)
        self.txid = hashlib.sha256(hashlib.sha256(data).digest()).digest()[::-1].hex()
        self.version = reader.number(4)
        self.inputs = []
        for _ in range(reader.count()):
            outpoint = (reader.take(32)[::-1].hex(), reader.number(4))
            self.inputs.append((outpoint, reader.text(), reader.number(4)))
        self.outputs = [(reader.number(8), reader.text().hex()) for _ in range(reader.count())]
        self.lock_time = reader.number(4)
        assert reader.is_over(), "bytes behind the transaction"


class Psbt:
    """`inputs` and `outputs` are maps from (type, key data) to values."""

    def __init__(self, data):
        reader = Reader(data)
        assert reader.take(len(MAGIC)) == MAGIC, data[:8]
        general = _map(reader)
        self.tx = Transaction(general.pop((0, b"")))
        assert not general, general
        self.inputs = [_map(reader) for _ in self.tx.inputs]
        self.outputs = [_map(reader) for _ in self.tx.outputs]
        self.base64 = base64.b64encode(data).decode()
        assert reader.is_over(), "bytes behind the maps"

    @classmethod
    def from_base64(cls, text):
        return cls(base64.b64decode(text, validate=True))

    def outpoints(self):
        return {outpoint for outpoint, _, _ in self.tx.inputs}

    def check_unsigned(self):
        """What the specification demands of what a creator and updater made."""
        for outpoint, script, sequence in self.tx.inputs:
            assert script == b"" and sequence == 0xFFFFFFFD, outpoint
        for (outpoint, _, _), fields in zip(self.tx.inputs, self.inputs):
            kinds = {kind for kind, _ in fields}
            assert kinds <= {0x00, 0x01, 0x04, 0x06, 0x16, 0x17}, kinds
            assert 0x00 in kinds or 0x01 in kinds, "no output to sign for"
            if (0, b"") in fields:
                assert Transaction(fields[0, b""]).txid == outpoint[0]

    def paths(self, kind):
        """[(key data, fingerprint, steps)] of the derivations in all inputs."""
        found = []
        for fields in self.inputs:
            for (type_, key), value in fields.items():
                if type_ == kind:
                    steps = [int.from_bytes(value[i : i + 4], "little") for i in range(4, len(value), 4)]
                    found.append((key, value[:4].hex(), steps))
        return found


def _map(reader):
    fields = {}
    while size := reader.count():
        key = reader.take(size)
        assert (key[0], key[1:]) not in fields, "a key stands twice"
        fields[key[0], key[1:]] = reader.text()
    return fields
