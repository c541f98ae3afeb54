# SPDX-License-Identifier: MIT
"""An old copy of the store comes back: nothing is handed out twice, and what happened since is found on the chain."""

import glob
import os
import shutil

from support.marks import on
from support.stage import wait_until
from support.tilld import TillRefused
from support.world import World

SINCE = 5


def _copy_store(tilld, name):
    """What an operator copies by hand while tilld is stopped."""
    copy = os.path.join(tilld.folder, name)
    os.mkdir(copy)
    for path in glob.glob(f"{tilld.folder}/till.db*") + glob.glob(f"{tilld.folder}/till.key"):
        shutil.copy2(path, copy)
    return copy


def _put_back(tilld, copy, keep_bounds):
    for path in glob.glob(f"{tilld.folder}/till.db*"):
        if not (keep_bounds and path.endswith(".bounds")):
            os.unlink(path)
    for path in glob.glob(f"{copy}/till.db*"):
        if not (keep_bounds and path.endswith(".bounds")):
            shutil.copy2(path, tilld.folder)


def _an_old_copy_comes_back(world, keep, put_back):
    """`keep` makes a copy and leaves tilld running, `put_back` brings it back and leaves tilld stopped."""
    paid_before, paid_since = world.create(), world.create()
    world.node.pay(paid_before.address, paid_before.amount)
    world.node.mine()
    world.expect_paid(paid_before)
    keep()
    forgotten = [world.create() for _ in range(SINCE)]
    for invoice in (paid_since, forgotten[0]):
        world.node.pay(invoice.address, invoice.amount)
    world.node.mine(2)
    world.expect_paid(paid_since)
    world.expect_paid(forgotten[0])
    put_back()
    world.tilld.start()

    # What happened since is found on the chain, and announced by the same event.
    world.shop.wait_status(paid_since, "paid")
    assert world.shop.status(paid_before) == "paid"
    wait_until(lambda: len(world.receiver.postbacks(paid_since)) == 2, "the shop is told again")
    assert len({postback.event_id for postback in world.receiver.postbacks(paid_since)}) == 1
    fresh = [world.create() for _ in range(SINCE)]
    issued = [paid_before, paid_since, *forgotten]
    assert not {one.uuid for one in fresh} & {one.uuid for one in issued}, "an INV was issued again"
    assert not {one.address for one in fresh} & {one.address for one in issued}, "an address was issued again"
    for one in fresh:
        world.index(one)
    # Money to an address that the store has forgotten goes to nobody else.
    world.node.pay(forgotten[1].address, forgotten[1].amount)
    world.node.pay(fresh[0].address, fresh[0].amount)
    world.node.mine()
    world.expect_paid(fresh[0])
    for invoice in forgotten[1:]:
        assert not world.receiver.postbacks(invoice)
    for invoice in fresh[1:]:
        assert world.shop.status(invoice) == "created"


def _an_old_copy_is_put_back_by_hand(stage, profile, keep_bounds):
    world = World(stage, profile)
    tilld = world.tilld
    copies = []

    def keep():
        tilld.stop()
        copies.append(_copy_store(tilld, "copy"))
        tilld.start()

    def put_back():
        tilld.stop()
        _put_back(tilld, copies[0], keep_bounds)

    _an_old_copy_comes_back(world, keep, put_back)


@on("ltc", "btc")
def test_an_old_copy_of_the_whole_store_issues_nothing_twice(stage, profile):
    _an_old_copy_is_put_back_by_hand(stage, profile, keep_bounds=False)


def test_an_old_copy_of_the_database_beside_newer_bounds_issues_nothing_twice(stage):
    _an_old_copy_is_put_back_by_hand(stage, "ltc", keep_bounds=True)


@on("ltc", "btc")
def test_a_restored_backup_issues_nothing_twice(stage, profile):
    world = World(stage, profile)
    backup = stage.path("till.backup")
    passphrase = {"TILL_PASSPHRASE": "correct horse battery staple"}

    def keep():
        world.tilld.till("backup", backup, environment=passphrase)
        assert world.tilld.till("verify", backup)["sound"]

    def put_back():
        world.tilld.stop()
        world.tilld.till("restore", backup, "--replace", environment=passphrase)

    _an_old_copy_comes_back(world, keep, put_back)


def test_a_backup_restored_on_another_machine_knows_its_shops_and_keys(stage):
    world = World(stage, "ltc")
    invoice = world.create()
    backup = stage.path("till.backup")
    passphrase = {"TILL_PASSPHRASE": "correct horse battery staple"}
    world.tilld.till("backup", backup, environment=passphrase)
    world.tilld.kill()
    # Nothing is left but the file and the passphrase.
    for path in glob.glob(f"{world.tilld.folder}/till.db*") + glob.glob(f"{world.tilld.folder}/till.key"):
        os.unlink(path)
    try:
        world.tilld.till("restore", backup, environment={"TILL_PASSPHRASE": "wrong"})
        raise AssertionError("any passphrase will do")
    except TillRefused as refused:
        assert refused.status == 1, refused
    world.tilld.till("restore", backup, environment=passphrase)
    world.tilld.start()
    world.node.pay(invoice.address, invoice.amount)
    world.node.mine()
    world.expect_paid(invoice)
