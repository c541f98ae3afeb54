#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Backups by the command line: made while tilld runs, verified, damaged, restored with tilld stopped.

usage: test_cli_backup.py TILL TILLD VECTORS. Prints TAP.
"""

import os
import subprocess
import sys

from till_runner import DONE, REFUSED, USAGE, has, run_tests, same


def backup(till, name, passphrase="correct horse"):
    return till.bare("backup", name, "--config", till.config, TILL_PASSPHRASE=passphrase)


def test_a_backup_is_one_sound_file_for_our_eyes_only(till):
    ran = backup(till, "one.backup")
    same(ran.status, DONE, ran.err)
    path = f"{till.folder}/one.backup"
    same(os.stat(path).st_mode & 0o777, 0o600)
    same([name for name in os.listdir(till.folder) if name.startswith("one.")], ["one.backup"])
    same(till.bare("verify", path).status, DONE)
    same(till.bare("verify", path, "--key", TILL_PASSPHRASE="correct horse").status, DONE)
    ran = till.bare("verify", path, "--key", TILL_PASSPHRASE="wrong horse")
    same(ran.status, REFUSED)
    has(ran.err, "passphrase does not open the key")
    ran = backup(till, "one.backup")
    same(ran.status, REFUSED)
    has(ran.err, "not overwritten")
    same([name for name in os.listdir(till.folder) if "verify" in name], [])


def test_a_backup_needs_a_passphrase_and_a_place(till):
    has(backup(till, "two.backup", "short").err, "at least 8 characters")
    has(backup(till, "/nowhere/two.backup").err, "/nowhere/two.backup")
    ran = subprocess.run([till.program, "backup", "two.backup", "--config", till.config], capture_output=True,
                         text=True, timeout=60, check=False, stdin=subprocess.DEVNULL, cwd=till.folder,
                         env=till.environment, start_new_session=True)  # no terminal to ask on
    same(ran.returncode, USAGE)
    has(ran.stderr, "TILL_PASSPHRASE")
    same([name for name in os.listdir(till.folder) if name.startswith("two.")], [])


def test_a_damaged_backup_is_noticed(till):
    backup(till, "three.backup")
    with open(f"{till.folder}/three.backup", "rb") as file:
        sound = file.read()
    broken = f"{till.folder}/broken.backup"
    for damaged in (sound[:-1], sound[:5000], sound[:40] + b"?" + sound[41:], sound[:9000] + b"?" + sound[9001:],
                    sound + b"\n", b""):
        with open(broken, "wb") as file:
            file.write(damaged)
        same(till.bare("verify", broken).status, REFUSED, f"{len(damaged)} bytes")


def test_a_restored_instance_hands_nothing_out_again(till):
    shop = till.shop()
    kept = till.invoice(shop)
    same(backup(till, "old.backup").status, DONE)
    lost = [till.done("invoice", "create", shop, "10", "USD", "--crypto", "LTC") for _ in range(3)]
    arguments = ["restore", "old.backup", "--margin", "100", "--config", till.config]
    ran = till.bare(*arguments, TILL_PASSPHRASE="correct horse")
    same(ran.status, REFUSED)
    has(ran.err, "another process")
    till.stop()
    has(till.bare(*arguments, TILL_PASSPHRASE="correct horse").err, "--replace puts it aside")
    ran = till.bare(*arguments, "--replace", TILL_PASSPHRASE="wrong horse")
    same(ran.status, REFUSED)
    has(ran.err, "passphrase")
    ran = till.bare(*arguments, "--replace", TILL_PASSPHRASE="correct horse")
    same(ran.status, DONE, ran.err)
    has(ran.out, "jumps ahead")
    till.start()
    same(till.status(kept), "created")
    same(till.run("invoice", "show", lost[0]["invoice_id"]).status, REFUSED)
    fresh = [till.done("invoice", "create", shop, "10", "USD", "--crypto", "LTC") for _ in range(3)]
    for what in ("invoice_id", "link"):
        same({invoice[what] for invoice in fresh} & {invoice[what] for invoice in lost}, set(), what)
    addresses = {invoice["options"][0]["address"] for invoice in fresh}
    same(addresses & {invoice["options"][0]["address"] for invoice in lost}, set())
    till.done("sandbox", "pay", fresh[0]["invoice_id"])
    till.await_status(fresh[0]["invoice_id"], "paid")


if __name__ == "__main__":
    sys.exit(run_tests(globals()))
