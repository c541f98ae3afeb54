/* SPDX-License-Identifier: MIT */
#include "sandbox_accounts.h"

const struct sandbox_account sandbox_accounts[] = {
    {"BTC", ACCOUNT_P2WPKH,
     "tpubDC8msFGeGuwnP2xwTZBBZSie1BLgRAkJhgzpFYTdpGgZNzguXQhNDVWp7mJbHJUjQQvV2myLU9dkx67a7VAUnzY7"
     "yT7nvhHj7FgS4oNivvq"},
    {"LTC", ACCOUNT_P2WPKH,
     "tpubDC8msFGeGuwnQ8VZgpg4cMgT311TvHzKTEqpgbScZgPVW51JnTJm6dPUVU6q6KiBNoAydst8U2FLJw3QGWXvtEUB"
     "iEuzAMuthW7tFEh7EiW"},
    {"ETH", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnSsiDodPKT5czjv1psTKmAnqF8tmt8cJ8Besyz2KEbSCkA5M2xdvVZfcTWpBohyLzKNVKhDR1ysXy"
     "9aoZMVrS56hjFNJCCNR"},
    {"USDT_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnVr92oV28G67dYGPjf15vrEdb84PudeJY7VWTQTLMfJGNoCGA9AzzKKJ2fMySknqmP3hfNkstuojk"
     "hSv4ahYgwZxJWE9TpqE"},
    {"USDC_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnZEmE5EafaSXx77kqBW4Esv1CbScrVARRoAwHZ1ZdCQdg9Br4vd4SETVXFNZZRxrLgA5ws8PYs1pc"
     "2eNCWfmkX8tE71n5bs8"},
    {"TUSD_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwna2vCkDy8xuisvLrbtdJohPZnhLWF4aNwb7sR2vG2GbuAUAgb1VBQE77b9YxMp4YDWy8jzU5eoUtF"
     "hSbsmXAVr52EnRT3wJj"},
    {"TRX", ACCOUNT_TRON,
     "tpubDC8msFGeGuwne9KmjPQbaGkruNWC7GCJrprZiFL5v6nThJNjYb2YGLBQjaNKEfb38Pw7ctCWxkcRUQqEMYYGLxwd"
     "Qb7rJ3T8xVooT28yUko"},
    {"USDT_TRC20", ACCOUNT_TRON,
     "tpubDC8msFGeGuwnf89Ae5bNdeKbK4bFer9AdzpPwZwPR2jp3AhpfPQ2Px64wNgyFiXZzcZrstfnNf44s25fcUj639M3"
     "7dPERGqdRREUzAaaYcH"},
    {"USDC_TRC20", ACCOUNT_TRON,
     "tpubDC8msFGeGuwniqjgnfRvBYr6qS6ZSZ7iWs1niCoV5BYzftC5NBKJ8nGE5geNphfdC7XQKKpgjtpjmY3Ueus7LdSk"
     "bSKbFjpw6AWAVW1RiBr"},
    {"TUSD_TRC20", ACCOUNT_TRON,
     "tpubDC8msFGeGuwnnEvbHBJHi1QTKNhWQhs3CsL6qJirJ4UUb3RxD3uDVmTRAVygn8rRvjSRYD1awmy27RUtXrHRBG3U"
     "REDwPeCnscbCHGD79SA"},
    {"BNB", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnpt2funYQjQdGMnsEvSqsE7dVrticWktufgvKQZdMAS7tGBxnUKLmWA9nAzVXzYvCYDCXdnoHm2sP"
     "JNSSqsrSD7PNhNHiGqA"},
    {"USDT_BSC", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnqRo1FJvrFHcXyzmFjUAH4FpcjUpzuz7d98eAKjX22AaikpGYTpfgCawRy6Lnebt7y3fhzFj5P3yg"
     "EZJPTPn9QTUTBPSbvDC"},
    {"USDC_BSC", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnuhwdT6HCP7mePfShcDzjzqPCSYWFeaNM3cTMF8z2XYNDnsnnq5senxKhGMtsXAzpxJNMnan7sz5w"
     "UPCHF1yDMgCMcgwHgq2"},
    {"DAI_BSC", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnvQYLjNCSWwkfngc9sTdAbrbMQQPRMDXyFDge2uGbbiYLB3CzsQbrSUGobdSuSM2fyqp8VMXvvfFH"
     "2Hmfm2oPrNFTEbCNqW3"},
    {"TUSD_BSC", ACCOUNT_EVM,
     "tpubDC8msFGeGuwnzirZrjumskJpyFWW5ukA7YrL1z2auMBMsNrAQxea3KuitwYfbzEuVb8EDDaLNk7bSmscrm8XVQEJ"
     "jgWDwRDaCCdbiGdA9Mx"},
    {"DAI_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwo3u3FfG3P3pzJMwXULP6ZvrmK1dX8iEJTA1iYUKJP1F9h9V5AQ7jGHYTaNrYi3HBEBq1KpLriE1ZN"
     "aVrGbGH7g1o6bzsLqmD"},
    {"PYUSD_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwo5yoKn55stmgTGWG4SxJgaHEjf1tVUNmCf4GVVsMeHRpk4zWCWJVzbNmbgkTQWkUnqC8MD8XBWeKR"
     "d6CibWDfifGZcK1SK5L"},
    {"USDD_TRC20", ACCOUNT_TRON,
     "tpubDC8msFGeGuwo8bRymmkYeu6Lv9xincYK6qJ8hJy25ukbxPrqLF1bTGiNgsftCBv8SHWTU3LyDNpK3pJVvqCgQAoG"
     "awKQ5V75oNdkSc5Hth4"},
    {"ETH_ARB", ACCOUNT_EVM,
     "tpubDC8msFGeGuwo9MxsuxtyqwYQWWo5NpC7121wpZkEXdF1D25Be4j7Z26FDdMpqdrfpxAytZHTSFCv4nPm37NQRUbv"
     "deR261AGwH8kbLWqPgc"},
    {"USDT_ARB", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoBwAEV2HSRf1xdQPZVZu3GAGdHfqWebDJDJBpjP78ovMmnMXNxv4sU7nmjbQDZTKVrfVpe6mH1WEA"
     "VcasKVmGZeLEKDY5qZ1"},
    {"USDC_ARB", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoExAbmBmKNbkFm7K6RCq8V5NzGPFaMugJc8DyHHsHqiuFSjTLFwPGuEMiFxp2kU1vCuEWiQAzuYmf"
     "GS8xnBNDVZmHKwZREyU"},
    {"DAI_ARB", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoHGGxVAsNtqPMWcwsVAjwZxpaWAASEem1RJV4W8zqnEUdYg4FoFJCboG4XooMFNGRnfzPPVx9hbXb"
     "V5Rmv4fEZ9FqgcmBt7L"},
    {"ETH_OPT", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoMb2aqWpmpKLUpcnwanUmBMQC3K4wBsCEvfNYtErQxwuCkMx6mvvdKBK8HaerSjyJejBpnfms3PsY"
     "5bd5M6D4wDiucdqMF4v"},
    {"USDT_OPT", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoP5j2fqBmTaXViPznipaWRUXFeMpCYYthAZocoATpbspiDnN7gT79fK2Jtm5xghst2HYFALS36jhw"
     "ja7AQnNGBe5r6yamLEV"},
    {"USDC_OPT", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoSdewddXPZALKFv8QrmC3edistF56khpKFnLdExAPMwceLMDJipjaBuVrSVy37di1PwXfd8JwB3g3"
     "vybsjcHNy6z8EZRzVSN"},
    {"DAI_OPT", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoU2ok6mqnuE7ZuHLnzmW49GtFj7bogxzq3HWGzuNxQ9PNYcVvkHMSk3rM2wEsfrvm59XEymyDhGA6"
     "GkoA6TCYXuYve1YxNW3"},
    {"ETH_BASE", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoWSgZySbkwjyDd6B9sLLgBtuvuYiMjFe6Z8FDu9aeUAt9DqnUyuSQhfQkyyGS1Gyg56DkpPTDwQFL"
     "F3ebgZYu1J88WSMUPgk"},
    {"USDC_BASE", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoaQkx7UstheCrR6gbssdf6jNJyj2azVWSKCx44tSzk3qXTadNCAqpmW2o8gFTHdzRf3cPzMjNhbQ8"
     "bbNM2wYkjpWftAk47Qe"},
    {"DAI_BASE", ACCOUNT_EVM,
     "tpubDC8msFGeGuwocRrccYdJPAfLFtHkctYe8uPHrSpHybrvS8wzKz7DdtTWyxtu5hHsFT8kF1UuKPXFx92XtaBnDGVi"
     "cB5b9NwR7heXe4MDqq2"},
    {"XAUT_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwoeCkZd3UmXGNquYRHkj31Mogx9JpD6f5ayUCZpmecveFETj6V6sQFKFGwWfW8gffx6bmSQDWAAjdP"
     "18GFrtDWLEBqU2rGn2W"},
    {"PEPE_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwogUqeQqtyU7z26PANSatosUij82zpBUvMmxd5FDRbw7mbY3n7tGT7jRdhZ5j2NvAbBLcb3c5bLUhg"
     "54bSZnNpycWdkgxZ499"},
    {"SHIB_ERC20", ACCOUNT_EVM,
     "tpubDC8msFGeGuwok4HRUSdfjcdGSbDPYvE4cHWT5isi1HM5YLMhxfK4vKRMgvLwm6DfnAN8TK4SEGntJQyABwxyzHr8"
     "pdgskm14ytMuQW6rYda"},
    {"PEPE_BSC", ACCOUNT_EVM,
     "tpubDC8msFGeGuwokoPhd4DcXaX9uaJbsTmzqw6gKtWXjc75tg9oZBLgcHVAbNhMJ4tABbieZGQq3GzMExF5m39m27Aa"
     "wKDoSSeXVLydxHers5k"},
    {"SHIB_BSC", ACCOUNT_EVM,
     "tpubDC8msFGeGuwopDJQ3QUCi4Q6ojAc4euWvqnHRChP8DecvaavjoHUvn3poYgGfvAUSrEJfX7cCqugDc4NvYCLuucP"
     "RdMGVBNpKfRYnqDeJNg"},
    {"ARB_ARB", ACCOUNT_EVM,
     "tpubDC8msFGeGuworRQibfeXNKuAiw8oPuhFK6aWPpWBzbVLMmfRF9Eu2XHmcxrMYBWjXbTeUWEQyQb6MGjDE52ukY5D"
     "CMaRND8rqCaTP2FVUKw"},
    {"OP_OPT", ACCOUNT_EVM,
     "tpubDC8msFGeGuwovkaaQ7p2e4AnEEmFVKy4V3rKnXBNxhWyTU6YY9Ug2TBLmhYe1HFC9p6Hyubam5R9sxhb6dJPEDhe"
     "D1fvJyskJQyJJyu3XQz"},
};

const size_t sandbox_account_count = sizeof sandbox_accounts / sizeof sandbox_accounts[0];
