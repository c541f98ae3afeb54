// SPDX-License-Identifier: MIT
// Tokens that keep to ERC-20, on OpenZeppelin; everything at first belongs to who made them.
pragma solidity ^0.8.20;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// As USD Coin: six decimals, and whoever asks gets some.
contract Usdc is ERC20("USD Coin", "USDC") {
    constructor() {
        _mint(msg.sender, 1_000_000_000e6);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function burn(uint256 value) external {
        _burn(msg.sender, value);
    }
}

/// As TrueUSD: a dollar with eighteen decimals.
contract Tusd is ERC20("TrueUSD", "TUSD") {
    constructor() {
        _mint(msg.sender, 1_000_000_000e18);
    }
}
