# SPDX-License-Identifier: MIT
"""What the tests on Tron stand on: the double of java-tron says what java-tron says, with its limits, and fails on demand."""

import json
import os
import subprocess

from support.anvil import EvmError, EvmRpc
from support.evm_abi import TRANSFER_TOPIC
from support.java_tron import SOLID_LAG, JavaTron, to_base58, to_hex
from support.stage import REPOSITORY, Skip

FOLDER = os.path.join(REPOSITORY, "tests", "e2e")
PAYEE = to_base58("0x" + "11" * 20)


def test_tronweb_reads_the_double_of_java_tron(stage):
    if not os.path.isdir(os.path.join(FOLDER, "node_modules", "tronweb")):
        raise Skip("npm's tronweb is not installed")
    node = stage.enter(JavaTron(stage))
    usdt = node.deploy("Usdt")
    sent = [node.pay(PAYEE, "12.5"), usdt.pay(to_hex(PAYEE), 5_000_000), usdt.pay(to_hex(PAYEE), 10**30)]
    node.mine()
    block = node.head()
    node.pay(PAYEE, 1, sender=1)
    node.solidify()
    node.set(solid_number=block)
    transfer, token, failed = (node.txid(one) for one in sent)
    expected = {"head": node.head(), "solid": block, "block": block, "payee": PAYEE, "transfer": transfer}
    expected |= {"token": token, "failed": failed, "amount_sun": 12_500_000, "units": 5_000_000}
    # What is not solidified yet is not in the balance.
    ran = subprocess.run(
        ["node", os.path.join(FOLDER, "tron", "check_double.mjs"), node.url, json.dumps(expected)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def _refused(rpc, method, *parameters):
    try:
        answer = rpc.call(method, *parameters)
    except EvmError as error:
        return error.code, error.text
    raise AssertionError(f"{method} answered {answer}")


def test_the_json_rpc_has_the_limits_of_java_tron(stage):
    node = stage.enter(JavaTron(stage))
    rpc = EvmRpc(node.port, "/jsonrpc")
    usdt = node.deploy("Usdt")
    sent = usdt.pay(to_hex(PAYEE), 5)
    node.mine()
    node.set(blocks_max=50)
    node.mine(60)
    block = rpc.eth_getBlockByNumber("0x2", False)
    assert int(block["hash"][:18], 16) == 2 and set(block["logsBloom"]) == set("0x") and int(block["receiptsRoot"], 16) == 0
    assert rpc.eth_chainId() == hex(node.chain_id) and rpc.eth_getBlockByNumber(hex(9999), False) is None
    wanted = {"address": usdt.address, "topics": [TRANSFER_TOPIC]}
    logs = rpc.eth_getLogs({"fromBlock": "0x2", "toBlock": hex(52), **wanted})
    assert [log["transactionHash"] for log in logs] == ["0x" + node.txid(sent)]
    assert rpc.eth_getLogs({"blockHash": block["hash"], **wanted}) == logs
    assert _refused(rpc, "eth_getLogs", {"fromBlock": "0x2", "toBlock": hex(53)}) == (-32602, "exceed max block range: 50")
    assert _refused(rpc, "eth_getLogs", {"fromBlock": "0x3", "toBlock": "0x2"})[1] == "please verify: fromBlock <= toBlock"
    assert _refused(rpc, "eth_getLogs", {"address": "0x41" + usdt.address[2:]})[1].startswith("invalid address")
    assert _refused(rpc, "eth_getLogs", {"topics": [None, None, [f"0x{i:064x}" for i in range(1001)]]})[0] == -32602
    assert _refused(rpc, "eth_getLogs", {"blockHash": "0x" + "77" * 32}) == (-32602, "invalid blockHash")
    for tag in ("pending", "safe"):
        assert _refused(rpc, "eth_getBlockByNumber", tag, False)[0] == -32602, tag
    assert int(rpc.eth_getBlockByNumber("finalized", False)["number"], 16) == node.head() - SOLID_LAG
    assert _refused(rpc, "eth_getTransactionCount", usdt.address, "latest")[0] == -32601
    batch = [{"jsonrpc": "2.0", "id": i, "method": "eth_blockNumber", "params": []} for i in range(101)]
    assert len(json.loads(rpc.post(batch[:100]))) == 100 and json.loads(rpc.post(batch))["error"]["code"] == -32005
    assert json.loads(rpc.post([]))["error"]["code"] == -32600


def test_a_replaced_block_of_tron_is_known_and_its_logs_are_of_another(stage):
    node = stage.enter(JavaTron(stage))
    rpc = EvmRpc(node.port, "/jsonrpc")
    usdt = node.deploy("Usdt")
    sent = usdt.pay(to_hex(PAYEE), 5)
    node.mine()
    old, txid = node.ask("GET", "/wallet/getnowblock"), node.txid(sent)
    node.fork(1, [(node.anvil.raw(sent), 0)])
    new = node.ask("GET", "/wallet/getnowblock")
    assert old["blockID"] != new["blockID"] and node.txid(sent) == txid
    assert rpc.eth_getLogs({"blockHash": "0x" + old["blockID"]})[0]["blockHash"] == "0x" + new["blockID"]
    assert node.ask("POST", "/wallet/getblockbyid", {"value": old["blockID"]})["blockID"] == old["blockID"]
    node.fork(1)
    assert node.ask("POST", "/wallet/gettransactionbyid", {"value": txid}) == {}


def test_the_double_of_java_tron_fails_on_demand(stage):
    node = stage.enter(JavaTron(stage))
    node.mine(30)
    lookup = "/wallet/gettransactioninfobyblocknum"
    assert node.ask("POST", lookup, {"num": 3}) == node.ask("POST", lookup, {"num": 3000}) == []
    assert node.ask("POST", "/wallet/getblockbynum", {"num": 3000}) == {}
    node.fail({"on": "getnowblock", "kind": "error", "times": 1}, {"on": "getnodeinfo", "kind": "status", "status": 429})
    assert "lack of computing resources" in node.ask("GET", "/wallet/getnowblock")["Error"]
    assert node.ask("GET", "/wallet/getnowblock")["blockID"] and "Error" in node.ask("GET", "/wallet/getnodeinfo")
    node.fail()
    node.set(solid_lag=25)
    assert node.height() == 5
    node.set(api_key="k", solid_lag=19)
    assert "Error" in node.ask("GET", "/wallet/getnowblock")
    rpc = EvmRpc(node.port, "/jsonrpc", {"TRON-PRO-API-KEY": "k"})
    assert rpc.eth_blockNumber() == hex(30)
    node.set(api_key=None)
    late = node.pay(PAYEE, 1)
    node.set(contract_ret={late: "OUT_OF_TIME"})
    asset = node.pay_asset(PAYEE, 7, "USDT")
    node.mine()
    info = node.ask("POST", "/wallet/gettransactioninfobyid", {"value": node.txid(late)})
    assert info["result"] == "FAILED", info
    shown = node.ask("POST", "/wallet/gettransactionbyid", {"value": node.txid(asset)})
    assert shown["raw_data"]["contract"][0]["type"] == "TransferAssetContract", shown
    assert node.calls()["/wallet/getnowblock"] > 3
