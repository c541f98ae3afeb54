/* SPDX-License-Identifier: MIT */
// compile.mjs OUTPUT: compiles the contracts of this folder and writes {NAME: {bytecode, selectors}} as JSON, where
// selectors is {"transfer(address,uint256)": "a9059cbb", ...}. Offline: what they import is in node_modules.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "..", "node_modules");
const EVM_VERSION = "cancun";

function read_sources() {
  const names = fs.readdirSync(here).filter((name) => name.endsWith(".sol"));
  return Object.fromEntries(names.map((name) => [name, { content: fs.readFileSync(path.join(here, name), "utf8") }]));
}

function read_import(name) {
  try {
    return { contents: fs.readFileSync(path.join(modules, name), "utf8") };
  } catch (error) {
    return { error: String(error) };
  }
}

const sources = read_sources();
const settings = {
  evmVersion: EVM_VERSION,
  optimizer: { enabled: true, runs: 1 },
  outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.methodIdentifiers"] } },
};
const input = JSON.stringify({ language: "Solidity", sources, settings });
const output = JSON.parse(solc.compile(input, { import: read_import }));
const errors = (output.errors ?? []).filter((one) => one.severity === "error");
if (errors.length > 0) {
  process.stderr.write(errors.map((one) => one.formattedMessage).join("\n"));
  process.exit(1);
}
const compiled = {};
for (const source of Object.keys(sources)) {
  for (const [name, contract] of Object.entries(output.contracts[source] ?? {})) {
    compiled[name] = { bytecode: "0x" + contract.evm.bytecode.object, selectors: contract.evm.methodIdentifiers };
  }
}
fs.writeFileSync(process.argv[2], JSON.stringify(compiled, null, 1));
