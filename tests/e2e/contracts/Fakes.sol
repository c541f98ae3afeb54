// SPDX-License-Identifier: MIT
// Contracts whose logs look like money.
pragma solidity ^0.8.20;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// Calls itself Tether and says whatever it is told to say.
contract FakeUsdt {
    string public constant name = "Tether USD";
    string public constant symbol = "USDT";
    uint8 public constant decimals = 6;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function balanceOf(address) external pure returns (uint256) {
        return type(uint128).max;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        emit Transfer(msg.sender, to, value);
        return true;
    }

    function emitTransfer(address from, address to, uint256 value) external {
        emit Transfer(from, to, value);
    }

    /// One log with these topics (at most four) and this data.
    function emitRaw(bytes32[] calldata topics, bytes calldata data) external {
        bytes memory copy = data;
        uint256 count = topics.length;
        bytes32 a = count > 0 ? topics[0] : bytes32(0);
        bytes32 b = count > 1 ? topics[1] : bytes32(0);
        bytes32 c = count > 2 ? topics[2] : bytes32(0);
        bytes32 d = count > 3 ? topics[3] : bytes32(0);
        assembly {
            let start := add(copy, 32)
            let size := mload(copy)
            switch count
            case 0 { log0(start, size) }
            case 1 { log1(start, size, a) }
            case 2 { log2(start, size, a, b) }
            case 3 { log3(start, size, a, b, c) }
            default { log4(start, size, a, b, c, d) }
        }
    }
}

/// Its Transfer has the signature of a token's, and four topics.
contract Collectible is ERC721("Collectible", "ITEM") {
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }
}

/// What a chain of the OP Stack answers of the fees that it takes beside gas.
contract FakeGasPriceOracle {
    /// A gwei for each byte.
    function getL1FeeUpperBound(uint256 unsignedTxSize) external pure returns (uint256) {
        return unsignedTxSize * 1 gwei;
    }

    function getOperatorFee(uint256 gasUsed) external pure returns (uint256) {
        return 5 + gasUsed / 2;
    }
}
