/* SPDX-License-Identifier: MIT */
// check_double.mjs URL EXPECTED: reads the double of java-tron with tronweb, a client that is not ours, and computes ids
// again with the protobuf that tronweb brings. EXPECTED is JSON: {head, solid, block, payee, transfer, token, failed, amount_sun, units}.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { TronWeb, utils } from "tronweb";

import { block_id } from "../../support/java_tron/wire.mjs";

const require = createRequire(import.meta.url);
const protocol = require("../node_modules/tronweb/lib/commonjs/protocol/core/Tron_pb.cjs");
const { BinaryWriter } = require("google-protobuf");
const [, , url, text] = process.argv;
const expected = JSON.parse(text);
const tron = new TronWeb({ fullHost: url });
const sha256 = (data) => createHash("sha256").update(data).digest();

function id_of(header) {
  const raw = new BinaryWriter();
  raw.writeInt64(1, header.timestamp);
  raw.writeBytes(2, Buffer.from(header.txTrieRoot, "hex"));
  raw.writeBytes(3, Buffer.from(header.parentHash, "hex"));
  raw.writeInt64(7, header.number);
  raw.writeBytes(9, Buffer.from(header.witness_address, "hex"));
  if (header.version) raw.writeInt32(10, header.version);
  return header.number.toString(16).padStart(16, "0") + sha256(raw.getResultBuffer()).toString("hex").slice(16);
}

/** One transaction alone is its own tree; it holds what was signed as it came. */
function root_of_one(tx) {
  const whole = new protocol.Transaction();
  whole.setRawData(protocol.Transaction.raw.deserializeBinary(Buffer.from(tx.raw_data_hex, "hex")));
  whole.setSignatureList(tx.signature.map((one) => Buffer.from(one, "hex")));
  const result = new protocol.Transaction.Result();
  result.setContractret(protocol.Transaction.Result.contractResult[tx.ret[0].contractRet]);
  whole.addRet(result);
  return sha256(whole.serializeBinary()).toString("hex");
}

const real = JSON.parse(readFileSync(new URL("../../vectors/nodes/tron_blocks.json", import.meta.url)));
for (const { blockID, raw_data } of real.headers) {
  assert.equal(block_id(raw_data), blockID);
  assert.equal(id_of(raw_data), blockID);
}
assert.equal(root_of_one(real.block.transactions[0]), real.block.block_header.raw_data.txTrieRoot);

const head = await tron.trx.getCurrentBlock();
assert.equal(head.block_header.raw_data.number, expected.head);
const solid = await tron.trx.getConfirmedCurrentBlock();
assert.equal(solid.block_header.raw_data.number, expected.solid);

const blocks = [];
for (let number = expected.block - 1; number <= expected.head; number++) blocks.push(await tron.trx.getBlock(number));
for (const [i, block] of blocks.entries()) {
  assert.equal(block.blockID, id_of(block.block_header.raw_data), `the id of block ${i}`);
  if (i > 0) assert.equal(block.block_header.raw_data.parentHash, blocks[i - 1].blockID);
  assert.equal((await tron.trx.getBlock(block.blockID)).block_header.raw_data.number, expected.block - 1 + i);
  const { transactions = [] } = block;
  if (transactions.length === 1) assert.equal(block.block_header.raw_data.txTrieRoot, root_of_one(transactions[0]));
  for (const tx of transactions) {
    assert.ok(utils.transaction.txCheck(tx), `the id of ${tx.txID}`);
    assert.equal(sha256(Buffer.from(tx.raw_data_hex, "hex")).toString("hex"), tx.txID);
  }
}
assert.ok(blocks.some((block) => block.transactions?.length === 1));
await assert.rejects(tron.trx.getBlock(expected.head + 1), /Block not found/);

const transfer = await tron.trx.getTransaction(expected.transfer);
const paid = transfer.raw_data.contract[0];
assert.equal(paid.type, "TransferContract");
assert.equal(paid.parameter.value.amount, expected.amount_sun);
assert.equal(TronWeb.address.fromHex(paid.parameter.value.to_address), expected.payee);
assert.equal(transfer.ret[0].contractRet, "SUCCESS");
assert.equal((await tron.trx.getConfirmedTransaction(expected.transfer)).txID, expected.transfer);
assert.equal(await tron.trx.getBalance(expected.payee), expected.amount_sun);

const info = await tron.trx.getTransactionInfo(expected.token);
assert.equal(info.blockNumber, expected.block);
assert.equal(info.receipt.result, "SUCCESS");
assert.equal(TronWeb.address.fromHex("41" + info.log[0].topics[2].slice(24)), expected.payee);
assert.equal(BigInt("0x" + info.log[0].data), BigInt(expected.units));
assert.equal(info.contract_address, "41" + info.log[0].address);
const failed = await tron.trx.getUnconfirmedTransactionInfo(expected.failed);
assert.deepEqual([failed.result, failed.receipt.result, failed.log], ["FAILED", "REVERT", undefined]);

const decimals = await tron.transactionBuilder.triggerConstantContract(info.contract_address, "decimals()", {}, [], expected.payee);
assert.equal(BigInt("0x" + decimals.constant_result[0]), 6n);
const node = await tron.trx.getNodeInfo();
assert.match(node.solidityBlock, new RegExp(`^Num:${expected.solid},ID:0{8}`));
