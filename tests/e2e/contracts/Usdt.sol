// SPDX-License-Identifier: MIT
// A token with the habits of Tether's on Ethereum: nothing is returned, a fee may be switched on, and the issuer makes
// and destroys money without a Transfer.
pragma solidity ^0.8.20;

contract Usdt {
    string public constant name = "Tether USD";
    string public constant symbol = "USDT";
    uint8 public constant decimals = 6;

    uint256 private constant RATE_UNIT = 10_000;

    address public owner = msg.sender;
    uint256 public totalSupply = 1_000_000_000e6;
    uint256 public basisPointsRate;
    uint256 public maximumFee;
    bool public paused;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    mapping(address => bool) public isBlackListed;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Issue(uint256 amount);
    event Redeem(uint256 amount);
    event DestroyedBlackFunds(address blackListedUser, uint256 balance);

    modifier onlyOwner() {
        require(msg.sender == owner, "not the owner");
        _;
    }

    constructor() {
        balanceOf[msg.sender] = totalSupply;
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        if (allowance[from][msg.sender] != type(uint256).max) {
            allowance[from][msg.sender] -= value;
        }
        _move(from, to, value);
    }

    function approve(address spender, uint256 value) external {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
    }

    /// The fee goes to the owner, by a Transfer of its own.
    function setParams(uint256 rate, uint256 maximum) external onlyOwner {
        basisPointsRate = rate;
        maximumFee = maximum;
    }

    function setPaused(bool is_paused) external onlyOwner {
        paused = is_paused;
    }

    function setBlackListed(address who, bool is_black) external onlyOwner {
        isBlackListed[who] = is_black;
    }

    /// No Transfer: the owner has more than the logs say.
    function issue(uint256 amount) external onlyOwner {
        balanceOf[owner] += amount;
        totalSupply += amount;
        emit Issue(amount);
    }

    function redeem(uint256 amount) external onlyOwner {
        balanceOf[owner] -= amount;
        totalSupply -= amount;
        emit Redeem(amount);
    }

    /// No Transfer: somebody has less than the logs say.
    function destroyBlackFunds(address who) external onlyOwner {
        require(isBlackListed[who], "not black-listed");
        uint256 funds = balanceOf[who];
        balanceOf[who] = 0;
        totalSupply -= funds;
        emit DestroyedBlackFunds(who, funds);
    }

    function _move(address from, address to, uint256 value) private {
        require(!paused, "paused");
        require(!isBlackListed[from], "black-listed");
        uint256 fee = (value * basisPointsRate) / RATE_UNIT;
        if (fee > maximumFee) {
            fee = maximumFee;
        }
        balanceOf[from] -= value;
        balanceOf[to] += value - fee;
        if (fee > 0) {
            balanceOf[owner] += fee;
            emit Transfer(from, owner, fee);
        }
        emit Transfer(from, to, value - fee);
    }
}
