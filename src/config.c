/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "config_chain.h"
#include "config_value.h"
#include "core/asset.h"
#include "core/error.h"

extern char **environ;

enum { CONFIG_LINE_BYTES_MAX = 190 };

struct section_key {
    const char *section;
    struct config_key key; /* in struct config */
};

#define IN_CONFIG(member) offsetof(struct config, member)

/* Every key there is, but for those of chains: config_chain.c. */
static const struct section_key keys[] = {
    {"http", {"listen", VALUE_TEXT, IN_CONFIG(http.listen), 0, 0}},
    {"http", {"base_url", VALUE_TEXT, IN_CONFIG(http.base_url), 0, 0}},
    {"http", {"socket", VALUE_TEXT, IN_CONFIG(http.socket), 0, 0}},
    {"http", {"metrics", VALUE_TEXT, IN_CONFIG(http.metrics), 0, 0}},
    {"http", {"trusted_proxies", VALUE_TEXT, IN_CONFIG(http.trusted_proxies), 0, 0}},
    {"http", {"threads", VALUE_NUMBER, IN_CONFIG(http.threads), 0, 64}},
    {"store", {"url", VALUE_TEXT, IN_CONFIG(store.url), 0, 0}},
    {"store", {"key_file", VALUE_TEXT, IN_CONFIG(store.key_file), 0, 0}},
    {"postback", {"allow_http", VALUE_SWITCH, IN_CONFIG(postback.allow_http), 0, 0}},
    {"postback", {"allow_hosts", VALUE_TEXT, IN_CONFIG(postback.allow_hosts), 0, 0}},
    {"sandbox", {"enabled", VALUE_SWITCH, IN_CONFIG(sandbox.enabled), 0, 0}},
    {"sandbox", {"block_ms", VALUE_NUMBER, IN_CONFIG(sandbox.block_ms), 10, 3600000}},
    {"sandbox", {"confirmations", VALUE_TEXT, IN_CONFIG(sandbox.confirmations), 0, 0}},
    {"limits", {"body_bytes", VALUE_NUMBER, IN_CONFIG(limits.body_bytes), 1024, 16 << 20}},
    {"limits", {"connections", VALUE_NUMBER, IN_CONFIG(limits.connections), 1, 1000000}},
    {"limits",
     {"connections_per_ip", VALUE_NUMBER, IN_CONFIG(limits.connections_per_ip), 1, 1000000}},
    {"limits", {"rate_per_key", VALUE_PACE, IN_CONFIG(limits.rate_per_key), 0, 0}},
    {"limits", {"rate_per_ip", VALUE_PACE, IN_CONFIG(limits.rate_per_ip), 0, 0}},
    {"rates", {"sources", VALUE_TEXT, IN_CONFIG(rate_sources), 0, 0}},
    {"rates", {"max_age_s", VALUE_NUMBER, IN_CONFIG(rate_max_age_s), 1, 86400}},
    {"log", {"level", VALUE_TEXT, IN_CONFIG(log_level), 0, 0}},
};

static const struct config defaults = {
    .http = {.listen = "127.0.0.1:8080",
             .base_url = "",
             .socket = "var/till.sock",
             .metrics = "",
             .trusted_proxies = ""},
    .store = {.url = "sqlite:var/till.db", .key_file = ""},
    .postback = {.allow_hosts = ""},
    .sandbox = {.enabled = true, .block_ms = 1000, .confirmations = "1"},
    .limits = {.body_bytes = 65536,
               .connections = 10000,
               .connections_per_ip = 256,
               .rate_per_ip = {50, 1000}},
    .rate_sources = "coinbase,kraken,binance,coingecko,erapi,frankfurter",
    .rate_max_age_s = 300,
    .log_level = "info",
};

/* What a read carries along. */
struct reading {
    struct config *config;
    struct config_problem problem;
};

static const struct config_key *find_key(const char *section, const char *name) {
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].key.name, name) == 0) {
            return &keys[i].key;
        }
    }
    return NULL;
}

/* "BTC_USD", "USDT_TRC20_USD": the fiat code is what follows the last underscore. */
static bool set_rate(struct reading *reading, const char *pair, const char *text) {
    struct config *config = reading->config;
    const char *quote = strrchr(pair, '_');
    if (quote == NULL || config->rate_count == CONFIG_RATES_MAX) {
        return config_refuse(&reading->problem, "a fixed rate is written fixed.BTC_USD, not \"%s\"",
                             pair);
    }
    config->rates[config->rate_count++] = (struct config_rate){
        .base = arena_printf(reading->problem.arena, "%.*s", (int)(quote - pair), pair),
        .quote = arena_printf(reading->problem.arena, "%s", quote + 1),
        .rate = arena_printf(reading->problem.arena, "%s", text),
    };
    return true;
}

static bool set_rate_url(struct reading *reading, const char *source, const char *text) {
    struct config *config = reading->config;
    if (config->rate_url_count == CONFIG_RATE_URLS_MAX) {
        return config_refuse(&reading->problem, "too many addresses of sources: \"%s\"", source);
    }
    config->rate_urls[config->rate_url_count++] = (struct config_rate_url){
        .source = arena_printf(reading->problem.arena, "%s", source),
        .url = arena_printf(reading->problem.arena, "%s", text),
    };
    return true;
}

static int take(void *context, const char *section, const char *name, const char *text) {
    struct reading *reading = context;
    static const char chain_prefix[] = "chain ";
    static const char fixed_prefix[] = "fixed.";
    static const char url_prefix[] = "url.";
    if (strncmp(section, chain_prefix, sizeof chain_prefix - 1) == 0) {
        return config_chain_set(reading->config, &reading->problem,
                                section + sizeof chain_prefix - 1, name, text);
    }
    if (strcmp(section, "rates") == 0 &&
        strncmp(name, fixed_prefix, sizeof fixed_prefix - 1) == 0) {
        return set_rate(reading, name + sizeof fixed_prefix - 1, text);
    }
    if (strcmp(section, "rates") == 0 && strncmp(name, url_prefix, sizeof url_prefix - 1) == 0) {
        return set_rate_url(reading, name + sizeof url_prefix - 1, text);
    }
    const struct config_key *key = find_key(section, name);
    if (key == NULL) {
        return config_refuse(&reading->problem, "unknown key in [%s] \"%s\"", section, name);
    }
    bool confirms = strcmp(section, "sandbox") == 0 && strcmp(name, "confirmations") == 0;
    return config_value_set(&reading->problem, key, reading->config, text) &&
           (!confirms ||
            config_confirmations_check(&reading->problem, network_sandbox(), section, text));
}

/* ---- the environment: TILL_HTTP_LISTEN, TILL_CHAIN_LTC_URL, TILL_RATES_FIXED_LTC_USD */

static char lower(char c) {
    if (c < 'A' || c > 'Z') {
        return c;
    }
    return (char)(c - 'A' + 'a');
}

static bool take_variable(struct reading *reading, char *name, const char *text) {
    static const char fixed_prefix[] = "RATES_FIXED_";
    if (strncmp(name, fixed_prefix, sizeof fixed_prefix - 1) == 0) {
        return set_rate(reading, name + sizeof fixed_prefix - 1, text);
    }
    for (char *c = name; *c != '\0'; c++) {
        *c = lower(*c);
    }
    static const char url_prefix[] = "rates_url_";
    if (strncmp(name, url_prefix, sizeof url_prefix - 1) == 0) {
        return set_rate_url(reading, name + sizeof url_prefix - 1, text);
    }
    char *member = strchr(name, '_');
    if (member == NULL) {
        return true; /* not one of ours */
    }
    *member++ = '\0';
    const char *section = name;
    if (strcmp(section, "chain") == 0) {
        char *key = strchr(member, '_');
        if (key == NULL) {
            return true;
        }
        *key++ = '\0';
        return config_chain_set(reading->config, &reading->problem, member, key, text);
    }
    const struct config_key *key = find_key(section, member);
    return key == NULL || config_value_set(&reading->problem, key, reading->config, text);
}

static bool take_environment(struct reading *reading) {
    static const char prefix[] = "TILL_";
    for (char **variable = environ; *variable != NULL; variable++) {
        const char *equals = strchr(*variable, '=');
        if (equals == NULL || strncmp(*variable, prefix, sizeof prefix - 1) != 0) {
            continue;
        }
        const char *start = *variable + sizeof prefix - 1;
        char *name = arena_copy(reading->problem.arena, start, (size_t)(equals - start));
        if (!take_variable(reading, name, equals + 1)) {
            return false;
        }
    }
    return true;
}

/* inih cuts longer lines in two, and the second half would be a puzzling "unknown key". 0: none is
 * too long. */
static int find_long_line(const char *path) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0; /* ini_parse says it better */
    }
    int line = 1;
    size_t length = 0;
    bool too_long = false;
    for (int c; !too_long && (c = fgetc(file)) != EOF;) {
        length = c == '\n' ? 0 : length + 1;
        too_long = length > CONFIG_LINE_BYTES_MAX;
        line += c == '\n' ? 1 : 0;
    }
    (void)fclose(file);
    return too_long ? line : 0;
}

struct result config_read(struct arena *arena, const char *path, struct config *ret_config) {
    *ret_config = defaults;
    struct reading reading = {.config = ret_config, .problem = {.arena = arena}};
    int long_line = path == NULL ? 0 : find_long_line(path);
    if (long_line != 0) {
        return result_failf(arena, &ERR_CONFIG,
                            "%s line %d: longer than %d bytes; give this key in the environment",
                            path, long_line, CONFIG_LINE_BYTES_MAX);
    }
    int line = path == NULL ? 0 : ini_parse(path, take, &reading);
    if (line == -1) {
        return result_failf(arena, &ERR_CONFIG, "cannot read the configuration %s", path);
    }
    if (line != 0) {
        const char *problem =
            reading.problem.text == NULL ? "not `key = value`" : reading.problem.text;
        return result_failf(arena, &ERR_CONFIG, "%s line %d: %s", path, line, problem);
    }
    if (!take_environment(&reading)) {
        return result_failf(arena, &ERR_CONFIG, "in the environment: %s", reading.problem.text);
    }
    if (!config_chains_check(ret_config, &reading.problem)) {
        return result_failf(arena, &ERR_CONFIG, "%s: %s", path == NULL ? "the environment" : path,
                            reading.problem.text);
    }
    if (ret_config->http.base_url[0] == '\0') {
        ret_config->http.base_url = arena_printf(arena, "http://%s", ret_config->http.listen);
    }
    return RESULT_OK;
}
