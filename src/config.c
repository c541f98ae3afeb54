/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/asset.h"
#include "core/error.h"

extern char **environ;

enum { CONFIG_LINE_BYTES_MAX = 190 };

/* VALUE_ONLY: a key that this version knows and takes at its neutral value alone. */
enum value_kind { VALUE_TEXT, VALUE_NUMBER, VALUE_SWITCH, VALUE_PACE, VALUE_ONLY };

struct key {
    const char *section; /* "chain": any [chain X] */
    const char *name;
    enum value_kind kind;
    size_t offset; /* in struct config, or struct config_chain */
    int64_t min, max;
    const char *only; /* VALUE_ONLY */
};

#define IN_CONFIG(member) offsetof(struct config, member)
#define IN_CHAIN(member)  offsetof(struct config_chain, member)

/* Every key there is. */
static const struct key keys[] = {
    {"http", "listen", VALUE_TEXT, IN_CONFIG(http.listen), 0, 0, NULL},
    {"http", "base_url", VALUE_TEXT, IN_CONFIG(http.base_url), 0, 0, NULL},
    {"http", "socket", VALUE_TEXT, IN_CONFIG(http.socket), 0, 0, NULL},
    {"http", "metrics", VALUE_TEXT, IN_CONFIG(http.metrics), 0, 0, NULL},
    {"http", "trusted_proxies", VALUE_TEXT, IN_CONFIG(http.trusted_proxies), 0, 0, NULL},
    {"http", "threads", VALUE_NUMBER, IN_CONFIG(http.threads), 0, 64, NULL},
    {"store", "url", VALUE_TEXT, IN_CONFIG(store.url), 0, 0, NULL},
    {"store", "key_file", VALUE_TEXT, IN_CONFIG(store.key_file), 0, 0, NULL},
    {"postback", "allow_http", VALUE_SWITCH, IN_CONFIG(postback.allow_http), 0, 0, NULL},
    {"postback", "allow_hosts", VALUE_TEXT, IN_CONFIG(postback.allow_hosts), 0, 0, NULL},
    {"sandbox", "enabled", VALUE_SWITCH, IN_CONFIG(sandbox.enabled), 0, 0, NULL},
    {"sandbox", "block_ms", VALUE_NUMBER, IN_CONFIG(sandbox.block_ms), 10, 3600000, NULL},
    {"sandbox", "confirmations", VALUE_TEXT, IN_CONFIG(sandbox.confirmations), 0, 0, NULL},
    {"limits", "body_bytes", VALUE_NUMBER, IN_CONFIG(limits.body_bytes), 1024, 16 << 20, NULL},
    {"limits", "connections", VALUE_NUMBER, IN_CONFIG(limits.connections), 1, 1000000, NULL},
    {"limits", "connections_per_ip", VALUE_NUMBER, IN_CONFIG(limits.connections_per_ip), 1, 1000000,
     NULL},
    {"limits", "rate_per_key", VALUE_PACE, IN_CONFIG(limits.rate_per_key), 0, 0, NULL},
    {"limits", "rate_per_ip", VALUE_PACE, IN_CONFIG(limits.rate_per_ip), 0, 0, NULL},
    {"rates", "sources", VALUE_TEXT, IN_CONFIG(rate_sources), 0, 0, NULL},
    {"rates", "max_age_s", VALUE_NUMBER, IN_CONFIG(rate_max_age_s), 1, 86400, NULL},
    {"log", "level", VALUE_TEXT, IN_CONFIG(log_level), 0, 0, NULL},
    {"chain", "kind", VALUE_TEXT, IN_CHAIN(kind), 0, 0, NULL},
    {"chain", "url", VALUE_TEXT, IN_CHAIN(url), 0, 0, NULL},
    {"chain", "cookie_file", VALUE_TEXT, IN_CHAIN(cookie_file), 0, 0, NULL},
    {"chain", "network", VALUE_TEXT, IN_CHAIN(network), 0, 0, NULL},
    {"chain", "confirmations", VALUE_TEXT, IN_CHAIN(confirmations), 0, 0, NULL},
    {"chain", "poll_ms", VALUE_NUMBER, IN_CHAIN(poll_ms), 50, 600000, NULL},
    {"chain", "zmq", VALUE_TEXT, IN_CHAIN(zmq), 0, 0, NULL},
    {"chain", "quorum", VALUE_ONLY, 0, 0, 0, "1"},
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

static const struct config_chain chain_defaults = {
    .kind = "bitcoin",
    .url = "",
    .cookie_file = "",
    .network = "main",
    .confirmations = "",
    .poll_ms = 1000,
    .zmq = "",
};

/* What a read carries along; the first problem is kept. */
struct reading {
    struct arena *arena;
    struct config *config;
    const char *problem;
};

static bool fail(struct reading *reading, const char *format, const char *what) {
    if (reading->problem == NULL) {
        reading->problem = arena_printf(reading->arena, "%s \"%s\"", format, what);
    }
    return false;
}

static const struct key *find_key(const char *section, const char *name) {
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

static bool set_number(struct reading *reading, const struct key *key, const char *text,
                       int64_t *ret_number) {
    int64_t number;
    if (!str_to_i64(str_from_c(text), &number) || number < key->min || number > key->max) {
        return fail(reading,
                    arena_printf(reading->arena, "%s must be a number from %lld to %lld, not",
                                 key->name, (long long)key->min, (long long)key->max),
                    text);
    }
    *ret_number = number;
    return true;
}

static bool set_switch(struct reading *reading, const struct key *key, const char *text,
                       bool *ret_switch) {
    struct str word = str_from_c(text);
    bool yes = str_eq(word, STR("yes"));
    if (!yes && !str_eq(word, STR("no"))) {
        return fail(reading, arena_printf(reading->arena, "%s must be yes or no, not", key->name),
                    text);
    }
    *ret_switch = yes;
    return true;
}

static bool set_value(struct reading *reading, const struct key *key, void *into,
                      const char *text) {
    char *member = (char *)into + key->offset;
    switch (key->kind) {
    case VALUE_TEXT:
        *(const char **)(void *)member = arena_printf(reading->arena, "%s", text);
        return true;
    case VALUE_NUMBER:
        return set_number(reading, key, text, (int64_t *)(void *)member);
    case VALUE_SWITCH:
        return set_switch(reading, key, text, (bool *)(void *)member);
    case VALUE_PACE:
        return pace_from_text(str_from_c(text), (struct pace *)(void *)member) ||
               fail(reading,
                    arena_printf(reading->arena, "%s must be like 50/s, 100/m, 1000/h or 0, not",
                                 key->name),
                    text);
    case VALUE_ONLY:
        return strcmp(text, key->only) == 0 ||
               fail(reading,
                    arena_printf(reading->arena, "this version takes %s = \"%s\" only, not",
                                 key->name, key->only),
                    text);
    }
    return false;
}

static struct config_chain *chain_of(struct reading *reading, const char *name) {
    struct config *config = reading->config;
    for (size_t i = 0; i < config->chain_count; i++) {
        if (strcmp(config->chains[i].key, name) == 0) {
            return &config->chains[i];
        }
    }
    const struct network *network = network_by_key(str_from_c(name));
    if (network == NULL || network == network_sandbox() ||
        config->chain_count == CONFIG_CHAINS_MAX) {
        (void)fail(reading, "unknown chain", name);
        return NULL;
    }
    struct config_chain *chain = &config->chains[config->chain_count++];
    *chain = chain_defaults;
    chain->key = network->key;
    return chain;
}

static bool set_in_chain(struct reading *reading, const char *chain_name, const char *name,
                         const char *text) {
    const struct key *key = find_key("chain", name);
    if (key == NULL) {
        return fail(reading, "unknown key", name);
    }
    struct config_chain *chain = chain_of(reading, chain_name);
    return chain != NULL && set_value(reading, key, chain, text);
}

/* "BTC_USD", "USDT_TRC20_USD": the fiat code is what follows the last underscore. */
static bool set_rate(struct reading *reading, const char *pair, const char *text) {
    struct config *config = reading->config;
    const char *quote = strrchr(pair, '_');
    if (quote == NULL || config->rate_count == CONFIG_RATES_MAX) {
        return fail(reading, "a fixed rate is written fixed.BTC_USD, not", pair);
    }
    config->rates[config->rate_count++] = (struct config_rate){
        .base = arena_printf(reading->arena, "%.*s", (int)(quote - pair), pair),
        .quote = arena_printf(reading->arena, "%s", quote + 1),
        .rate = arena_printf(reading->arena, "%s", text),
    };
    return true;
}

static bool set_rate_url(struct reading *reading, const char *source, const char *text) {
    struct config *config = reading->config;
    if (config->rate_url_count == CONFIG_RATE_URLS_MAX) {
        return fail(reading, "too many addresses of sources:", source);
    }
    config->rate_urls[config->rate_url_count++] = (struct config_rate_url){
        .source = arena_printf(reading->arena, "%s", source),
        .url = arena_printf(reading->arena, "%s", text),
    };
    return true;
}

static int take(void *context, const char *section, const char *name, const char *text) {
    struct reading *reading = context;
    static const char chain_prefix[] = "chain ";
    static const char fixed_prefix[] = "fixed.";
    static const char url_prefix[] = "url.";
    if (strncmp(section, chain_prefix, sizeof chain_prefix - 1) == 0) {
        return set_in_chain(reading, section + sizeof chain_prefix - 1, name, text);
    }
    if (strcmp(section, "rates") == 0 &&
        strncmp(name, fixed_prefix, sizeof fixed_prefix - 1) == 0) {
        return set_rate(reading, name + sizeof fixed_prefix - 1, text);
    }
    if (strcmp(section, "rates") == 0 && strncmp(name, url_prefix, sizeof url_prefix - 1) == 0) {
        return set_rate_url(reading, name + sizeof url_prefix - 1, text);
    }
    const struct key *key = strcmp(section, "chain") == 0 ? NULL : find_key(section, name);
    if (key == NULL) {
        return fail(reading, arena_printf(reading->arena, "unknown key in [%s]", section), name);
    }
    return set_value(reading, key, reading->config, text);
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
        return set_in_chain(reading, member, key, text);
    }
    const struct key *key = find_key(section, member);
    return key == NULL || set_value(reading, key, reading->config, text);
}

static bool take_environment(struct reading *reading) {
    static const char prefix[] = "TILL_";
    for (char **variable = environ; *variable != NULL; variable++) {
        const char *equals = strchr(*variable, '=');
        if (equals == NULL || strncmp(*variable, prefix, sizeof prefix - 1) != 0) {
            continue;
        }
        const char *start = *variable + sizeof prefix - 1;
        char *name = arena_copy(reading->arena, start, (size_t)(equals - start));
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
    struct reading reading = {.arena = arena, .config = ret_config};
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
        const char *problem = reading.problem == NULL ? "not `key = value`" : reading.problem;
        return result_failf(arena, &ERR_CONFIG, "%s line %d: %s", path, line, problem);
    }
    if (!take_environment(&reading)) {
        return result_failf(arena, &ERR_CONFIG, "in the environment: %s", reading.problem);
    }
    if (ret_config->http.base_url[0] == '\0') {
        ret_config->http.base_url = arena_printf(arena, "http://%s", ret_config->http.listen);
    }
    return RESULT_OK;
}
