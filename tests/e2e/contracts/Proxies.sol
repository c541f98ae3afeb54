// SPDX-License-Identifier: MIT
// Tokens behind proxies of the forms that stablecoins have: the contract stays, and the program behind it is exchanged.
pragma solidity ^0.8.20;

import {FakeUsdt} from "./Fakes.sol";

abstract contract Proxy {
    constructor() {
        point(address(new FakeUsdt()));
    }

    /// Where the address of the program is kept.
    function slot() internal pure virtual returns (bytes32);

    function point(address program) public {
        bytes32 at = slot();
        assembly {
            sstore(at, program)
        }
    }

    fallback() external {
        bytes32 at = slot();
        assembly {
            calldatacopy(0, 0, calldatasize())
            let is_well := delegatecall(gas(), sload(at), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(is_well) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}

/// As EIP-1967 has it.
contract ProxyNow is Proxy {
    function slot() internal pure override returns (bytes32) {
        return bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
    }
}

/// As those before it, USD Coin's among them.
contract ProxyThen is Proxy {
    function slot() internal pure override returns (bytes32) {
        return keccak256("org.zeppelinos.proxy.implementation");
    }
}
