/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "config.h"
#include "core/error.h"
#include "support/money.h"

enum { ARENA_BYTES = 64 << 20 };

#define USDT      "0xdAC17F958D2ee523a2206206994597C13D831ec7"
#define USDT_TRON "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"

/* A file with this text, read. */
static struct result read_text(struct arena *arena, const char *text, struct config *ret_config) {
    char path[] = "/tmp/till-config-XXXXXX";
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    assert_int_equal(write(handle, text, strlen(text)), strlen(text));
    assert_int_equal(close(handle), 0);
    struct result read = config_read(arena, path, ret_config);
    assert_int_equal(unlink(path), 0);
    return read;
}

static int make_arena(void **state) {
    *state = arena_new(ARENA_BYTES);
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

static void assert_refused(struct arena *arena, const char *text, const char *place,
                           const char *words) {
    struct config config;
    struct result read = read_text(arena, text, &config);
    assert_ptr_equal(read.code, &ERR_CONFIG);
    if (strstr(result_text(read), place) == NULL || strstr(result_text(read), words) == NULL) {
        fail_msg("\"%s\" has not \"%s\" and \"%s\"", result_text(read), place, words);
    }
}

static void test_an_ethereum_chain_is_the_main_one_unless_it_says_otherwise(void **state) {
    struct config config;
    assert_true(result_is_ok(read_text(*state,
                                       "[chain eth]\nkind = evm\nurl = http://127.0.0.1:8545\n"
                                       "confirmations = 12 safe@100USD finalized@10000USD\n"
                                       "[chain base]\nurl = http://127.0.0.1:8546\n"
                                       "chain_id = 31337\n",
                                       &config)));
    assert_int_equal(config.chain_count, 2);
    assert_string_equal(config.chains[0].kind, "evm");
    assert_int_equal(config.chains[0].chain_id, 1);
    assert_int_equal(config.chains[0].quorum, 1);
    assert_string_equal(config.chains[1].kind, "evm");
    assert_int_equal(config.chains[1].chain_id, 31337);
}

static void test_a_tron_chain_has_keys_of_its_own(void **state) {
    struct config config;
    assert_true(result_is_ok(read_text(*state,
                                       "[chain tron]\nkind = tron\nurl = http://127.0.0.1:8090\n"
                                       "solidity_url = http://127.0.0.1:8091\n"
                                       "jsonrpc_url = http://127.0.0.1:8545\napi_key = secret\n"
                                       "token.USDT_TRC20 = " USDT_TRON ":6\n",
                                       &config)));
    const struct config_chain *tron = &config.chains[0];
    assert_int_equal(tron->chain_id, 728126428);
    assert_string_equal(tron->solidity_url, "http://127.0.0.1:8091");
    assert_string_equal(tron->jsonrpc_url, "http://127.0.0.1:8545");
    assert_string_equal(tron->api_key, "secret");
    assert_string_equal(token_by_asset(&tron->tokens, money_asset("USDT_TRC20"))->text.text,
                        USDT_TRON);
}

static void test_a_chain_may_name_several_tokens(void **state) {
    struct config config;
    assert_true(
        result_is_ok(read_text(*state,
                               "[chain eth]\nurl = http://127.0.0.1:8545\nchain_id = 31337\n"
                               "token.USDT_ERC20 = 0xdac17f958d2ee523a2206206994597c13d831ec7:6\n"
                               "token.TUSD_ERC20 = 0x00000000000000000000000000000000000000aa:18\n",
                               &config)));
    assert_int_equal(config.chains[0].tokens.count, 2);
    /* Whatever case it was written in. */
    assert_string_equal(
        token_by_asset(&config.chains[0].tokens, money_asset("USDT_ERC20"))->text.text, USDT);
}

static void test_the_environment_names_tokens_and_wins(void **state) {
    struct config config;
    assert_int_equal(setenv("TILL_CHAIN_ETH_TOKEN_USDT_ERC20",
                            "0x00000000000000000000000000000000000000bb:6", 1),
                     0);
    assert_int_equal(setenv("TILL_CHAIN_ETH_CHAIN_ID", "5", 1), 0);
    struct result read = read_text(*state,
                                   "[chain eth]\nurl = http://127.0.0.1:8545\nchain_id = 31337\n"
                                   "token.USDT_ERC20 = " USDT ":6\n",
                                   &config);
    assert_int_equal(setenv("TILL_CHAIN_ETH_TOKEN_USDT_ERC20", USDT ":7", 1), 0);
    assert_refused(*state, "", "in the environment", "token.USDT_ERC20");
    assert_int_equal(unsetenv("TILL_CHAIN_ETH_TOKEN_USDT_ERC20"), 0);
    assert_int_equal(unsetenv("TILL_CHAIN_ETH_CHAIN_ID"), 0);
    assert_true(result_is_ok(read));
    assert_int_equal(config.chains[0].chain_id, 5);
    assert_int_equal(config.chains[0].tokens.count, 1);
    assert_string_equal(config.chains[0].tokens.tokens[0].text.text,
                        "0x00000000000000000000000000000000000000bb");
}

static void test_what_is_wrong_is_named_with_its_line(void **state) {
    static const struct {
        const char *text;
        const char *place;
        const char *words;
    } wrong[] = {
        {"[chain eth]\nkind = bitcoin\n", "line 2", "kind of [chain eth] is evm"},
        {"[chain btc]\nkind = evm\n", "line 2", "kind of [chain btc] is bitcoin"},
        {"[chain doge]\nkind = bitcoin\n", "line 2",
         "unknown chain \"doge\"; there are btc ltc eth"},
        {"[chain sandbox]\nkind = sandbox\n", "line 2", "unknown chain"},
        {"[chain eth]\nurl = http://a\nsolidity_url = http://b\n", "line 3",
         "unknown key of [chain eth], kind evm: \"solidity_url\""},
        {"[chain eth]\nnetwork = main\n", "line 2", "\"network\""},
        {"[chain btc]\nchain_id = 1\n", "line 2", "\"chain_id\""},
        {"[chain btc]\nzmq = tcp://127.0.0.1:28332\n", "line 2",
         "unknown key of [chain btc], kind bitcoin: \"zmq\""},
        {"[chain btc]\nnetwork = mainnet\n", "line 2",
         "[chain btc] has no network \"mainnet\"; there are main testnet4"},
        {"[chain btc]\ntoken.USDT_ERC20 = " USDT ":6\n", "line 2", "\"token.USDT_ERC20\""},
        {"[chain eth]\nchain_id = 0\n", "line 2", "chain_id"},
        {"[chain eth]\nchain_id = 0x1\n", "line 2", "chain_id"},
        {"[chain eth]\nquorum = 0\n", "line 2", "quorum"},
        {"[chain eth]\nconfirmations = soon\n", "line 2", "confirmations of [chain eth]"},
        {"[chain tron]\nconfirmations = finalized\n", "line 2", "confirmations of [chain tron]"},
        {"[chain btc]\nconfirmations = 2 safe@10USD\n", "line 2", "confirmations of [chain btc]"},
        {"[sandbox]\nconfirmations = often\n", "line 2", "confirmations of [sandbox]"},
        {"[sandbox]\nconfirmations = safe\n", "line 2", "confirmations of [sandbox]"},
        {"[chain eth]\ntoken.USDT_ERC20 = " USDT "\n", "line 2", "CONTRACT:DECIMALS"},
        {"[chain eth]\ntoken.USDT_ERC20 = " USDT ":18\n", "line 2", "other decimals"},
        {"[chain eth]\ntoken.USDT_BSC = " USDT ":18\n", "line 2", "another network"},
        {"[chain eth]\ntoken.ETH = " USDT ":18\n", "line 2", "no token has this code"},
        {"[chain eth]\ntoken.NONE = " USDT ":6\n", "line 2", "no token has this code"},
        {"[chain eth]\ntoken.USDT_ERC20 = 0xDAC17F958D2ee523a2206206994597C13D831ec7:6\n", "line 2",
         "checksum is wrong"},
        {"[chain tron]\ntoken.USDT_TRC20 = TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u:6\n", "line 2",
         "checksum is wrong"},
        {"[chain eth]\nchain_id = 5\ntoken.USDT_ERC20 = " USDT ":6\ntoken.USDC_ERC20 = " USDT
         ":6\n",
         "line 4", "another token has this contract"},
        {"listen = 127.0.0.1:80\n", "line 1", "before the first [section]"},
        {"[logs]\nlevel = info\n", "line 2", "unknown section"},
        {"[log]\nlvl = info\n", "line 2", "the key \"lvl\" of [log] is unknown"},
        {"[http\n[log]\nlvl = info\n", "line 1", "neither `key = value` nor `[section]`"},
        {"[log] level = info\n", "line 1", "neither `key = value`"},
        {"[http]\nlisten\n[log]\nlvl = info\n", "line 2", "neither `key = value`"},
        {"[log]\nlevel = info\n[log]\nlevel = warn\n", "line 4",
         "level of [log] was given on line 2 already"},
        {"[chain btc]\nurl = http://a\nurl = http://b\n", "line 3", "on line 2 already"},
        {"[rates]\nfixed.LTC_USD = 80\nfixed.LTC_USD = 90\n", "line 3", "on line 2 already"},
        {"[rates]\nfixed.LTC = 80\n", "line 2", "fixed.BTC_USD, not \"fixed.LTC\""},
        {"[chain btc]\nkind = bitcoin\n", "line 2", "[chain btc] needs a url"},
        {"[chain btc]\nurl = a a a a a a a a a\n", "line 2", "names 9 nodes, and 8 are the most"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_refused(*state, wrong[i].text, wrong[i].place, wrong[i].words);
    }
}

static void test_a_whole_section_must_make_sense(void **state) {
    assert_refused(*state, "[chain eth]\nkind = evm\n", "/tmp/till-config-",
                   "[chain eth] needs a url");
    assert_refused(*state, "[chain eth]\nurl = http://a http://b\nquorum = 3\n",
                   "/tmp/till-config-", "[chain eth] quorum = 3, but url names 2");
    assert_refused(*state, "[chain tron]\nurl = http://a http://b\nsolidity_url = http://c\n",
                   "/tmp/till-config-", "[chain tron] solidity_url");
    assert_refused(*state, "[chain btc]\nurl = http://a http://b http://c\ncookie_file = /x /y\n",
                   "/tmp/till-config-", "[chain btc] cookie_file names one for all");
    /* The contract of the built-in USDT cannot be USDC's. */
    assert_refused(*state, "[chain eth]\nurl = http://a\ntoken.USDC_ERC20 = " USDT ":6\n",
                   "/tmp/till-config-", "[chain eth] token.USDC_ERC20");
    struct config config;
    assert_true(result_is_ok(read_text(
        *state, "[chain btc]\nurl = http://a http://b  http://c\nquorum = 3\n", &config)));
    assert_int_equal(config.chains[0].quorum, 3);
}

/* Eight nodes, each with a key of its provider in its address. */
static void test_a_line_may_be_long(void **state) {
    char url[8 * 2000];
    memset(url, 'a', sizeof url - 1);
    url[sizeof url - 1] = '\0';
    for (size_t i = 2000; i < sizeof url - 1; i += 2000) {
        url[i] = ' ';
    }
    struct config config;
    const char *text = arena_printf(*state, "[chain eth]\nurl = %s ; the nodes\nquorum = 8\n", url);
    assert_true(result_is_ok(read_text(*state, text, &config)));
    assert_string_equal(config.chains[0].url, url);
    assert_refused(*state, arena_printf(*state, "%s# %s\nx = y\n", text, url), "line 5",
                   "unknown key of [chain eth]");
}

static void test_a_file_that_is_too_long_is_refused(void **state) {
    char *text = arena_alloc(*state, CONFIG_BYTES_MAX + 2);
    memset(text, '#', CONFIG_BYTES_MAX);
    struct config config;
    assert_true(result_is_ok(read_text(*state, text, &config)));
    text[CONFIG_BYTES_MAX] = '\n';
    assert_refused(*state, text, "/tmp/till-config-", "longer than 262144 bytes");
}

static void test_what_editors_put_around_lines_means_nothing(void **state) {
    struct config config;
    assert_true(result_is_ok(read_text(
        *state, "\xef\xbb\xbf[log]\r\nlevel = warn\r\n\r\n[http]\r\nlisten = a", &config)));
    assert_string_equal(config.log_level, "warn");
    assert_string_equal(config.http.listen, "a");
    assert_ptr_equal(
        config_read_text(*state, "till.ini", STR("[log]\nlevel = in\0fo\n"), &config).code,
        &ERR_CONFIG);
}

/* As it is copied from a page. */
static void test_indented_lines_stand_for_themselves(void **state) {
    struct config config;
    assert_true(result_is_ok(read_text(*state,
                                       "  [store]\n  url = sqlite:/a/till.db\n"
                                       "  [chain btc]\n  url = http://a http://b\n\tquorum = 2\n",
                                       &config)));
    assert_string_equal(config.store.url, "sqlite:/a/till.db");
    assert_string_equal(config.chains[0].url, "http://a http://b");
    assert_int_equal(config.chains[0].quorum, 2);
}

static void test_links_have_no_second_slash(void **state) {
    struct config config;
    assert_true(
        result_is_ok(read_text(*state, "[http]\nbase_url = https://pay.example/\n", &config)));
    assert_string_equal(config.http.base_url, "https://pay.example");
    assert_true(result_is_ok(read_text(*state, "[http]\nlisten = 127.0.0.1:81\n", &config)));
    assert_string_equal(config.http.base_url, "http://127.0.0.1:81");
}

static void assert_environment_refused(void **state, const char *variable, const char *value,
                                       const char *words) {
    assert_int_equal(setenv(variable, value, 1), 0);
    assert_refused(*state, "", "in the environment", words);
    assert_int_equal(unsetenv(variable), 0);
}

static void test_the_environment_is_judged_as_the_file(void **state) {
    assert_environment_refused(state, "TILL_HTTP_LISTN", "127.0.0.1:80", "\"listn\" of [http]");
    assert_environment_refused(state, "TILL_SANDBOX_CONFIRMATIONS", "often", "confirmations");
    assert_environment_refused(state, "TILL_CHAIN_BTC_QUORUM", "1", "[chain btc] needs a url");
    assert_int_equal(setenv("TILL_API_KEY", "of another program", 1), 0);
    assert_int_equal(setenv("TILL_RATES_FIXED_LTC_USD", "90", 1), 0);
    struct config config;
    struct result read = read_text(*state, "[rates]\nfixed.LTC_USD = 80\n", &config);
    assert_int_equal(unsetenv("TILL_RATES_FIXED_LTC_USD"), 0);
    assert_int_equal(unsetenv("TILL_API_KEY"), 0);
    assert_true(result_is_ok(read));
    assert_int_equal(config.rate_count, 1);
    assert_string_equal(config.rates[0].rate, "90");
}

static void test_a_variable_that_names_nothing_is_remembered(void **state) {
    static const char *const ours[] = {"TILL_HTTP_LISTEN", "TILL_CHAIN_LTC_URL",
                                       "TILL_RATES_FIXED_LTC_USD", "TILL_RATES_URL_KRAKEN"};
    static const char *const of_others[] = {"TILL_API_KEY", "TILL_PASSPHRASE", "TILLAGE_A_B"};
    static const char *const wrong[] = {"TILL_HTPP_LISTEN", "TILL_CHAIN_LTC", "TILL_LISTEN"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        assert_int_equal(setenv(ours[i], "1", 1), 0);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(setenv(of_others[i], "1", 1), 0);
        assert_int_equal(setenv(wrong[i], "1", 1), 0);
    }
    struct config config;
    struct result read = read_text(*state, "", &config);
    assert_true(result_is_ok(read));
    size_t count = 0;
    for (const struct config_ignored *at = config.ignored; at != NULL; at = at->next) {
        count++;
        size_t i = 0;
        while (i < sizeof wrong / sizeof wrong[0] && strcmp(at->name, wrong[i]) != 0) {
            i++;
        }
        assert_true(i < sizeof wrong / sizeof wrong[0]);
    }
    assert_int_equal(count, sizeof wrong / sizeof wrong[0]);
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        assert_int_equal(unsetenv(ours[i]), 0);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(unsetenv(of_others[i]), 0);
        assert_int_equal(unsetenv(wrong[i]), 0);
    }
}

static void test_a_value_is_refused_where_it_was_given(void **state) {
    struct config config;
    struct result why = result_failf(*state, &ERR_CONFIG, "is odd");
    assert_true(result_is_ok(read_text(*state, "[http]\n\nlisten = 1\n", &config)));
    struct result refused = config_refusal(*state, &config, "http", "listen", why);
    assert_non_null(strstr(result_text(refused), " line 3: [http] listen: is odd"));
    assert_int_equal(setenv("TILL_HTTP_LISTEN", "2", 1), 0);
    assert_true(result_is_ok(read_text(*state, "[http]\n\nlisten = 1\n", &config)));
    assert_int_equal(unsetenv("TILL_HTTP_LISTEN"), 0);
    refused = config_refusal(*state, &config, "http", "listen", why);
    assert_string_equal(result_text(refused), "in the environment: [http] listen: is odd");
}

static void test_a_file_that_cannot_be_read_says_why(void **state) {
    struct config config;
    struct result read = config_read(*state, "/nowhere/till.ini", &config);
    assert_non_null(strstr(result_text(read), "/nowhere/till.ini: No such file"));
    read = config_read(*state, "/tmp", &config);
    assert_non_null(strstr(result_text(read), "/tmp: Is a directory"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_an_ethereum_chain_is_the_main_one_unless_it_says_otherwise),
        TEST(test_a_tron_chain_has_keys_of_its_own),
        TEST(test_a_chain_may_name_several_tokens),
        TEST(test_the_environment_names_tokens_and_wins),
        TEST(test_what_is_wrong_is_named_with_its_line),
        TEST(test_a_whole_section_must_make_sense),
        TEST(test_a_line_may_be_long),
        TEST(test_a_file_that_is_too_long_is_refused),
        TEST(test_what_editors_put_around_lines_means_nothing),
        TEST(test_indented_lines_stand_for_themselves),
        TEST(test_links_have_no_second_slash),
        TEST(test_the_environment_is_judged_as_the_file),
        TEST(test_a_variable_that_names_nothing_is_remembered),
        TEST(test_a_value_is_refused_where_it_was_given),
        TEST(test_a_file_that_cannot_be_read_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
