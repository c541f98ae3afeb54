/* SPDX-License-Identifier: MIT */
#include "core/asset.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"

/* Default depths and reorg limits: what a merchant of the network risks in practice. A
 * proof-of-work chain is watched for a day's worth of trouble, the others until their finality is
 * long past. */
static const struct network btc = {
    .key = "btc",
    .wire_code = "BTC",
    .name = "Bitcoin",
    .uri_scheme = "bitcoin",
    .wire_id = 1,
    .kind = CHAIN_BITCOIN,
    .block_target_s = 600,
    .stale_s = 5400,
    .reorg_limit_blocks = 100,
    .confirmations = 2,
    .coinbase_maturity_blocks = 100,
};
static const struct network ltc = {
    .key = "ltc",
    .wire_code = "LTC",
    .name = "Litecoin",
    .uri_scheme = "litecoin",
    .wire_id = 2,
    .kind = CHAIN_BITCOIN,
    .block_target_s = 150,
    .stale_s = 1800,
    .reorg_limit_blocks = 100,
    .confirmations = 6,
    .coinbase_maturity_blocks = 100,
    .coin_maturity_blocks = 6, /* what comes out of the MWEB waits as long */
};
static const struct network eth = {
    .key = "eth",
    .wire_code = "ERC20",
    .name = "Ethereum",
    .wire_id = 3,
    .kind = CHAIN_EVM,
    .block_target_s = 12,
    .stale_s = 180,
    .finality_lag_blocks = 128, /* four epochs */
    .reorg_limit_blocks = 128,
    .confirmations = 12,
    .chain_id = 1,
};
static const struct network tron = {
    .key = "tron",
    .wire_code = "TRC20",
    .name = "Tron",
    .wire_id = 4,
    .kind = CHAIN_TRON,
    .block_target_s = 3,
    .stale_s = 180,
    .reorg_limit_blocks = 220,
    .confirmations = 1, /* only solidified blocks are followed */
    .chain_id = 0x2b6653dc,
};
static const struct network bsc = {
    .key = "bsc",
    .wire_code = "BSC",
    .name = "BNB Smart Chain",
    .wire_id = 20,
    .kind = CHAIN_EVM,
    .block_target_s = 1,
    .stale_s = 180,
    .reorg_limit_blocks = 256,
    .confirmations = 15,
    .chain_id = 56,
};
static const struct network arb = {
    .key = "arb",
    .wire_code = "ARB",
    .name = "Arbitrum",
    .wire_id = 21,
    .kind = CHAIN_EVM,
    .block_target_s = 1,
    .stale_s = 600,
    .reorg_limit_blocks = 1024,
    .confirmations = 40,
    .chain_id = 42161,
};
static const struct network opt = {
    .key = "opt",
    .wire_code = "OPT",
    .name = "Optimism",
    .wire_id = 22,
    .kind = CHAIN_EVM,
    .block_target_s = 2,
    .stale_s = 600,
    .reorg_limit_blocks = 1024,
    .confirmations = 20,
    .is_op_stack = true,
    .chain_id = 10,
};
static const struct network base = {
    .key = "base",
    .wire_code = "BASE",
    .name = "Base",
    .wire_id = 23,
    .kind = CHAIN_EVM,
    .block_target_s = 2,
    .stale_s = 600,
    .reorg_limit_blocks = 1024,
    .confirmations = 20,
    .is_op_stack = true,
    .chain_id = 8453,
};
static const struct network sandbox = {
    .key = "sandbox",
    .wire_code = "SANDBOX",
    .name = "Sandbox",
    .wire_id = 99,
    .kind = CHAIN_SANDBOX,
    .block_target_s = 1,
    .reorg_limit_blocks = 100,
    .confirmations = 1,
};

static const struct network *const networks[] = {
    &btc, &ltc, &eth, &tron, &bsc, &arb, &opt, &base, &sandbox, NULL,
};

#define COIN(...)                                                                                  \
    &(const struct asset) {                                                                        \
        .kind = ASSET_COIN, __VA_ARGS__                                                            \
    }
#define TOKEN(...)                                                                                 \
    &(const struct asset) {                                                                        \
        .kind = ASSET_TOKEN, __VA_ARGS__                                                           \
    }
#define STABLE_TOKEN(...)                                                                          \
    &(const struct asset) {                                                                        \
        .kind = ASSET_TOKEN, .stablecoin = true, .smallest = "1", __VA_ARGS__                      \
    }

/* In display order. The smallest sums of coins are the relay rule's dust for any output type, those
 * of tokens what is still worth its transfer out of its own address; wire ids are stable and never
 * given twice. One token has other decimals on other networks: BNB Smart Chain's USDT and USDC have
 * 18. What has no contract here is unavailable until the configuration names one.
 */
static const struct asset *const assets[] = {
    STABLE_TOKEN(.code = "USDT_TRC20", .short_code = "USDT", .name = "Tether", .network = &tron,
                 .wire_id = 4, .wire_order = 1, .decimals = 6, .display_decimals = 6,
                 .contract = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    STABLE_TOKEN(.code = "USDT_ERC20", .short_code = "USDT", .name = "Tether", .network = &eth,
                 .wire_id = 5, .wire_order = 2, .decimals = 6, .display_decimals = 6,
                 .contract = "0xdAC17F958D2ee523a2206206994597C13D831ec7"),
    STABLE_TOKEN(.code = "USDC_TRC20", .short_code = "USDC", .name = "USD Coin", .network = &tron,
                 .wire_id = 6, .wire_order = 3, .decimals = 6, .display_decimals = 6,
                 .contract = "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8"),
    STABLE_TOKEN(.code = "USDC_ERC20", .short_code = "USDC", .name = "USD Coin", .network = &eth,
                 .wire_id = 7, .wire_order = 4, .decimals = 6, .display_decimals = 6,
                 .contract = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
    STABLE_TOKEN(.code = "TUSD_TRC20", .short_code = "TUSD", .name = "TrueUSD", .network = &tron,
                 .wire_id = 8, .wire_order = 5, .decimals = 18, .display_decimals = 8,
                 .contract = "TUpMhErZL2fhh4sVNULAbNKLokS4GjC1F4"),
    STABLE_TOKEN(.code = "TUSD_ERC20", .short_code = "TUSD", .name = "TrueUSD", .network = &eth,
                 .wire_id = 9, .wire_order = 6, .decimals = 18, .display_decimals = 8,
                 .contract = "0x0000000000085d4780B73119b644AE5ecd22b376"),
    COIN(.code = "BTC", .short_code = "BTC", .name = "Bitcoin", .network = &btc, .wire_id = 1,
         .wire_order = 7, .decimals = 8, .display_decimals = 8, .smallest = "0.00000546"),
    COIN(.code = "LTC", .short_code = "LTC", .name = "Litecoin", .network = &ltc, .wire_id = 2,
         .wire_order = 8, .decimals = 8, .display_decimals = 8, .smallest = "0.0000546"),
    COIN(.code = "ETH", .short_code = "ETH", .name = "Ethereum", .network = &eth, .wire_id = 3,
         .wire_order = 9, .decimals = 18, .display_decimals = 8, .smallest = "0.000001"),
    COIN(.code = "TRX", .short_code = "TRX", .name = "Tron", .network = &tron, .wire_id = 10,
         .wire_order = 10, .decimals = 6, .display_decimals = 6, .smallest = "0.01"),
    COIN(.code = "BNB", .short_code = "BNB", .name = "BNB", .network = &bsc, .wire_id = 20,
         .wire_order = 11, .decimals = 18, .display_decimals = 8, .smallest = "0.000001"),
    STABLE_TOKEN(.code = "USDT_BSC", .short_code = "USDT", .name = "Tether", .network = &bsc,
                 .wire_id = 21, .wire_order = 12, .decimals = 18, .display_decimals = 8,
                 .contract = "0x55d398326f99059fF775485246999027B3197955"),
    STABLE_TOKEN(.code = "USDC_BSC", .short_code = "USDC", .name = "USD Coin", .network = &bsc,
                 .wire_id = 22, .wire_order = 13, .decimals = 18, .display_decimals = 8,
                 .contract = "0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d"),
    STABLE_TOKEN(.code = "DAI_BSC", .short_code = "DAI", .name = "Dai", .network = &bsc,
                 .wire_id = 23, .wire_order = 14, .decimals = 18, .display_decimals = 8,
                 .contract = "0x1AF3F329e8BE154074D8769D1FFa4eE058B1DBc3"),
    STABLE_TOKEN(.code = "TUSD_BSC", .short_code = "TUSD", .name = "TrueUSD", .network = &bsc,
                 .wire_id = 24, .wire_order = 15, .decimals = 18, .display_decimals = 8),
    STABLE_TOKEN(.code = "DAI_ERC20", .short_code = "DAI", .name = "Dai", .network = &eth,
                 .wire_id = 11, .wire_order = 16, .decimals = 18, .display_decimals = 8,
                 .contract = "0x6B175474E89094C44Da98b954EedeAC495271d0F"),
    STABLE_TOKEN(.code = "PYUSD_ERC20", .short_code = "PYUSD", .name = "PayPal USD",
                 .network = &eth, .wire_id = 12, .wire_order = 17, .decimals = 6,
                 .display_decimals = 6, .contract = "0x6c3ea9036406852006290770BEdFcAbA0e23A0e8"),
    STABLE_TOKEN(.code = "USDD_TRC20", .short_code = "USDD", .name = "USDD", .network = &tron,
                 .wire_id = 13, .wire_order = 18, .decimals = 18, .display_decimals = 8),
    COIN(.code = "ETH_ARB", .short_code = "ETH", .name = "Ethereum", .network = &arb, .wire_id = 30,
         .wire_order = 19, .decimals = 18, .display_decimals = 8, .smallest = "0.000001"),
    STABLE_TOKEN(.code = "USDT_ARB", .short_code = "USDT", .name = "Tether", .network = &arb,
                 .wire_id = 31, .wire_order = 20, .decimals = 6, .display_decimals = 6,
                 .contract = "0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9"),
    STABLE_TOKEN(.code = "USDC_ARB", .short_code = "USDC", .name = "USD Coin", .network = &arb,
                 .wire_id = 32, .wire_order = 21, .decimals = 6, .display_decimals = 6,
                 .contract = "0xaf88d065e77c8cC2239327C5EDb3A432268e5831"),
    STABLE_TOKEN(.code = "DAI_ARB", .short_code = "DAI", .name = "Dai", .network = &arb,
                 .wire_id = 33, .wire_order = 22, .decimals = 18, .display_decimals = 8,
                 .contract = "0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1"),
    COIN(.code = "ETH_OPT", .short_code = "ETH", .name = "Ethereum", .network = &opt, .wire_id = 40,
         .wire_order = 23, .decimals = 18, .display_decimals = 8, .smallest = "0.000001"),
    STABLE_TOKEN(.code = "USDT_OPT", .short_code = "USDT", .name = "Tether", .network = &opt,
                 .wire_id = 41, .wire_order = 24, .decimals = 6, .display_decimals = 6,
                 .contract = "0x94b008aA00579c1307B0EF2c499aD98a8ce58e58"),
    STABLE_TOKEN(.code = "USDC_OPT", .short_code = "USDC", .name = "USD Coin", .network = &opt,
                 .wire_id = 42, .wire_order = 25, .decimals = 6, .display_decimals = 6,
                 .contract = "0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85"),
    STABLE_TOKEN(.code = "DAI_OPT", .short_code = "DAI", .name = "Dai", .network = &opt,
                 .wire_id = 43, .wire_order = 26, .decimals = 18, .display_decimals = 8,
                 .contract = "0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1"),
    COIN(.code = "ETH_BASE", .short_code = "ETH", .name = "Ethereum", .network = &base,
         .wire_id = 50, .wire_order = 27, .decimals = 18, .display_decimals = 8,
         .smallest = "0.000001"),
    STABLE_TOKEN(.code = "USDC_BASE", .short_code = "USDC", .name = "USD Coin", .network = &base,
                 .wire_id = 51, .wire_order = 28, .decimals = 6, .display_decimals = 6,
                 .contract = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"),
    STABLE_TOKEN(.code = "DAI_BASE", .short_code = "DAI", .name = "Dai", .network = &base,
                 .wire_id = 52, .wire_order = 29, .decimals = 18, .display_decimals = 8,
                 .contract = "0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb"),
    TOKEN(.code = "XAUT_ERC20", .short_code = "XAUT", .name = "Tether Gold", .network = &eth,
          .wire_id = 14, .wire_order = 30, .decimals = 6, .display_decimals = 6,
          .smallest = "0.0005", .contract = "0x68749665FF8D2d112Fa859AA293F07A622782F38"),
    TOKEN(.code = "PEPE_ERC20", .short_code = "PEPE", .name = "Pepe", .network = &eth,
          .wire_id = 15, .wire_order = 31, .decimals = 18, .display_decimals = 2,
          .smallest = "100000", .contract = "0x6982508145454Ce325dDbE47a25d4ec3d2311933"),
    TOKEN(.code = "SHIB_ERC20", .short_code = "SHIB", .name = "Shiba Inu", .network = &eth,
          .wire_id = 16, .wire_order = 32, .decimals = 18, .display_decimals = 2,
          .smallest = "100000", .contract = "0x95aD61b0a150d79219dCF64E1E6Cc01f0B64C4cE"),
    TOKEN(.code = "PEPE_BSC", .short_code = "PEPE", .name = "Pepe", .network = &bsc, .wire_id = 25,
          .wire_order = 33, .decimals = 18, .display_decimals = 2, .smallest = "100000"),
    TOKEN(.code = "SHIB_BSC", .short_code = "SHIB", .name = "Shiba Inu", .network = &bsc,
          .wire_id = 26, .wire_order = 34, .decimals = 18, .display_decimals = 2,
          .smallest = "100000", .contract = "0x2859e4544C4bB03966803b044A93563Bd2D0DD4D"),
    TOKEN(.code = "ARB_ARB", .short_code = "ARB", .name = "Arbitrum", .network = &arb,
          .wire_id = 34, .wire_order = 35, .decimals = 18, .display_decimals = 8, .smallest = "1",
          .contract = "0x912CE59144191C1204E64559FE8253a0e49E6548"),
    TOKEN(.code = "OP_OPT", .short_code = "OP", .name = "Optimism", .network = &opt, .wire_id = 44,
          .wire_order = 36, .decimals = 18, .display_decimals = 8, .smallest = "1",
          .contract = "0x4200000000000000000000000000000000000042"),
    NULL,
};

static const struct asset usd = {
    .kind = ASSET_FIAT,
    .code = "USD",
    .short_code = "USD",
    .name = "US Dollar",
    .wire_order = 1,
    .decimals = 2,
    .display_decimals = 2,
    .smallest = "0.01",
};

#define FIAT(place, currency, title, exponent, least)                                              \
    &(const struct asset) {                                                                        \
        .kind = ASSET_FIAT, .code = currency, .short_code = currency, .name = title,               \
        .wire_order = place, .decimals = exponent, .display_decimals = exponent, .smallest = least \
    }

/* Exponents by ISO 4217, whatever is customary: UZS and IDR prices may have hundredths. */
static const struct asset *const fiats[] = {
    &usd,
    FIAT(2, "UZS", "Uzbekistan Sum", 2, "0.01"),
    FIAT(3, "KGS", "Som", 2, "0.01"),
    FIAT(4, "KZT", "Tenge", 2, "0.01"),
    FIAT(5, "AMD", "Armenian Dram", 2, "0.01"),
    FIAT(6, "AZN", "Azerbaijan Manat", 2, "0.01"),
    FIAT(7, "BYN", "Belarusian Ruble", 2, "0.01"),
    FIAT(8, "AUD", "Australian Dollar", 2, "0.01"),
    FIAT(9, "TRY", "Turkish Lira", 2, "0.01"),
    FIAT(10, "AED", "UAE Dirham", 2, "0.01"),
    FIAT(11, "CAD", "Canadian Dollar", 2, "0.01"),
    FIAT(12, "CNY", "Yuan Renminbi", 2, "0.01"),
    FIAT(13, "HKD", "Hong Kong Dollar", 2, "0.01"),
    FIAT(14, "IDR", "Rupiah", 2, "0.01"),
    FIAT(15, "INR", "Indian Rupee", 2, "0.01"),
    FIAT(16, "JPY", "Yen", 0, "1"),
    FIAT(17, "PHP", "Philippine Peso", 2, "0.01"),
    FIAT(18, "SGD", "Singapore Dollar", 2, "0.01"),
    FIAT(19, "THB", "Baht", 2, "0.01"),
    FIAT(20, "VND", "Dong", 0, "1"),
    FIAT(21, "MYR", "Malaysian Ringgit", 2, "0.01"),
    FIAT(22, "RUB", "Russian Ruble", 2, "0.01"),
    FIAT(23, "UAH", "Hryvnia", 2, "0.01"),
    FIAT(24, "EUR", "Euro", 2, "0.01"),
    FIAT(25, "GBP", "Pound Sterling", 2, "0.01"),
    NULL,
};

static_assert(sizeof(networks) / sizeof(networks[0]) <= NETWORK_COUNT_MAX + 1, "network table");
static_assert(sizeof(assets) / sizeof(assets[0]) <= ASSET_COUNT_MAX + 1, "asset table");

static const struct asset *find_code(const struct asset *const *list, struct str code) {
    for (; *list != NULL; list++) {
        if (str_eq(str_from_c((*list)->code), code)) {
            return *list;
        }
    }
    return NULL;
}

const struct network *network_by_key(struct str key) {
    for (const struct network *const *network = networks; *network != NULL; network++) {
        if (str_eq(str_from_c((*network)->key), key)) {
            return *network;
        }
    }
    return NULL;
}

const struct asset *asset_by_code(struct str code) {
    return find_code(assets, code);
}

const struct asset *fiat_by_code(struct str code) {
    return find_code(fiats, code);
}

const struct asset *const *asset_list(void) {
    return assets;
}

const struct asset *const *fiat_list(void) {
    return fiats;
}

const struct network *const *network_list(void) {
    return networks;
}

const struct asset *network_coin(const struct network *network) {
    for (const struct asset *const *asset = assets; *asset != NULL; asset++) {
        if ((*asset)->network == network && (*asset)->kind == ASSET_COIN) {
            return *asset;
        }
    }
    return NULL;
}

struct str network_txid_text(struct arena *arena, const struct network *network, struct txid txid) {
    struct str hex = hex_encode(arena, BYTES_OF(txid.bytes));
    return network->kind == CHAIN_EVM ? str_from_c(arena_printf(arena, "0x%.*s", STR_ARG(hex)))
                                      : hex;
}

const struct network *network_sandbox(void) {
    return &sandbox;
}

const struct asset *fiat_usd(void) {
    return &usd;
}
