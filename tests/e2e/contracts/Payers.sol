// SPDX-License-Identifier: MIT
// Contracts that pay, in all the ways in which contracts do.
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract Payer {
    using SafeERC20 for IERC20;

    error Failed();

    receive() external payable {}

    /// The native coin to many, as an exchange does it.
    function payMany(address payable[] calldata to, uint256[] calldata amounts) external payable {
        for (uint256 i = 0; i < to.length; i++) {
            _pay(to[i], amounts[i]);
        }
    }

    /// Pays, but inside a call that fails; the transaction itself goes well.
    function payInsideRevert(address payable to, uint256 amount) external payable {
        try this.payAndFail(to, amount) {
            revert Failed();
        } catch {}
    }

    function payAndFail(address payable to, uint256 amount) external payable {
        _pay(to, amount);
        revert Failed();
    }

    /// Half inside a call that fails, then once for good.
    function payInsideRevertAndOutside(address payable to, uint256 amount) external payable {
        try this.payAndFail(to, amount) {
            revert Failed();
        } catch {}
        _pay(to, amount);
    }

    /// Through a further contract, so that the payment is deep in the tree of calls.
    function payDeep(address payable to, uint256 amount, uint256 depth) external payable {
        if (depth == 0) {
            _pay(to, amount);
        } else {
            this.payDeep{value: amount}(to, amount, depth - 1);
        }
    }

    function payByConstructor(address payable to) external payable {
        new ConstructorPayment{value: msg.value}(to);
    }

    function payBySelfdestruct(address payable to) external payable {
        new SelfdestructPayment{value: msg.value}().end(to);
    }

    /// The same Transfer this many times in one transaction, out of this contract's own.
    function repeatTransfer(IERC20 token, address to, uint256 value, uint256 times) external {
        for (uint256 i = 0; i < times; i++) {
            token.safeTransfer(to, value);
        }
    }

    function transferMany(IERC20 token, address[] calldata to, uint256[] calldata values) external {
        for (uint256 i = 0; i < to.length; i++) {
            token.safeTransfer(to[i], values[i]);
        }
    }

    /// A Transfer inside a call that fails leaves no log.
    function transferInsideRevert(IERC20 token, address to, uint256 value) external {
        try this.transferAndFail(token, to, value) {
            revert Failed();
        } catch {}
    }

    function transferAndFail(IERC20 token, address to, uint256 value) external {
        token.safeTransfer(to, value);
        revert Failed();
    }

    function _pay(address payable to, uint256 amount) private {
        (bool ok, ) = to.call{value: amount}("");
        require(ok, "the payment failed");
    }
}

/// Pays while it is being made.
contract ConstructorPayment {
    constructor(address payable to) payable {
        (bool ok, ) = to.call{value: msg.value}("");
        require(ok, "the payment failed");
    }
}

/// Pays by its end, which calls nobody.
contract SelfdestructPayment {
    constructor() payable {}

    function end(address payable to) external {
        selfdestruct(to);
    }
}

/// Notes what it gets, as wallets of several keys do, which takes more gas than an account without code.
contract Safe {
    event Received(address indexed from, uint256 value);

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }
}
