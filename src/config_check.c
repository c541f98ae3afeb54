/* SPDX-License-Identifier: MIT */
#include "config_check.h"

#include <string.h>

#include "adapters/node_http/node_login.h"
#include "adapters/rates_fixed/rates_fixed.h"
#include "adapters/rates_http/rates_http.h"
#include "backup.h"
#include "base/arena.h"
#include "base/log.h"
#include "config.h"
#include "core/endpoint_url.h"
#include "core/error.h"
#include "core/net_guard.h"
#include "http/ip.h"
#include "http/limits.h"
#include "http/listen.h"

/* ---- where tilld is */

/* Where none was given it is made from the listener's address, whatever that is. */
static struct result check_base_url(struct arena *arena, const struct config_http *http) {
    struct endpoint_url url;
    return strcmp(http->base_url, arena_printf(arena, "http://%s", http->listen)) == 0
               ? RESULT_OK
               : endpoint_url_parse(arena, str_from_c(http->base_url), ENDPOINT_HTTP_TOO, &url);
}

static struct result check_http(struct arena *arena, const struct config *config) {
    const struct config_http *http = &config->http;
    struct result checked = listen_address_check(arena, str_from_c(http->listen));
    if (!result_is_ok(checked)) {
        return config_refusal(arena, config, "http", "listen", checked);
    }
    checked = check_base_url(arena, http);
    if (!result_is_ok(checked)) {
        return config_refusal(arena, config, "http", "base_url", checked);
    }
    if (http->metrics[0] != '\0') {
        checked = listen_address_check(arena, str_from_c(http->metrics));
    }
    if (!result_is_ok(checked)) {
        return config_refusal(arena, config, "http", "metrics", checked);
    }
    struct ip_network proxies[HTTP_TRUSTED_PROXIES_MAX];
    size_t count;
    checked = ip_networks_from_text(arena, str_from_c(http->trusted_proxies), proxies,
                                    HTTP_TRUSTED_PROXIES_MAX, &count);
    return result_is_ok(checked)
               ? RESULT_OK
               : config_refusal(arena, config, "http", "trusted_proxies", checked);
}

static struct result check_postback(struct arena *arena, const struct config *config) {
    struct net_allow_list list;
    struct result checked =
        net_allow_list_parse(arena, str_from_c(config->postback.allow_hosts), &list);
    return result_is_ok(checked)
               ? RESULT_OK
               : config_refusal(arena, config, "postback", "allow_hosts", checked);
}

static struct result check_log(struct arena *arena, const struct config *config) {
    enum log_level level;
    if (log_level_by_name(str_from_c(config->log_level), &level)) {
        return RESULT_OK;
    }
    struct result wrong = result_failf(arena, &ERR_CONFIG, "must be debug, info, warn or error");
    return config_refusal(arena, config, "log", "level", wrong);
}

/* ---- rates */

static struct result check_fixed_rates(struct arena *arena, const struct config *config) {
    struct fixed_rate fixed[CONFIG_RATES_MAX];
    for (size_t i = 0; i < config->rate_count; i++) {
        const struct config_rate *rate = &config->rates[i];
        fixed[i] = (struct fixed_rate){rate->base, rate->quote, rate->rate};
        struct rates *rates = NULL;
        struct result checked = rates_fixed_new(arena, NULL, fixed, i + 1, &rates);
        rates_fixed_free(rates);
        if (!result_is_ok(checked)) {
            return config_refusal(arena, config, "rates", rate->name, checked);
        }
    }
    return RESULT_OK;
}

static struct result check_feeds(struct arena *arena, const struct rates_http_options *options) {
    struct rate_feeds *feeds = NULL;
    struct result checked = rates_http_new(arena, options, &feeds);
    rates_http_free(feeds);
    return checked;
}

static struct result check_rate_sources(struct arena *arena, const struct config *config) {
    struct rates_http_options options = {
        .sources = config->rate_sources, .max_age_ms = 1000, .user_agent = ""};
    struct result checked = check_feeds(arena, &options);
    if (!result_is_ok(checked)) {
        return config_refusal(arena, config, "rates", "sources", checked);
    }
    for (size_t i = 0; i < config->rate_url_count; i++) {
        const struct config_rate_url *given = &config->rate_urls[i];
        const struct rate_source_url url = {given->source, given->url};
        options.urls = &url;
        options.url_count = 1;
        checked = check_feeds(arena, &options);
        if (!result_is_ok(checked)) {
            const char *name = arena_printf(arena, "url.%s", given->source);
            return config_refusal(arena, config, "rates", name, checked);
        }
    }
    return RESULT_OK;
}

/* ---- nodes */

static struct result check_node_url(struct arena *arena, struct str text) {
    struct node_login login;
    struct node_url *url = ARENA_NEW(arena, struct node_url);
    struct result read = node_login_from_url(text, &login, url);
    node_login_wipe(&login);
    explicit_bzero(url, sizeof *url);
    return read;
}

/* The urls themselves are not repeated: they hold passwords. */
static struct result check_node_urls(struct arena *arena, const struct config *config,
                                     const struct config_chain *chain, const char *name,
                                     const char *urls) {
    struct str rest = str_trim(str_from_c(urls));
    bool is_one = str_find(rest, ' ') == rest.len;
    struct str url;
    for (int number = 1; str_split_next(&rest, ' ', &url); number += url.len > 0 ? 1 : 0) {
        struct result checked = url.len == 0 ? RESULT_OK : check_node_url(arena, url);
        if (!result_is_ok(checked)) {
            const char *section = arena_printf(arena, "chain %s", chain->key);
            struct result wrong = result_failf(arena, &ERR_CONFIG, "number %d of them: %s", number,
                                               result_text(checked));
            return config_refusal(arena, config, section, name, is_one ? checked : wrong);
        }
    }
    return RESULT_OK;
}

struct result config_check(struct arena *arena, const struct config *config) {
    TRY(check_http(arena, config));
    struct instance_paths paths;
    TRY(instance_paths_of(arena, config, &paths));
    TRY(check_postback(arena, config));
    TRY(check_log(arena, config));
    TRY(check_fixed_rates(arena, config));
    TRY(check_rate_sources(arena, config));
    for (size_t i = 0; i < config->chain_count; i++) {
        const struct config_chain *chain = &config->chains[i];
        TRY(check_node_urls(arena, config, chain, "url", chain->url));
        TRY(check_node_urls(arena, config, chain, "solidity_url", chain->solidity_url));
        TRY(check_node_urls(arena, config, chain, "jsonrpc_url", chain->jsonrpc_url));
    }
    return RESULT_OK;
}
