# SPDX-License-Identifier: MIT
"""What the tests on EVM chains stand on: the node and the contracts do what those tests take for granted."""

from support.anvil import WEI, Anvil
from support.evm_abi import TRANSFER_TOPIC, topic_of

PAYEE = "0x00000000000000000000000000000000000a11ce"
OTHER = "0x0000000000000000000000000000000000000b0b"
ZERO = "0x" + "00" * 20


def _transfers(node, txid):
    """[(from, to, units, log index)] of what a transaction's tokens say."""
    return [
        ("0x" + log["topics"][1][26:], "0x" + log["topics"][2][26:], int(log["data"], 16), int(log["logIndex"], 16))
        for log in node.receipt(txid)["logs"]
        if log["topics"][0] == TRANSFER_TOPIC
    ]


def test_tokens_keep_to_the_standard_or_break_it_as_planned(stage):
    node = stage.enter(Anvil(stage))
    usdt, usdc, tusd = (node.deploy(name) for name in ("Usdt", "Usdc", "Tusd"))
    assert [token.call("decimals()") for token in (usdt, usdc, tusd)] == [6, 6, 18]
    assert usdc.call("transfer(address,uint256)", OTHER, 1) == 1
    assert usdt.call("transfer(address,uint256)", OTHER, 1) is None
    usdt.send("setParams(uint256,uint256)", 10, 1_000_000)
    node.mine()
    paid = usdt.pay(PAYEE, 100_000_000)
    minted = usdc.send("mint(address,uint256)", PAYEE, 7)
    node.mine()
    owner = node.accounts[0]
    assert _transfers(node, paid) == [(owner, owner, 100_000, 0), (owner, PAYEE, 99_900_000, 1)]
    assert usdt.balance(PAYEE) == 99_900_000
    assert _transfers(node, minted) == [(ZERO, PAYEE, 7, 2)]
    silent = [usdt.send("issue(uint256)", 5), usdt.send("setBlackListed(address,bool)", PAYEE, True)]
    silent.append(usdt.send("destroyBlackFunds(address)", PAYEE))
    node.mine()
    assert all(node.is_good(txid) and not _transfers(node, txid) for txid in silent)
    assert usdt.balance(PAYEE) == 0
    refused = usdt.pay(PAYEE, 10**18)
    node.mine()
    assert node.receipt(refused)["status"] == "0x0" and not node.receipt(refused)["logs"]


def test_fakes_emit_what_they_are_told(stage):
    node = stage.enter(Anvil(stage))
    fake, item = node.deploy("FakeUsdt"), node.deploy("Collectible")
    topics = [TRANSFER_TOPIC, topic_of(OTHER), topic_of(PAYEE), topic_of(PAYEE)]
    sent = [fake.send("emitRaw(bytes32[],bytes)", topics[:count], b"x" * (count * 8 + 1)) for count in range(5)]
    told = fake.send("emitTransfer(address,address,uint256)", OTHER, PAYEE, 2**256 - 1)
    minted = item.send("mint(address,uint256)", PAYEE, 77)
    node.mine()
    for count, txid in enumerate(sent):
        log = node.receipt(txid)["logs"][0]
        assert (log["topics"], len(log["data"])) == (topics[:count], 2 + 2 * (count * 8 + 1)), log
    assert _transfers(node, told)[0][:3] == (OTHER, PAYEE, 2**256 - 1)
    log = node.receipt(minted)["logs"][0]
    assert (log["topics"][3], log["data"]) == (topic_of(77), "0x")


def test_contracts_pay_in_all_the_ways_they_should(stage):
    node = stage.enter(Anvil(stage))
    payer, usdt, usdc = (node.deploy(name) for name in ("Payer", "Usdt", "Usdc"))
    signatures = {
        "payMany(address[],uint256[])": ([PAYEE, OTHER, PAYEE], [1, 2, 3]),
        "payInsideRevertAndOutside(address,uint256)": (PAYEE, 10),
        "payDeep(address,uint256,uint256)": (PAYEE, 100, 5),
        "payByConstructor(address)": (PAYEE,),
        "payBySelfdestruct(address)": (PAYEE,),
    }
    for signature, arguments in signatures.items():
        payer.send(signature, *arguments, wei=1000)
    failed = payer.send("payInsideRevert(address,uint256)", PAYEE, 10**6, wei=10**6)
    node.mine()
    assert node.balance(PAYEE) == 4 + 10 + 100 + 1000 + 1000 and node.balance(OTHER) == 2
    tree = node.rpc.debug_traceTransaction(failed, {"tracer": "callTracer"})
    assert node.is_good(failed) and "error" not in tree["calls"][0]["calls"][0] and tree["calls"][0]["error"]
    for token in (usdt, usdc):
        token.pay(payer.address, 1000)
    node.mine()
    twice = payer.send("repeatTransfer(address,address,uint256,uint256)", usdt.address, PAYEE, 5, 2)
    none = payer.send("transferInsideRevert(address,address,uint256)", usdc.address, PAYEE, 5)
    node.mine()
    assert [row[2] for row in _transfers(node, twice)] == [5, 5] and usdt.balance(PAYEE) == 10
    assert node.is_good(none) and not _transfers(node, none) and usdc.balance(PAYEE) == 0


def test_a_reorg_moves_a_transfer_to_another_place(stage):
    node = stage.enter(Anvil(stage))
    usdt = node.deploy("Usdt")
    sent = usdt.pay(PAYEE, 5)
    node.mine()
    raw, birth = node.raw(sent), node.height()
    first = usdt.request("transfer(address,uint256)", OTHER, 0, sender=1)
    seen = {node.block(birth)["hash"]}
    for depth in (1, 3, 32):
        node.mine(birth + depth - 1 - node.height())
        node.reorg(depth, [(first, depth - 1), (raw, depth - 1)])
        assert node.height() == birth + depth - 1, depth
        log = node.receipt(sent)["logs"][0]
        assert (int(log["blockNumber"], 16), log["logIndex"]) == (node.height(), "0x1"), log
        seen.add(node.block(birth)["hash"])
        node.reorg(depth, [(raw, 0)])
        log = node.receipt(sent)["logs"][0]
        assert (int(log["blockNumber"], 16), log["logIndex"]) == (birth, "0x0"), log
        seen.add(node.block(birth)["hash"])
    assert len(seen) == 7
    node.reorg(32)
    assert node.receipt(sent) is None and usdt.balance(PAYEE) == 0


def test_the_head_can_go_down_and_a_node_can_come_back(stage):
    node = stage.enter(Anvil(stage, state=True))
    sent = node.pay(PAYEE, "1.5")
    node.mine(5)
    hashes = [node.block(height)["hash"] for height in range(6)]
    node.stop()
    node.start()
    assert [node.block(height)["hash"] for height in range(6)] == hashes
    assert node.is_good(sent) and node.balance(PAYEE) == 3 * WEI // 2
    node.rollback(2)
    assert node.height() == 3 and node.block(4) is None
    assert node.block("safe")["number"] == "0x1" and node.block("finalized")["number"] == "0x0"
    snapshot = node.snapshot()
    node.pay(PAYEE, 1)
    node.mine(3)
    node.revert(snapshot)
    assert node.height() == 3 and node.balance(PAYEE) == 3 * WEI // 2


def test_a_waiting_transaction_can_be_replaced(stage):
    node = stage.enter(Anvil(stage))
    first = node.pay(PAYEE, 1)
    assert node.block("pending", full=True)["transactions"][0]["hash"] == first
    second = node.replace(first, OTHER, 2 * WEI)
    node.mine()
    assert node.receipt(first) is None and node.is_good(second)
    assert (node.balance(PAYEE), node.balance(OTHER)) == (0, 2 * WEI)
    # Whoever has code may refuse, and the money stays with who sent it.
    node.rpc.anvil_setCode(PAYEE, "0x60006000fd")
    refused = node.pay(PAYEE, 1)
    node.mine()
    assert node.receipt(refused)["status"] == "0x0" and node.balance(PAYEE) == 0
