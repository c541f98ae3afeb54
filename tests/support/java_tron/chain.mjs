/* SPDX-License-Identifier: MIT */
// The chain of an EVM node (anvil), told as Tron would tell it: blocks that carry their height in their id, transactions
// with contracts in them, and what their execution gave. Blocks that were replaced are still known by their id.

import { sha256, to_41, to_program } from "./address.mjs";
import { block_id, encode_raw, tree_root } from "./wire.mjs";

const WEI_PER_SUN = 10n ** 12n; // a whole coin of the EVM node is one TRX
const TOGETHER = 100;
const BLOCK_VERSION = 31;
const LIFETIME_MS = 60_000;
const FEE_LIMIT_SUN = 100_000_000;
const TYPE_URL = "type.googleapis.com/protocol.";
// A call of these addresses shows as a transaction of a kind that an EVM does not have.
const ASSET_TRANSFER = "0000000000000000000000000000000000001010"; // data: 20 bytes to, 8 amount, the asset's name
const FREEZE = "0000000000000000000000000000000000001011"; // value: how much

function sun_of(wei) {
  return Number(BigInt(wei) / WEI_PER_SUN);
}

function strip(text) {
  return (text ?? "0x").replace(/^0x/, "");
}

function digest_of(hash) {
  return sha256(Buffer.from(strip(hash), "hex")).toString("hex");
}

/** Leaves out what protobuf's JSON leaves out: zeros and empty texts. */
function compact(fields) {
  const is_set = (value) => value !== undefined && value !== 0 && value !== "" && value !== null;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => is_set(value)));
}

export class Chain {
  /** `settings` is read each time: see double.mjs. */
  constructor(node_url, settings) {
    this.url = node_url;
    this.settings = settings;
    this.blocks = []; // the best chain, by height
    this.by_id = new Map(); // replaced ones too
    this.transactions = new Map(); // of the best chain: id -> { block, index }
    this.id_by_hash = new Map(); // the node's hash -> Tron's id
    this.genesis_ms = 0;
    this.under_way = null;
    this.called = 0;
  }

  // ---- the node

  async call(method, ...params) {
    return (await this.call_many([[method, ...params]]))[0];
  }

  async call_many(calls) {
    const body = calls.map(([method, ...params], id) => ({ jsonrpc: "2.0", id, method, params }));
    const answer = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const results = new Map((await answer.json()).map((one) => [one.id, one]));
    return body.map(({ id, method }) => {
      const one = results.get(id);
      if (one.error) throw Object.assign(new Error(`${method}: ${one.error.message}`), { rpc: one.error });
      return one.result;
    });
  }

  /** Catches up with the node. One at a time; whoever comes meanwhile waits for the next. */
  async sync() {
    const mine = (this.under_way ?? Promise.resolve()).catch(() => {}).then(() => this.catch_up());
    this.under_way = mine;
    return mine;
  }

  async catch_up() {
    const head = await this.call("eth_getBlockByNumber", "latest", false);
    const height = Number(head.number);
    while (this.blocks.length > height + 1) this.drop();
    if (this.blocks.length === height + 1 && this.blocks[height].hash === head.hash) return;
    while (this.blocks.length > 0) {
      const known = this.blocks.at(-1);
      const now = await this.call("eth_getBlockByNumber", "0x" + known.number.toString(16), false);
      if (now?.hash === known.hash) break;
      this.drop();
    }
    while (this.blocks.length <= height) {
      if (!(await this.append(height))) return;
    }
  }

  drop() {
    const block = this.blocks.pop();
    for (const tx of block.transactions) this.transactions.delete(tx.txID);
  }

  /** Some more blocks, up to `height`; false if the node's chain has changed meanwhile. */
  async append(height) {
    const first = this.blocks.length;
    const count = Math.min(TOGETHER, height + 1 - first);
    const numbers = Array.from({ length: count }, (_, i) => "0x" + (first + i).toString(16));
    const found = await this.call_many(numbers.map((number) => ["eth_getBlockByNumber", number, true]));
    if (found.some((block) => block === null)) return false;
    const full = found.filter((block) => block.transactions.length > 0);
    const receipts = full.length
      ? await this.call_many(full.map((block) => ["eth_getBlockReceipts", block.hash]))
      : [];
    const by_hash = new Map(full.map((block, i) => [block.hash, receipts[i]]));
    for (const block of found) {
      const parent = this.blocks.at(-1);
      if (parent && parent.hash !== block.parentHash) return false;
      const results = by_hash.get(block.hash) ?? [];
      if (results === null || results.length !== block.transactions.length) return false;
      this.add(await this.told(block, results, parent));
    }
    return true;
  }

  add(block) {
    this.blocks.push(block);
    this.by_id.set(block.blockID, block);
    block.transactions.forEach((tx, index) => this.transactions.set(tx.txID, { block, index }));
  }

  // ---- the best chain

  head() {
    return this.blocks.at(-1);
  }

  /** What no fork may replace any more. */
  solid_number() {
    const { solid_lag, solid_number } = this.settings;
    return Math.max(0, Math.min(this.head().number, solid_number ?? this.head().number - solid_lag));
  }

  solid_head() {
    return this.blocks[this.solid_number()];
  }

  /** Undefined if there is none, or none yet for who asks about the solidified chain. */
  block_at(number, is_solid = false) {
    return is_solid && number > this.solid_number() ? undefined : this.blocks[number];
  }

  transaction(id, is_solid = false) {
    const found = this.transactions.get(id);
    return found && is_solid && found.block.number > this.solid_number() ? undefined : found;
  }

  chain_id() {
    return "0x" + this.blocks[0].blockID.slice(-8);
  }

  // ---- one block

  async told(block, receipts, parent) {
    const number = Number(block.number);
    const timestamp = Number(block.timestamp) * 1000;
    if (number === 0) this.genesis_ms = timestamp;
    const kinds = await Promise.all(block.transactions.map((tx) => this.contract_of(tx)));
    const transactions = block.transactions.map((tx, i) => this.transaction_of(tx, receipts[i], kinds[i]));
    const raw_data = compact({
      number,
      txTrieRoot: tree_root(transactions),
      witness_address: number === 0 ? "" : "41" + digest_of(block.hash).slice(0, 40), // so that no two forks are alike
      parentHash: parent?.blockID ?? "0".repeat(64),
      version: number === 0 ? 0 : BLOCK_VERSION,
      timestamp,
    });
    const own = block_id(raw_data);
    // The chain's id is the end of its first block's, so that one block has an id that is not its hash.
    const blockID = number === 0 ? own.slice(0, -8) + this.settings.chain_id.toString(16).padStart(8, "0") : own;
    const infos = await Promise.all(
      receipts.map((receipt, i) => this.info_of(transactions[i], receipt, number, timestamp)),
    );
    return { number, hash: block.hash, timestamp, blockID, raw_data, transactions, infos };
  }

  async contract_of(tx) {
    const owner_address = to_41(tx.from);
    const data = strip(tx.input);
    const amount = sun_of(tx.value);
    if (tx.to === null) {
      const new_contract = compact({ origin_address: owner_address, bytecode: data, call_value: amount });
      return ["CreateSmartContract", { owner_address, new_contract }];
    }
    const to = to_program(tx.to);
    if (to === ASSET_TRANSFER) {
      const moved = { to_address: to_41(data.slice(0, 40)), amount: Number("0x" + data.slice(40, 56)) };
      return ["TransferAssetContract", { asset_name: data.slice(56), owner_address, ...moved }];
    }
    if (to === FREEZE) return ["FreezeBalanceV2Contract", { owner_address, frozen_balance: amount }];
    if (data === "" && (await this.call("eth_getCode", tx.to, "latest")) === "0x") {
      return ["TransferContract", compact({ amount, owner_address, to_address: to_41(to) })];
    }
    return ["TriggerSmartContract", compact({ data, owner_address, contract_address: to_41(to), call_value: amount })];
  }

  /** The same in each block that holds it: nothing in it comes from the block. */
  transaction_of(tx, receipt, [type, value]) {
    const digest = digest_of(tx.hash);
    const raw_data = {
      contract: [{ parameter: { value, type_url: TYPE_URL + type }, type }],
      ref_block_bytes: digest.slice(0, 4),
      ref_block_hash: digest.slice(4, 20),
      expiration: this.genesis_ms + LIFETIME_MS,
      ...(type.endsWith("SmartContract") ? { fee_limit: FEE_LIMIT_SUN } : {}),
      timestamp: this.genesis_ms,
    };
    const raw = encode_raw(raw_data);
    const txID = sha256(raw).toString("hex");
    this.id_by_hash.set(tx.hash, txID);
    const signature = [strip(tx.r).padStart(64, "0") + strip(tx.s).padStart(64, "0") + "1b"];
    const contractRet = this.settings.contract_ret[txID] ?? this.settings.contract_ret[tx.hash] ?? result_of(tx, receipt);
    return { ret: [{ contractRet }], signature, txID, raw_data, raw_data_hex: raw.toString("hex") };
  }

  async info_of(tx, receipt, number, timestamp) {
    const { contractRet } = tx.ret[0];
    const { type, parameter } = tx.raw_data.contract[0];
    const is_call = type.endsWith("SmartContract");
    const is_good = contractRet === "SUCCESS";
    const created = type === "CreateSmartContract" ? receipt.contractAddress : null;
    const log = is_good && is_call ? receipt.logs.map(log_of) : [];
    const inside = is_call && this.settings.internal_transactions ? await this.internal(tx, receipt) : [];
    return {
      id: tx.txID,
      ...compact({ fee: is_call ? Number(receipt.gasUsed) * 100 : 0, blockNumber: number }),
      blockTimeStamp: timestamp,
      contractResult: [""],
      ...compact({ contract_address: created ? to_41(created) : is_call ? parameter.value.contract_address : "" }),
      receipt: compact({
        energy_usage_total: is_call ? Number(receipt.gasUsed) : 0,
        net_usage: 268,
        result: is_call ? contractRet : "",
      }),
      ...(log.length ? { log } : {}),
      ...(is_good ? {} : { result: "FAILED", resMessage: Buffer.from(`${contractRet} of the double`).toString("hex") }),
      ...(inside.length ? { internal_transactions: inside } : {}),
    };
  }

  /** Only nodes that are told to (vm.saveInternalTx) keep them. */
  async internal(tx, receipt) {
    const top = await this.call("debug_traceTransaction", receipt.transactionHash, { tracer: "callTracer" });
    const found = [];
    const walk = (frame, is_rejected) => {
      for (const one of frame.calls ?? []) {
        const rejected = is_rejected || one.error !== undefined;
        found.push(this.internal_of(tx, one, found.length, rejected));
        walk(one, rejected);
      }
    };
    walk(top, top.error !== undefined);
    return found;
  }

  internal_of(tx, frame, place, rejected) {
    const kinds = { CREATE: "create", CREATE2: "create", SELFDESTRUCT: "suicide" };
    return {
      hash: sha256(Buffer.from(`${tx.txID}/${place}`)).toString("hex"),
      caller_address: to_41(frame.from),
      transferTo_address: to_41(frame.to),
      callValueInfo: [compact({ callValue: sun_of(frame.value ?? "0x0") })],
      note: Buffer.from(kinds[frame.type] ?? "call").toString("hex"),
      ...(rejected ? { rejected: true } : {}),
    };
  }
}

function result_of(tx, receipt) {
  if (receipt.status === "0x1") return "SUCCESS";
  return BigInt(receipt.gasUsed) >= BigInt(tx.gas) ? "OUT_OF_ENERGY" : "REVERT";
}

function log_of(log) {
  return { address: to_program(log.address), topics: log.topics.map(strip), ...compact({ data: strip(log.data) }) };
}
