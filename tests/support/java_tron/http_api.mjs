/* SPDX-License-Identifier: MIT */
// java-tron's HTTP API, as far as a watcher of payments needs it: /wallet/... sees the head, /walletsolidity/... what is
// solidified. Whatever goes wrong, the status is 200; what is not there is {} or [].

import { from_base58, sha256, to_41, to_base58, to_program } from "./address.mjs";

const LIMIT_NEXT = 100;
const ADDRESS_FIELDS = new Set([
  "owner_address",
  "to_address",
  "contract_address",
  "witness_address",
  "origin_address",
  "caller_address",
  "transferTo_address",
]);

/** With "visible" all addresses are in base58, and those of logs grow their missing prefix. */
function made_visible(value, key = "") {
  if (Array.isArray(value)) return value.map((one) => made_visible(one, key));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, made_visible(one, name === "address" ? "owner_address" : name)]),
    );
  }
  return ADDRESS_FIELDS.has(key) ? to_base58(value) : value;
}

function shown(block) {
  const { number } = block.raw_data;
  const witness_signature = sha256(Buffer.from(block.blockID)).toString("hex").repeat(2) + "00";
  return {
    blockID: block.blockID,
    block_header: { raw_data: block.raw_data, ...(number ? { witness_signature } : {}) },
    ...(block.transactions.length ? { transactions: block.transactions } : {}),
  };
}

function refuse(kind, text) {
  throw Object.assign(new Error(text), { java: `class ${kind}` });
}

function number_of(value) {
  const number = Number(value);
  if (value === undefined || value === "") return 0; // as protobuf reads a missing field
  if (!Number.isSafeInteger(number)) refuse("com.google.protobuf.ParseException", `1:8: Couldn't parse integer: ${value}`);
  return number;
}

function address_of(text, visible) {
  const found = visible ? from_base58(text ?? "") : /^41[0-9a-fA-F]{40}$/.test(text ?? "") && text.toLowerCase();
  if (!found) refuse("org.bouncycastle.util.encoders.DecoderException", "exception decoding Hex string: invalid address");
  return found;
}

function block_by_id(chain, { value }, is_solid) {
  const block = chain.by_id.get(value);
  return block && !(is_solid && block.number > chain.solid_number()) ? shown(block) : {};
}

function block_by_number(chain, { num }, is_solid) {
  const block = chain.block_at(number_of(num), is_solid);
  return block ? shown(block) : {};
}

function block_by_either(chain, { id_or_num, detail }, is_solid) {
  const text = String(id_or_num ?? "");
  let block = is_solid ? chain.solid_head() : chain.head();
  if (text.length === 64) block = chain.by_id.get(text);
  else if (text !== "") block = chain.block_at(number_of(text), is_solid);
  if (!block) return {};
  const all = shown(block);
  return detail === true || detail === "true" ? all : { blockID: all.blockID, block_header: all.block_header };
}

function blocks_between(chain, { startNum, endNum }, is_solid) {
  const [start, end] = [number_of(startNum), number_of(endNum)];
  if (start < 0 || end <= 0 || end <= start || end - start > LIMIT_NEXT) return {};
  const found = [];
  for (let number = start; number < end; number++) {
    const block = chain.block_at(number, is_solid);
    if (block) found.push(shown(block));
  }
  return found.length ? { block: found } : {};
}

function last_blocks(chain, { num }) {
  const count = number_of(num);
  if (count <= 0 || count >= LIMIT_NEXT) return {};
  return { block: chain.blocks.slice(-count).reverse().map(shown) };
}

function infos_by_number(chain, { num }, is_solid) {
  const number = number_of(num);
  if (number <= 0) return {};
  return chain.block_at(number, is_solid)?.infos ?? [];
}

function info_by_id(chain, { value }, is_solid) {
  const found = chain.transaction(value, is_solid);
  return found ? found.block.infos[found.index] : {};
}

function transaction_by_id(chain, { value }, is_solid) {
  const found = chain.transaction(value, is_solid);
  return found ? found.block.transactions[found.index] : {};
}

async function account(chain, { address, visible }, is_solid) {
  const who = address_of(address, visible);
  const at = "0x" + (is_solid ? chain.solid_head() : chain.head()).number.toString(16);
  const [wei, nonce] = await chain.call_many([
    ["eth_getBalance", "0x" + to_program(who), at],
    ["eth_getTransactionCount", "0x" + to_program(who), at],
  ]);
  const balance = Number(BigInt(wei) / 10n ** 12n);
  if (balance === 0 && nonce === "0x0") return {};
  return { address: who, ...(balance ? { balance } : {}), create_time: chain.genesis_ms };
}

function node_info(chain) {
  const line = (block) => `Num:${block.number},ID:${block.blockID}`;
  return {
    activeConnectCount: 3,
    beginSyncNum: chain.head().number,
    block: line(chain.head()),
    configNodeInfo: { codeVersion: "4.8.0", p2pVersion: "11111", versionNum: "18636", dbVersion: 2 },
    currentConnectCount: 8,
    passiveConnectCount: 5,
    solidityBlock: line(chain.solid_head()),
  };
}

async function contract(chain, { value, visible }) {
  const who = address_of(value, visible);
  const code = await chain.call("eth_getCode", "0x" + to_program(who), "latest");
  if (code === "0x") return {};
  const code_hash = (await chain.call("web3_sha3", code)).slice(2);
  const origin_address = to_41("00".repeat(20));
  return { bytecode: code.slice(2), name: "", origin_address, abi: {}, contract_address: who, code_hash };
}

async function contract_info(chain, parameters) {
  const { bytecode, ...smart_contract } = await contract(chain, parameters);
  return bytecode ? { runtimecode: bytecode, smart_contract, contract_state: { energy_factor: 0 } } : {};
}

async function constant_call(chain, { owner_address, contract_address, function_selector, parameter, data, visible }) {
  const [from, to] = [address_of(owner_address, visible), address_of(contract_address, visible)];
  let input = data;
  if (function_selector) {
    const text = "0x" + Buffer.from(function_selector).toString("hex");
    input = (await chain.call("web3_sha3", text)).slice(2, 10) + (parameter ?? "");
  }
  const request = { from: "0x" + to_program(from), to: "0x" + to_program(to), data: "0x" + (input ?? "") };
  if ((await chain.call("eth_getCode", request.to, "latest")) === "0x") {
    const message = Buffer.from("Contract validate error : Smart contract is not exist.").toString("hex");
    return { result: { code: "CONTRACT_VALIDATE_ERROR", message } };
  }
  try {
    const answer = await chain.call("eth_call", request, "latest");
    return { result: { result: true }, energy_used: 541, constant_result: [answer.slice(2)], transaction: {} };
  } catch (error) {
    if (!error.rpc) throw error;
    const message = Buffer.from("REVERT opcode executed").toString("hex");
    return { result: { result: true, message }, constant_result: [""], transaction: { ret: [{ ret: "FAILED" }] } };
  }
}

async function pending(chain) {
  const block = await chain.call("eth_getBlockByNumber", "pending", true);
  const waiting = block.transactions.filter((tx) => !chain.transactions.has(chain.id_by_hash.get(tx.hash)));
  const none = { status: "0x1", gasUsed: "0x0" };
  return Promise.all(waiting.map(async (tx) => chain.transaction_of(tx, none, await chain.contract_of(tx))));
}

/** NAME: [answer, is there one in /walletsolidity too?] */
const METHODS = {
  getnowblock: [(chain, _, is_solid) => shown(is_solid ? chain.solid_head() : chain.head()), true],
  getblock: [block_by_either, true],
  getblockbyid: [block_by_id, true],
  getblockbynum: [block_by_number, true],
  getblockbylimitnext: [blocks_between, true],
  getblockbylatestnum: [last_blocks, true],
  gettransactionbyid: [transaction_by_id, true],
  gettransactioninfobyid: [info_by_id, true],
  gettransactioninfobyblocknum: [infos_by_number, true],
  gettransactioncountbyblocknum: [(chain, { num }) => ({ count: chain.block_at(number_of(num))?.transactions.length ?? -1 }), true],
  getaccount: [account, true],
  getnodeinfo: [node_info, true],
  getcontract: [contract, false],
  getcontractinfo: [contract_info, false],
  triggerconstantcontract: [constant_call, true],
  gettransactionlistfrompending: [async (chain) => ({ txId: (await pending(chain)).map((tx) => tx.txID) }), false],
  gettransactionfrompending: [async (chain, { value }) => (await pending(chain)).find((tx) => tx.txID === value) ?? {}, false],
};

/** The answer to /wallet/NAME or /walletsolidity/NAME; undefined if java-tron has no such call. */
export async function answer_http(chain, folder, name, parameters) {
  const [method, is_everywhere] = METHODS[name] ?? [];
  const is_solid = folder === "walletsolidity";
  if (!method || (is_solid && !is_everywhere)) return undefined;
  try {
    const answer = await method(chain, parameters, is_solid);
    const is_visible = parameters.visible === true || parameters.visible === "true";
    return is_visible ? made_visible(answer) : answer;
  } catch (error) {
    return { Error: `${error.java ?? "class java.lang.NullPointerException"} : ${error.message}` };
  }
}
