#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""address_vectors.py VECTORS.json OUT_gen.h [evm]: the Bitcoin and Litecoin vectors as C tables, or Ethereum's and Tron's."""

import json
import sys

NETWORKS = {"mainnet": "main", "testnet": "testnet", "regtest": "regtest"}
CHAINS = {"BTC": "btc", "LTC": "ltc"}


def row_of(*fields):
    return "    {" + ", ".join(json.dumps(field) for field in fields) + "},"


def accounts(vectors):
    for wallet in vectors["wallets"]:
        for account in wallet["accounts"]:
            if account["chain"] in CHAINS:
                yield wallet, account


def tables(vectors):
    account_rows, key_rows, address_rows = [], [], []
    for number, (wallet, account) in enumerate(accounts(vectors)):
        origin = wallet["master_fingerprint"] + account["path"][1:].replace("'", "h")
        account_rows.append(
            row_of(CHAINS[account["chain"]], NETWORKS[account["network"]], account["kind"], origin)
        )
        for prefix, key in account["keys"].items():
            key_rows.append(row_of(number, prefix, key))
        for branch, name in enumerate(("external", "change")):
            for vector in account[name]:
                address_rows.append(
                    row_of(number, branch, vector["index"], vector["address"], vector["script"], vector["pubkey"])
                )
    refused = [
        row_of(CHAINS[vector["chain"]], vector["address"], vector["why"])
        for vector in vectors["invalid"]
        if vector["chain"] in CHAINS
    ]
    return {
        "account_vectors": ("struct account_vector", account_rows),
        "key_vectors": ("struct key_vector", key_rows),
        "address_vectors": ("struct address_vector", address_rows),
        "refused_vectors": ("struct refused_vector", refused),
    }


def evm_tables(vectors):
    chains = {"ETH": "eth", "TRX": "tron"}
    accounts = [
        (chains[account["chain"]], account) for wallet in vectors["wallets"] for account in wallet["accounts"]
        if account["chain"] in chains
    ]
    addresses = [
        row_of(chain, account["keys"]["xpub"], vector["index"], vector["address"], vector["pubkey"])
        for chain, account in accounts for vector in account["external"]
    ]
    refused = [
        row_of(chains[vector["chain"]], vector["address"], vector["why"])
        for vector in vectors["invalid"] if vector["chain"] in chains
    ]
    return {
        "evm_vectors": ("struct evm_vector", addresses),
        "refused_vectors": ("struct refused_vector", refused),
    }


def main():
    source, target = sys.argv[1:3]
    chosen = evm_tables if sys.argv[3:] == ["evm"] else tables
    with open(source, encoding="utf-8") as file:
        vectors = json.load(file)
    with open(target, "w", encoding="utf-8") as file:
        file.write("/* SPDX-License-Identifier: MIT */\n/* Made by tests/support/address_vectors.py. */\n")
        for name, (kind, rows) in chosen(vectors).items():
            file.write(f"\nstatic const {kind} {name}[] = {{\n" + "\n".join(rows) + "\n};\n")


main()
