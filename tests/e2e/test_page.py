# SPDX-License-Identifier: MIT
"""The payer's page in a real browser (page/live.mjs): on a test invoice that the sandbox pays, and as the gallery has it."""

import json
import os
import shutil
import subprocess

from support.bip32 import checksummed
from support.receiver import Receiver
from support.shop import Shop
from support.stage import REPOSITORY, Skip
from support.tilld import Tilld
from support.token_world import EvmWorld, units_of

SCRIPT = os.path.join(REPOSITORY, "tests", "e2e", "page", "live.mjs")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def _scenario(*names):
    def mark(test):
        test.profiles = names
        return test

    return mark


def _check_tools():
    if not os.access(CHROMIUM, os.X_OK):
        raise Skip(f"{CHROMIUM} is not installed")
    if not os.path.isdir(os.path.join(REPOSITORY, "tests", "e2e", "node_modules", "playwright-core")):
        raise Skip("npm's playwright-core is not installed")
    if shutil.which("zbarimg") is None:
        raise Skip("zbarimg (zbar-tools) is not installed")


def _look(stage, scenario, url, other_url=""):
    looked = subprocess.run(
        ["node", SCRIPT, scenario, url, other_url, stage.folder],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "HOME": stage.folder},
    )
    assert looked.returncode == 0, f"{scenario}: {looked.stderr}"


@_scenario(
    "turns_to_paid",
    "asks_for_the_rest",
    "comes_too_late",
    "copies",
    "works_without_script",
    "policy_holds",
    "fits_small_screens",
)
def test_the_page_in_a_browser(stage, scenario):
    _check_tools()
    tilld = stage.enter(Tilld(stage, block_ms=300))
    shop = Shop(tilld, "Bücher & Tee", test=True)
    invoice = shop.create(25, "LTC")
    _look(stage, scenario, f"{tilld.base_url}/{invoice.id}")


def test_a_tokens_page_has_the_address_and_the_uri_as_codes(stage):
    _check_tools()
    gallery = stage.program("tests/support/page_gallery")
    subprocess.run([gallery, stage.folder], stdout=subprocess.DEVNULL, timeout=120, check=True)
    _look(stage, "holds_two_codes", f"file://{stage.folder}/token.en.html")


def test_the_second_code_asks_a_wallet_for_the_very_payment(stage):
    _check_tools()
    world = EvmWorld(stage)
    token, coin = world.create("12.34", "TUSD_ERC20"), world.create("12.34", "ETH")
    wanted = {
        token: {
            "scheme": "ethereum",
            "target_address": checksummed(bytes.fromhex(world.tokens["TUSD"].address[2:])),
            "chain_id": str(world.node.chain_id),
            "function_name": "transfer",
            "parameters": {"address": token.address, "uint256": str(units_of("TUSD_ERC20", token.amount))},
        },
        coin: {
            "scheme": "ethereum",
            "target_address": coin.address,
            "chain_id": str(world.node.chain_id),
            "parameters": {"value": str(units_of("ETH", coin.amount))},
        },
    }
    for invoice, uri in wanted.items():
        _look(stage, "names_what_is_asked", f"{world.tilld.base_url}/{invoice.id}", json.dumps(uri))


def test_a_shop_may_frame_the_page_and_strangers_may_not(stage):
    _check_tools()
    site = stage.enter(Receiver())
    tilld = stage.enter(Tilld(stage))
    shop = Shop(tilld, test=True)
    tilld.till("shop", "set", shop.id, f"success_url=http://127.0.0.1:{site.port}/thanks")
    invoice = shop.create(25, "LTC")
    _look(stage, "frames_where_it_may", f"{tilld.base_url}/{invoice.id}", f"http://127.0.0.1:{site.port}/")
