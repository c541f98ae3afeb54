/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ini.h"
#include "base/str.h"
#include "config_chain.h"
#include "config_value.h"
#include "core/asset.h"
#include "core/error.h"

extern char **environ;

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

static bool section_is_known(const char *section) {
    bool known = strcmp(section, "rates") == 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        known = known || strcmp(keys[i].section, section) == 0;
    }
    return known;
}

/* ---- what was given where */

static const struct config_given *find_given(const struct config *config, const char *section,
                                             const char *name) {
    const struct config_given *at = config->given;
    while (at != NULL && (strcmp(at->section, section) != 0 || strcmp(at->name, name) != 0)) {
        at = at->next;
    }
    return at;
}

/* The second of two would win in silence. The environment may say again what the file says. */
static bool note_given(struct reading *reading, const char *section, const char *name) {
    struct arena *arena = reading->problem.arena;
    struct config *config = reading->config;
    int line = reading->problem.line;
    const struct config_given *before = find_given(config, section, name);
    if (before != NULL && line != 0) {
        return config_refuse(&reading->problem, "%s of [%s] was given on line %d already", name,
                             section, before->line);
    }
    struct config_given *given = ARENA_NEW(arena, struct config_given);
    *given = (struct config_given){
        .section = arena_printf(arena, "%s", section),
        .name = arena_printf(arena, "%s", name),
        .line = line,
        .next = config->given,
    };
    config->given = given;
    return true;
}

/* ---- keys of open lists */

/* "BTC_USD", "USDT_TRC20_USD": the fiat code is what follows the last underscore. */
static bool set_rate(struct reading *reading, const char *pair, const char *text) {
    struct config *config = reading->config;
    struct arena *arena = reading->problem.arena;
    const char *name = arena_printf(arena, "fixed.%s", pair);
    const char *quote = strrchr(pair, '_');
    if (quote == NULL) {
        return config_refuse(&reading->problem, "a fixed rate is written fixed.BTC_USD, not \"%s\"",
                             name);
    }
    size_t at = 0;
    while (at < config->rate_count && strcmp(config->rates[at].name, name) != 0) {
        at++;
    }
    if (at == CONFIG_RATES_MAX) {
        return config_refuse(&reading->problem, "more than %d fixed rates", CONFIG_RATES_MAX);
    }
    config->rate_count += at == config->rate_count ? 1 : 0;
    config->rates[at] = (struct config_rate){
        .name = name,
        .base = arena_printf(arena, "%.*s", (int)(quote - pair), pair),
        .quote = arena_printf(arena, "%s", quote + 1),
        .rate = arena_printf(arena, "%s", text),
    };
    return note_given(reading, "rates", name);
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
    return note_given(reading, "rates", arena_printf(reading->problem.arena, "url.%s", source));
}

/* ---- one key */

static bool take_chain_key(struct reading *reading, const char *chain, const char *name,
                           const char *text) {
    const char *section = arena_printf(reading->problem.arena, "chain %s", chain);
    return config_chain_set(reading->config, &reading->problem, chain, name, text) &&
           note_given(reading, section, name);
}

static bool take_key(struct reading *reading, const char *section, const char *name,
                     const char *text) {
    const struct config_key *key = find_key(section, name);
    if (key == NULL) {
        const char *fault = section[0] == '\0'          ? "stands before the first [section]"
                            : section_is_known(section) ? "is unknown"
                                                        : "stands in an unknown section";
        return config_refuse(&reading->problem, "the key \"%s\" of [%s] %s", name, section, fault);
    }
    bool confirms = strcmp(section, "sandbox") == 0 && strcmp(name, "confirmations") == 0;
    return config_value_set(&reading->problem, key, reading->config, text) &&
           (!confirms ||
            config_confirmations_check(&reading->problem, network_sandbox(), section, text)) &&
           note_given(reading, section, name);
}

static bool take(struct reading *reading, const char *section, const char *name, const char *text) {
    static const char chain_prefix[] = "chain ";
    static const char fixed_prefix[] = "fixed.";
    static const char url_prefix[] = "url.";
    if (strncmp(section, chain_prefix, sizeof chain_prefix - 1) == 0) {
        return take_chain_key(reading, section + sizeof chain_prefix - 1, name, text);
    }
    if (strcmp(section, "rates") == 0 &&
        strncmp(name, fixed_prefix, sizeof fixed_prefix - 1) == 0) {
        return set_rate(reading, name + sizeof fixed_prefix - 1, text);
    }
    if (strcmp(section, "rates") == 0 && strncmp(name, url_prefix, sizeof url_prefix - 1) == 0) {
        return set_rate_url(reading, name + sizeof url_prefix - 1, text);
    }
    return take_key(reading, section, name, text);
}

/* ---- the environment: TILL_HTTP_LISTEN, TILL_CHAIN_LTC_URL, TILL_RATES_FIXED_LTC_USD */

/* Not refused: a shop's programs on the same machine may have variables of that beginning, and so
 * may whatever starts us as a service that is called till. */
static void note_ignored(struct reading *reading, struct str name) {
    static const char *const of_others[] = {
        "TILL_PASSPHRASE", /* till */
        "TILL_URL",        /* programs of shops: examples/ */
        "TILL_API_KEY",
        "TILL_SECRET",
    };
    for (size_t i = 0; i < sizeof of_others / sizeof of_others[0]; i++) {
        if (str_eq(name, str_from_c(of_others[i]))) {
            return;
        }
    }
    struct config_ignored *ignored = ARENA_NEW(reading->problem.arena, struct config_ignored);
    *ignored =
        (struct config_ignored){str_to_c(reading->problem.arena, name), reading->config->ignored};
    reading->config->ignored = ignored;
}

static char lower(char c) {
    if (c < 'A' || c > 'Z') {
        return c;
    }
    return (char)(c - 'A' + 'a');
}

/* False if there is no such section; `*ret_good` says whether the value could be taken. */
static bool take_variable(struct reading *reading, char *name, const char *text, bool *ret_good) {
    static const char fixed_prefix[] = "RATES_FIXED_";
    if (strncmp(name, fixed_prefix, sizeof fixed_prefix - 1) == 0) {
        *ret_good = set_rate(reading, name + sizeof fixed_prefix - 1, text);
        return true;
    }
    for (char *c = name; *c != '\0'; c++) {
        *c = lower(*c);
    }
    static const char url_prefix[] = "rates_url_";
    if (strncmp(name, url_prefix, sizeof url_prefix - 1) == 0) {
        *ret_good = set_rate_url(reading, name + sizeof url_prefix - 1, text);
        return true;
    }
    char *member = strchr(name, '_');
    if (member == NULL) {
        return false;
    }
    *member++ = '\0';
    const char *section = name;
    if (strcmp(section, "chain") == 0) {
        char *key = strchr(member, '_');
        if (key == NULL) {
            return false;
        }
        *key++ = '\0';
        *ret_good = take_chain_key(reading, member, key, text);
        return true;
    }
    if (!section_is_known(section)) {
        return false;
    }
    *ret_good = take_key(reading, section, member, text);
    return true;
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
        bool good = true;
        if (!take_variable(reading, name, equals + 1, &good)) {
            note_ignored(reading, (struct str){*variable, (size_t)(equals - *variable)});
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

/* ---- the file */

static void close_file(FILE **file) {
    if (*file != NULL) {
        (void)fclose(*file);
    }
}

static struct result refuse_at(const struct reading *reading, const char *path) {
    const struct config_problem *problem = &reading->problem;
    if (problem->text_line == 0) {
        return result_failf(problem->arena, &ERR_CONFIG, "in the environment: %s", problem->text);
    }
    return result_failf(problem->arena, &ERR_CONFIG, "%s line %d: %s", path, problem->text_line,
                        problem->text);
}

static struct result load_file(struct arena *arena, const char *path, struct str *ret_text) {
    CLEANUP(close_file) FILE *file = fopen(path, "re");
    char *bytes = arena_alloc(arena, CONFIG_BYTES_MAX + 1);
    size_t size = file == NULL ? 0 : fread(bytes, 1, CONFIG_BYTES_MAX + 1, file);
    if (file == NULL || ferror(file)) {
        return result_failf(arena, &ERR_CONFIG, "cannot read the configuration %s: %s", path,
                            strerror(errno));
    }
    if (size > CONFIG_BYTES_MAX) {
        return result_failf(arena, &ERR_CONFIG, "the configuration %s is longer than %d bytes",
                            path, CONFIG_BYTES_MAX);
    }
    *ret_text = (struct str){bytes, size};
    return RESULT_OK;
}

static void take_line(struct reading *reading, const char **section, struct str text) {
    struct arena *arena = reading->problem.arena;
    struct ini_line line = ini_line_read(text);
    switch (line.kind) {
    case INI_NOTHING:
        return;
    case INI_SECTION:
        *section = str_to_c(arena, line.name);
        return;
    case INI_PAIR:
        (void)take(reading, *section, str_to_c(arena, line.name), str_to_c(arena, line.value));
        return;
    case INI_MALFORMED:
        (void)config_refuse(&reading->problem, "neither `key = value` nor `[section]`");
        return;
    }
}

static bool take_text(struct reading *reading, struct str text) {
    static const struct str byte_order_mark = STR("\xef\xbb\xbf");
    struct str rest = str_starts_with(text, byte_order_mark)
                          ? str_slice(text, byte_order_mark.len, text.len)
                          : text;
    const char *section = "";
    struct str line;
    while (reading->problem.text == NULL && str_split_next(&rest, '\n', &line)) {
        reading->problem.line++;
        take_line(reading, &section, line);
    }
    reading->problem.line = 0;
    return reading->problem.text == NULL;
}

/* What payment links start with: an address without a slash at its end. */
static void set_base_url(struct arena *arena, struct config_http *http) {
    struct str url = str_from_c(http->base_url);
    http->base_url =
        url.len == 0
            ? arena_printf(arena, "http://%s", http->listen)
            : str_to_c(arena, str_ends_with(url, STR("/")) ? str_slice(url, 0, url.len - 1) : url);
}

struct result config_read_text(struct arena *arena, const char *path, struct str text,
                               struct config *ret_config) {
    *ret_config = defaults;
    ret_config->path = path;
    struct reading reading = {.config = ret_config, .problem = {.arena = arena}};
    if (!take_text(&reading, text) || !take_environment(&reading) ||
        !config_chains_check(ret_config, &reading.problem)) {
        return refuse_at(&reading, path);
    }
    set_base_url(arena, &ret_config->http);
    return RESULT_OK;
}

struct result config_read(struct arena *arena, const char *path, struct config *ret_config) {
    struct str text = STR("");
    if (path != NULL) {
        TRY(load_file(arena, path, &text));
    }
    return config_read_text(arena, path, text, ret_config);
}

struct result config_refusal(struct arena *arena, const struct config *config, const char *section,
                             const char *name, struct result why) {
    const struct config_given *given = find_given(config, section, name);
    const char *place = given == NULL || given->line == 0
                            ? "in the environment"
                            : arena_printf(arena, "%s line %d", config->path, given->line);
    return result_failf(arena, &ERR_CONFIG, "%s: [%s] %s: %s", place, section, name,
                        result_text(why));
}
