/* SPDX-License-Identifier: MIT */
// sign_transfers.mjs FILE TO MNEMONIC: signs the transfers that `till sweep plan` or `till payout export` wrote, without
// any network, with ethers, a client that is not ours. A sweep goes to TO, a payout where its transfer says. Prints the
// raw transactions as JSON, in their order. docs/sweep.md and docs/payouts.md have the files' format.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { HDNodeWallet, Interface, Mnemonic } from "ethers";

const [, , file, to, phrase] = process.argv;
const plan = JSON.parse(readFileSync(file, "utf-8"));
assert(["till-sweep-plan", "till-payout-transfers"].includes(plan.format));
assert.equal(plan.version, 1);
assert.equal(plan.kind, "evm");
const account = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(phrase), plan.account_path);
const erc20 = new Interface(["function transfer(address to, uint256 amount)"]);

async function sign(transfer) {
  const wallet = account.derivePath(transfer.path);
  assert.equal(wallet.address, transfer.address, "the key is that of the address");
  const units = BigInt(transfer.units);
  const receiver = transfer.to ?? to;
  const what = transfer.contract
    ? { to: transfer.contract, value: 0n, data: erc20.encodeFunctionData("transfer", [receiver, units]) }
    : { to: receiver, value: units };
  return wallet.signTransaction({
    type: 2,
    chainId: BigInt(plan.chain_id),
    nonce: Number(transfer.nonce),
    gasLimit: BigInt(transfer.gas_limit),
    maxFeePerGas: BigInt(plan.fees.max_fee_per_gas),
    maxPriorityFeePerGas: BigInt(plan.fees.max_priority_fee_per_gas),
    ...what,
  });
}

const signed = [];
for (const transfer of plan.transfers) {
  signed.push(await sign(transfer));
}
console.log(JSON.stringify(signed));
