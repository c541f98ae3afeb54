/* SPDX-License-Identifier: MIT */
// java-tron's JSON-RPC (/jsonrpc): Ethereum's words for Tron's chain, with limits and gaps of its own.

import { to_program } from "./address.mjs";

const POSITIONS_MAX = 4;
const BATCH_MAX = 100;
const ZERO_BLOOM = "0x" + "00".repeat(256);
const ZERO_HASH = "0x" + "00".repeat(32);

function fail(code, message) {
  throw Object.assign(new Error(message), { rpc: { code, message, data: "{}" } });
}

const invalid = (message) => fail(-32602, message);
const hex = (value) => "0x" + BigInt(value).toString(16);

function number_of(chain, tag) {
  if (tag === "latest") return chain.head().number;
  if (tag === "earliest") return 0;
  if (tag === "finalized" && chain.settings.finalized_tag) return chain.solid_number();
  if (tag === "pending") invalid("TAG pending not supported");
  if (!/^0x[0-9a-f]+$/i.test(tag ?? "")) invalid("invalid block number");
  return Number(tag);
}

function latest_only(tag) {
  if (["earliest", "pending", "finalized"].includes(tag)) invalid("TAG [earliest | pending | finalized] not supported");
  if (tag !== "latest") invalid(/^0x[0-9a-f]+$/i.test(tag ?? "") ? "QUANTITY not supported, just support TAG as latest" : "invalid block number");
}

function hash_of(text) {
  if (!/^(0x)?[0-9a-zA-Z]{64}$/.test(text ?? "")) invalid("invalid hash value");
  return text.replace(/^0x/, "").toLowerCase();
}

/** Logs know 20 bytes: with 41 before them an address is refused. */
function filter_address(text, at) {
  const hint = at === undefined ? "invalid address" : `invalid address at index ${at}`;
  const reason = `invalid address: ${text}`;
  if (!/^(0x)?[0-9a-f]{40}$/i.test(text ?? "")) invalid(at === undefined ? `${hint}: ${reason}` : `${hint}: [${reason}]`);
  return to_program(text);
}

function addresses_of(address) {
  if (address === undefined || address === null) return null;
  if (Array.isArray(address)) return address.map((one, i) => filter_address(one, i));
  return typeof address === "string" ? [filter_address(address)] : invalid("invalid addresses in query");
}

function topics_of(topics, topics_max) {
  const list = topics ?? [];
  if (list.length > POSITIONS_MAX) invalid("topics size should be <= 4");
  return list.map((position) => {
    const all = position === null ? [] : [position].flat();
    if (all.length > topics_max) invalid(`exceed max topics: ${topics_max}`);
    if (all.some((one) => !/^(0x)?[0-9a-f]{64}$/i.test(one))) invalid("invalid topic(s): invalid topic");
    return new Set(all.map((one) => one.toLowerCase().replace(/^0x/, "")));
  });
}

/** [from, to] in heights. A block's hash only says which height is meant, even if it has been replaced there. */
function range_of(chain, filter) {
  const { blockHash, fromBlock, toBlock } = filter;
  const { blocks_max } = chain.settings;
  const head = chain.head().number;
  if (blockHash) {
    if (fromBlock || toBlock) invalid("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
    const block = chain.by_id.get(hash_of(blockHash));
    return block ? [block.number, block.number] : invalid("invalid blockHash");
  }
  let from = fromBlock ? number_of(chain, fromBlock) : null;
  const to = toBlock && toBlock !== "latest" ? number_of(chain, toBlock) : Infinity;
  from ??= Math.min(to, head);
  if (from > to) invalid("please verify: fromBlock <= toBlock");
  if (Math.min(to, head) - from > blocks_max) invalid(`exceed max block range: ${blocks_max}`);
  return [from, Math.min(to, head)];
}

function fits(log, addresses, topics) {
  if (addresses?.length && !addresses.includes(log.address)) return false;
  return topics.every((wanted, i) => i < log.topics.length && (wanted.size === 0 || wanted.has(log.topics[i])));
}

function logs_of_block(block) {
  const all = [];
  block.infos.forEach((info, index) => {
    for (const log of info.log ?? []) all.push({ log, id: info.id, index, place: all.length });
  });
  return all;
}

function shown_log(block, { log, id, index, place }) {
  return {
    address: "0x" + log.address,
    blockHash: "0x" + block.blockID,
    blockNumber: hex(block.number),
    data: "0x" + (log.data ?? ""),
    logIndex: hex(place),
    removed: false,
    topics: log.topics.map((topic) => "0x" + topic),
    transactionHash: "0x" + id,
    transactionIndex: hex(index),
  };
}

function logs(chain, [filter]) {
  const addresses = addresses_of(filter.address);
  const { topics_max, results_max, omit } = chain.settings;
  const topics = topics_of(filter.topics, topics_max);
  const [from, to] = range_of(chain, filter);
  const found = [];
  for (let number = from; number <= to && number <= chain.head().number; number++) {
    const block = chain.blocks[number];
    for (const one of logs_of_block(block)) {
      if (!omit.includes(one.id) && fits(one.log, addresses, topics)) found.push(shown_log(block, one));
    }
    if (found.length > results_max) fail(-32005, `query returned more than ${results_max} results`);
  }
  return found;
}

function shown_transaction(block, index) {
  const tx = block.transactions[index];
  const { value } = tx.raw_data.contract[0].parameter;
  const to = value.to_address ?? value.contract_address;
  return {
    blockHash: "0x" + block.blockID,
    blockNumber: hex(block.number),
    from: "0x" + to_program(value.owner_address),
    gas: "0x0",
    gasPrice: "0xd2",
    hash: "0x" + tx.txID,
    input: "0x" + (value.data ?? ""),
    nonce: "0x0000000000000000",
    to: to ? "0x" + to_program(to) : null,
    transactionIndex: hex(index),
    type: "0x0",
    value: hex(value.amount ?? value.call_value ?? 0),
  };
}

function shown_block(block, is_full) {
  if (!block) return null;
  const { raw_data } = block;
  return {
    baseFeePerGas: "0x0",
    difficulty: "0x0",
    extraData: "0x",
    gasLimit: "0x0",
    gasUsed: "0x0",
    hash: "0x" + block.blockID,
    logsBloom: ZERO_BLOOM,
    miner: "0x" + (raw_data.witness_address ? to_program(raw_data.witness_address) : "00".repeat(20)),
    mixHash: ZERO_HASH,
    nonce: "0x0000000000000000",
    number: hex(block.number),
    parentHash: "0x" + raw_data.parentHash,
    receiptsRoot: ZERO_HASH,
    sha3Uncles: ZERO_HASH,
    size: "0x400",
    stateRoot: "0x",
    timestamp: hex(Math.floor(block.timestamp / 1000)),
    totalDifficulty: "0x0",
    transactions: block.transactions.map((tx, i) => (is_full ? shown_transaction(block, i) : "0x" + tx.txID)),
    transactionsRoot: "0x" + raw_data.txTrieRoot,
    uncles: [],
  };
}

function receipt(chain, [hash]) {
  const found = chain.transaction(hash_of(hash));
  if (!found) return null;
  const { block, index } = found;
  const tx = shown_transaction(block, index);
  const { contractRet } = block.transactions[index].ret[0];
  const is_created = block.transactions[index].raw_data.contract[0].type === "CreateSmartContract";
  const mine = logs_of_block(block).filter((one) => one.index === index);
  return {
    blockHash: tx.blockHash,
    blockNumber: tx.blockNumber,
    contractAddress: is_created ? "0x" + to_program(block.infos[index].contract_address) : null,
    cumulativeGasUsed: "0x0",
    effectiveGasPrice: "0xd2",
    from: tx.from,
    gasUsed: hex(block.infos[index].receipt.energy_usage_total ?? 0),
    logs: mine.map((one) => shown_log(block, one)),
    logsBloom: ZERO_BLOOM,
    status: contractRet === "SUCCESS" ? "0x1" : "0x0",
    to: tx.to,
    transactionHash: tx.hash,
    transactionIndex: tx.transactionIndex,
    type: "0x0",
  };
}

async function balance(chain, [address, tag]) {
  latest_only(tag);
  return hex(BigInt(await chain.call("eth_getBalance", "0x" + to_program(address), "latest")) / 10n ** 12n);
}

async function call(chain, [request, tag]) {
  latest_only(tag);
  const from = "0x" + to_program(request.from ?? "00".repeat(20));
  try {
    const asked = { from, to: "0x" + to_program(request.to), data: request.data ?? request.input };
    return await chain.call("eth_call", asked, "latest");
  } catch (error) {
    return error.rpc ? fail(-32000, "REVERT opcode executed") : Promise.reject(error);
  }
}

const METHODS = {
  eth_accounts: () => [],
  eth_blockNumber: (chain) => hex(chain.head().number),
  eth_call: call,
  eth_chainId: (chain) => chain.chain_id(),
  eth_gasPrice: () => "0xd2",
  eth_getBalance: balance,
  eth_getBlockByHash: (chain, [hash, is_full]) => shown_block(chain.by_id.get(hash_of(hash)), is_full),
  eth_getBlockByNumber: (chain, [tag, is_full]) => shown_block(chain.blocks[number_of(chain, tag)], is_full),
  eth_getBlockTransactionCountByHash: (chain, [hash]) => {
    const block = chain.by_id.get(hash_of(hash));
    return block ? hex(block.transactions.length) : null;
  },
  eth_getCode: (chain, [address, tag]) => {
    latest_only(tag);
    return chain.call("eth_getCode", "0x" + to_program(address), "latest");
  },
  eth_getLogs: logs,
  eth_getStorageAt: (chain, [address, slot, tag]) => {
    latest_only(tag);
    return chain.call("eth_getStorageAt", "0x" + to_program(address), slot, "latest");
  },
  eth_getTransactionByHash: (chain, [hash]) => {
    const found = chain.transaction(hash_of(hash));
    return found ? shown_transaction(found.block, found.index) : null;
  },
  eth_getTransactionReceipt: receipt,
  eth_getWork: (chain) => ["0x" + chain.head().blockID, null, null],
  eth_protocolVersion: () => "0x1f",
  eth_syncing: () => false,
  net_listening: () => true,
  net_peerCount: () => "0x8",
  net_version: (chain) => chain.chain_id(),
  web3_clientVersion: () => "TRON/v4.8.0/Linux/Java1.8/GreatVoyage-v4.8.0(double)",
  web3_sha3: (chain, [data]) => chain.call("web3_sha3", data),
};

async function answer_one(chain, request) {
  const { id = null, method, params = [] } = request;
  const told = { jsonrpc: "2.0", id };
  if (!(method in METHODS)) {
    const message = `the method ${method} does not exist/is not available`;
    return { ...told, error: { code: -32601, message, data: "{}" } };
  }
  try {
    return { ...told, result: await METHODS[method](chain, params) };
  } catch (error) {
    return { ...told, error: error.rpc ?? { code: -32603, message: error.message, data: "{}" } };
  }
}

/** The answer to one request or a batch. */
export async function answer_json_rpc(chain, body) {
  if (!Array.isArray(body)) return answer_one(chain, body);
  const refusal = (code, message) => ({ jsonrpc: "2.0", id: null, error: { code, message } });
  if (body.length === 0) return refusal(-32600, "Invalid Request");
  if (body.length > BATCH_MAX) return refusal(-32005, `batch size ${body.length} exceeds the limit ${BATCH_MAX}`);
  return Promise.all(body.map((one) => answer_one(chain, one)));
}
