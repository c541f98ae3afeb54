/* SPDX-License-Identifier: MIT */
// What Tron hashes: the protobuf forms of a block's header and of transactions, and the tree over these. A block's id
// and a transaction's id can be computed again from what the API shows, as on the real chain.

import { sha256 } from "./address.mjs";

const VARINT = 0;
const BYTES = 2;

function varint(value) {
  const out = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return Buffer.from([...out, Number(rest)]);
}

/** A number; left out when it is zero, as proto3 does. */
function number(tag, value) {
  return BigInt(value ?? 0) === 0n ? Buffer.alloc(0) : Buffer.concat([varint((tag << 3) | VARINT), varint(value)]);
}

/** Bytes or a text or an inner message; left out when empty, unless it is an inner message. */
function bytes(tag, value, is_message = false) {
  const data = Buffer.isBuffer(value) ? value : Buffer.from(value ?? "");
  if (data.length === 0 && !is_message) return data;
  return Buffer.concat([varint((tag << 3) | BYTES), varint(data.length), data]);
}

function hex(text) {
  return Buffer.from(text ?? "", "hex");
}

// The numbers of the fields are those of Tron's protocol.
const CONTRACTS = {
  TransferContract: {
    type: 1,
    encode: (v) => [bytes(1, hex(v.owner_address)), bytes(2, hex(v.to_address)), number(3, v.amount)],
  },
  TransferAssetContract: {
    type: 2,
    encode: (v) => [
      bytes(1, hex(v.asset_name)),
      bytes(2, hex(v.owner_address)),
      bytes(3, hex(v.to_address)),
      number(4, v.amount),
    ],
  },
  CreateSmartContract: {
    type: 30,
    encode: (v) => [
      bytes(1, hex(v.owner_address)),
      bytes(
        2,
        Buffer.concat([
          bytes(1, hex(v.new_contract.origin_address)),
          bytes(4, hex(v.new_contract.bytecode)),
          number(5, v.new_contract.call_value),
        ]),
        true,
      ),
    ],
  },
  TriggerSmartContract: {
    type: 31,
    encode: (v) => [
      bytes(1, hex(v.owner_address)),
      bytes(2, hex(v.contract_address)),
      number(3, v.call_value),
      bytes(4, hex(v.data)),
    ],
  },
  FreezeBalanceV2Contract: {
    type: 54,
    encode: (v) => [bytes(1, hex(v.owner_address)), number(2, v.frozen_balance)],
  },
};

export const RESULTS = {
  DEFAULT: 0,
  SUCCESS: 1,
  REVERT: 2,
  ILLEGAL_OPERATION: 8,
  OUT_OF_ENERGY: 10,
  OUT_OF_TIME: 11,
  UNKNOWN: 13,
  TRANSFER_FAILED: 14,
};

/** `raw` as the API shows it. */
export function encode_raw(raw) {
  const { type, parameter } = raw.contract[0];
  const value = Buffer.concat(CONTRACTS[type].encode(parameter.value));
  const any = Buffer.concat([bytes(1, parameter.type_url), bytes(2, value)]);
  return Buffer.concat([
    bytes(1, hex(raw.ref_block_bytes)),
    bytes(4, hex(raw.ref_block_hash)),
    number(8, raw.expiration),
    bytes(11, Buffer.concat([number(1, CONTRACTS[type].type), bytes(2, any, true)]), true),
    number(14, raw.timestamp),
    number(18, raw.fee_limit),
  ]);
}

/** A whole transaction as the API shows it, for the tree. */
export function encode_transaction(tx) {
  const result = number(3, RESULTS[tx.ret[0].contractRet]);
  return Buffer.concat([
    bytes(1, encode_raw(tx.raw_data), true),
    ...tx.signature.map((one) => bytes(2, hex(one))),
    bytes(5, result, true),
  ]);
}

/** The root over the hashes of whole transactions; a node without a neighbour goes up as it is. */
export function tree_root(transactions) {
  let row = transactions.map((tx) => sha256(encode_transaction(tx)));
  if (row.length === 0) return "0".repeat(64);
  while (row.length > 1) {
    const next = [];
    for (let i = 0; i < row.length; i += 2) {
      next.push(i + 1 < row.length ? sha256(Buffer.concat([row[i], row[i + 1]])) : row[i]);
    }
    row = next;
  }
  return row[0].toString("hex");
}

/** `header` is the raw_data of a block's header: eight bytes of height, then the rest of the hash. */
export function block_id(header) {
  const raw = Buffer.concat([
    number(1, header.timestamp),
    bytes(2, hex(header.txTrieRoot)),
    bytes(3, hex(header.parentHash)),
    number(7, header.number),
    bytes(9, hex(header.witness_address)),
    number(10, header.version),
  ]);
  const height = BigInt(header.number ?? 0).toString(16).padStart(16, "0");
  return height + sha256(raw).toString("hex").slice(16);
}
