/* SPDX-License-Identifier: MIT */
#include "core/rate_board.h"

#include "base/result.h"
#include "core/asset.h"

/* How far is too far, in millionths. Currencies are published once a day by some and quoted live by
 * others, so their sources may differ by a day's move; coins are quoted live by all. */
struct closeness {
    uint32_t in_group_ppm;     /* three sources and more */
    uint32_t of_pair_ppm;      /* two */
    uint32_t alone_minute_ppm; /* one: a minute's jump */
    uint32_t alone_ppm_max;    /* one: however long ago the last trusted price was */
    uint32_t agreed_minute_ppm;
};
static const struct closeness of_coins = {50000, 20000, 100000, 500000, 500000};
static const struct closeness of_fiat = {100000, 50000, 100000, 500000, 500000};

enum {
    PEG_PPM = 50000,
    MINUTE_MS = 60000,
    AGREED_PPM_MAX = 1000 * MARKET_PPM,
    FIAT_AGE_MAX_MS = 24 * 3600 * 1000,      /* since we heard it */
    FIAT_SAID_AGE_MAX_MS = 5 * 24 * 3600000, /* by its date: a weekend with holidays around it */
};

static const struct market_price peg = {(u128)1000000000000000000u};

const struct asset *rate_base_of(const struct asset *asset) {
    if (asset->kind == ASSET_FIAT) {
        return asset;
    }
    for (const struct asset *const *at = asset_list(); *at != NULL; at++) {
        if (str_eq(str_from_c((*at)->short_code), str_from_c(asset->short_code))) {
            return *at;
        }
    }
    return asset;
}

static struct rate_row *row_of(struct rate_board *board, const struct asset *base) {
    for (size_t i = 0; i < board->row_count; i++) {
        if (board->rows[i].base == base) {
            return &board->rows[i];
        }
    }
    return NULL;
}

static const struct rate_row *row_to_read(const struct rate_board *board,
                                          const struct asset *base) {
    for (size_t i = 0; i < board->row_count; i++) {
        if (board->rows[i].base == base) {
            return &board->rows[i];
        }
    }
    return NULL;
}

static void add_rows(struct rate_board *board, const struct asset *const *list) {
    for (; *list != NULL; list++) {
        const struct asset *base = rate_base_of(*list);
        if (base != fiat_usd() && row_of(board, base) == NULL) {
            BUG_IF(board->row_count == RATE_BASES_MAX);
            board->rows[board->row_count++] = (struct rate_row){.base = base};
        }
    }
}

void rate_board_init(struct rate_board *board, int64_t max_age_ms) {
    *board = (struct rate_board){.max_age_ms = max_age_ms};
    add_rows(board, asset_list());
    add_rows(board, fiat_list());
}

/* ---- what is said */

static bool is_market(const struct asset *base) {
    return base->kind != ASSET_FIAT && !base->stablecoin;
}

/* The time of the source's answer before, if this one repeats its coins to the last digit. */
static int64_t answer_time(struct rate_board *board, size_t source,
                           const struct rate_report *report, int64_t heard_at_ms) {
    int64_t repeated_at_ms = heard_at_ms;
    for (size_t i = 0; i < report->count; i++) {
        const struct rate_said *said = &report->said[i];
        const struct rate_row *row = row_of(board, said->base);
        if (row == NULL || !is_market(said->base)) {
            continue;
        }
        const struct rate_entry *entry = &row->entries[source];
        if (entry->quote != said->quote || entry->price.e18 != said->price.e18) {
            return heard_at_ms;
        }
        repeated_at_ms = entry->at_ms < repeated_at_ms ? entry->at_ms : repeated_at_ms;
    }
    return repeated_at_ms;
}

void rate_board_put(struct rate_board *board, size_t source, const struct rate_report *report,
                    int64_t heard_at_ms) {
    BUG_IF(source >= RATE_SOURCES_MAX || report->count > RATE_REPORT_MAX);
    int64_t answered_at_ms = answer_time(board, source, report, heard_at_ms);
    for (size_t i = 0; i < report->count; i++) {
        const struct rate_said *said = &report->said[i];
        struct rate_row *row = row_of(board, said->base);
        bool has_date = said->said_at_ms != 0;
        bool is_fiat = said->base->kind == ASSET_FIAT;
        if (row == NULL ||
            (is_fiat && has_date && heard_at_ms - said->said_at_ms > FIAT_SAID_AGE_MAX_MS)) {
            continue;
        }
        int64_t at_ms = answered_at_ms;
        if (!is_fiat && has_date && said->said_at_ms < at_ms) {
            at_ms = said->said_at_ms;
        }
        row->entries[source] =
            (struct rate_entry){.quote = said->quote, .price = said->price, .at_ms = at_ms};
    }
}

/* ---- what to make of it */

struct input {
    struct market_price price;
    int64_t at_ms;
    size_t source;
};

struct inputs {
    struct input list[RATE_SOURCES_MAX]; /* by price */
    size_t count;
    bool any_stale;
};

static bool is_fresh(const struct rate_board *board, const struct asset *base, int64_t at_ms,
                     int64_t now_ms) {
    int64_t age_max_ms = board->max_age_ms;
    if (base->kind == ASSET_FIAT && age_max_ms < FIAT_AGE_MAX_MS) {
        age_max_ms = FIAT_AGE_MAX_MS;
    }
    return now_ms - at_ms <= age_max_ms && at_ms - now_ms <= age_max_ms;
}

static void add_input(struct inputs *inputs, struct input input) {
    size_t at = inputs->count++;
    for (; at > 0 && inputs->list[at - 1].price.e18 > input.price.e18; at--) {
        inputs->list[at] = inputs->list[at - 1];
    }
    inputs->list[at] = input;
}

static struct rate_finding judge_in_usd(const struct rate_board *board, const struct rate_row *row,
                                        const struct rate_finding *quote, int64_t now_ms);

/* The one stablecoin that a source trades in, at its market price. */
static struct rate_finding judge_quote(const struct rate_board *board, const struct rate_row *row,
                                       int64_t now_ms) {
    for (size_t i = 0; i < RATE_SOURCES_MAX; i++) {
        const struct asset *quote = row->entries[i].quote;
        if (quote == NULL || quote == fiat_usd() || quote == row->base) {
            continue;
        }
        const struct rate_row *quote_row = row_to_read(board, quote);
        if (quote_row != NULL) {
            return judge_in_usd(board, quote_row, NULL, now_ms);
        }
    }
    return (struct rate_finding){.trouble = RATE_UNHEARD};
}

static struct inputs gather(const struct rate_board *board, const struct rate_row *row,
                            const struct rate_finding *quote, int64_t now_ms) {
    struct inputs inputs = {0};
    for (size_t i = 0; i < RATE_SOURCES_MAX; i++) {
        const struct rate_entry *entry = &row->entries[i];
        struct input input = {.price = entry->price, .at_ms = entry->at_ms, .source = i};
        if (entry->quote == NULL) {
            continue;
        }
        if (!is_fresh(board, row->base, entry->at_ms, now_ms)) {
            inputs.any_stale = true;
            continue;
        }
        if (entry->quote != fiat_usd()) {
            if (quote == NULL || market_price_is_none(quote->price) ||
                !market_price_times(entry->price, quote->price, &input.price)) {
                continue;
            }
            input.at_ms = quote->at_ms < input.at_ms ? quote->at_ms : input.at_ms;
        }
        add_input(&inputs, input);
    }
    return inputs;
}

static struct market_price median(const struct inputs *inputs) {
    size_t half = inputs->count / 2;
    if (inputs->count % 2 == 1) {
        return inputs->list[half].price;
    }
    return market_price_middle(inputs->list[half - 1].price, inputs->list[half].price);
}

static struct inputs keep_near(const struct inputs *inputs, struct market_price price,
                               uint32_t ppm) {
    struct inputs kept = {0};
    for (size_t i = 0; i < inputs->count; i++) {
        if (market_price_near(inputs->list[i].price, price, ppm)) {
            kept.list[kept.count++] = inputs->list[i];
        }
    }
    return kept;
}

static size_t count_near(const struct inputs *inputs, size_t centre, uint32_t ppm) {
    size_t count = 0;
    for (size_t i = 0; i < inputs->count; i++) {
        count += market_price_near(inputs->list[i].price, inputs->list[centre].price, ppm) ? 1 : 0;
    }
    return count;
}

/* The inputs around which most others lie. A plain median would fall between two liars and the
 * truth; two groups of the same size are no agreement. */
static struct inputs largest_group(const struct inputs *inputs, uint32_t ppm) {
    struct inputs centres = {0};
    size_t most = 2;
    for (size_t i = 0; i < inputs->count; i++) {
        size_t count = count_near(inputs, i, ppm);
        if (count > most) {
            centres.count = 0;
            most = count;
        }
        if (count == most) {
            centres.list[centres.count++] = inputs->list[i];
        }
    }
    if (centres.count == 0 ||
        !market_price_near(centres.list[0].price, centres.list[centres.count - 1].price, ppm)) {
        return (struct inputs){0};
    }
    return keep_near(inputs, median(&centres), ppm);
}

/* Which inputs agree. None: they do not. */
static struct inputs agree(const struct inputs *inputs, const struct closeness *closeness) {
    if (inputs->count >= 3) {
        return largest_group(inputs, closeness->in_group_ppm);
    }
    if (inputs->count == 2 &&
        !market_price_near(inputs->list[0].price, inputs->list[1].price, closeness->of_pair_ppm)) {
        return (struct inputs){0};
    }
    return *inputs;
}

/* Sources that agree may move faster than one that nobody confirms. */
static bool is_jump(const struct rate_row *row, struct market_price price, size_t agreeing,
                    const struct closeness *closeness, int64_t now_ms) {
    if (market_price_is_none(row->good)) {
        return false;
    }
    int64_t minutes = (now_ms - row->good_judged_ms) / MINUTE_MS;
    if (minutes < 1) {
        minutes = 1;
    }
    uint64_t each = agreeing > 1 ? closeness->agreed_minute_ppm : closeness->alone_minute_ppm;
    uint64_t most = agreeing > 1 ? AGREED_PPM_MAX : closeness->alone_ppm_max;
    uint64_t allowed = minutes > 10000 ? most : each * (uint64_t)minutes;
    return !market_price_near(price, row->good, (uint32_t)(allowed < most ? allowed : most));
}

static struct rate_finding hold(const struct rate_board *board, const struct rate_row *row,
                                struct rate_finding finding, int64_t now_ms) {
    finding.used = 0;
    finding.price = (struct market_price){0};
    if (!market_price_is_none(row->good) && is_fresh(board, row->base, row->good_at_ms, now_ms)) {
        finding.price = row->good;
        finding.at_ms = row->good_at_ms;
    }
    return finding;
}

static struct rate_finding judge_in_usd(const struct rate_board *board, const struct rate_row *row,
                                        const struct rate_finding *quote, int64_t now_ms) {
    const struct closeness *closeness = row->base->kind == ASSET_FIAT ? &of_fiat : &of_coins;
    struct inputs inputs = gather(board, row, quote, now_ms);
    struct rate_finding finding = {.trouble = RATE_WELL};
    for (size_t i = 0; i < inputs.count; i++) {
        finding.inputs[inputs.list[i].source] = inputs.list[i].price;
    }
    if (inputs.count == 0 || (inputs.count == 1 && !board->all_asked)) {
        finding.trouble = inputs.count == 0 && inputs.any_stale ? RATE_STALE : RATE_UNHEARD;
        return hold(board, row, finding, now_ms);
    }
    struct inputs kept = agree(&inputs, closeness);
    if (kept.count == 0) {
        finding.trouble = RATE_DISAGREED;
        return hold(board, row, finding, now_ms);
    }
    finding.price = median(&kept);
    finding.at_ms = kept.list[0].at_ms;
    for (size_t i = 0; i < kept.count; i++) {
        finding.used |= 1u << kept.list[i].source;
        finding.at_ms = kept.list[i].at_ms < finding.at_ms ? kept.list[i].at_ms : finding.at_ms;
    }
    if (is_jump(row, finding.price, kept.count, closeness, now_ms)) {
        finding.trouble = RATE_JUMPED;
        return hold(board, row, finding, now_ms);
    }
    return finding;
}

/* A stablecoin off its peg is refused at once, held price or not: whoever still pays with it then,
 * pays with it because it is worth less. */
static bool is_off_peg(const struct rate_row *row, const struct rate_finding *finding,
                       const struct inputs *inputs) {
    if (!row->base->stablecoin || inputs->count == 0) {
        return false;
    }
    struct market_price price = finding->trouble == RATE_JUMPED ? median(inputs) : finding->price;
    return !market_price_is_none(price) && !market_price_near(price, peg, PEG_PPM);
}

struct rate_finding rate_board_judge(const struct rate_board *board, const struct asset *base,
                                     int64_t now_ms) {
    const struct rate_row *row = row_to_read(board, rate_base_of(base));
    BUG_IF(row == NULL);
    struct rate_finding quote = judge_quote(board, row, now_ms);
    struct rate_finding finding = judge_in_usd(board, row, &quote, now_ms);
    struct inputs inputs = gather(board, row, &quote, now_ms);
    if (is_off_peg(row, &finding, &inputs)) {
        finding.trouble = RATE_DEPEGGED;
        finding.price = (struct market_price){0};
        finding.used = 0;
    }
    return finding;
}

void rate_board_remember(struct rate_board *board, int64_t now_ms) {
    for (size_t i = 0; i < board->row_count; i++) {
        struct rate_row *row = &board->rows[i];
        struct rate_finding finding = rate_board_judge(board, row->base, now_ms);
        if (finding.trouble == RATE_WELL) {
            row->good = finding.price;
            row->good_at_ms = finding.at_ms;
            row->good_judged_ms = now_ms;
        }
    }
}

void rate_board_restore(struct rate_board *board, const struct rate_trusted *trusted,
                        int64_t now_ms) {
    struct rate_row *row = row_of(board, trusted->base);
    if (row == NULL || !market_price_is_none(row->good) || trusted->judged_ms > now_ms ||
        !is_fresh(board, trusted->base, trusted->at_ms, now_ms)) {
        return;
    }
    row->good = trusted->price;
    row->good_at_ms = trusted->at_ms;
    row->good_judged_ms = trusted->judged_ms;
}

size_t rate_board_trusted(const struct rate_board *board, int64_t after_ms,
                          struct rate_trusted *ret_trusted) {
    size_t count = 0;
    for (size_t i = 0; i < board->row_count; i++) {
        const struct rate_row *row = &board->rows[i];
        if (!market_price_is_none(row->good) && row->good_judged_ms > after_ms) {
            ret_trusted[count++] =
                (struct rate_trusted){row->base, row->good, row->good_at_ms, row->good_judged_ms};
        }
    }
    return count;
}

const char *rate_trouble_text(enum rate_trouble trouble) {
    switch (trouble) {
    case RATE_WELL:
        return "";
    case RATE_UNHEARD:
        return "no source has priced it";
    case RATE_STALE:
        return "all that the sources said is too old";
    case RATE_DISAGREED:
        return "the sources disagree";
    case RATE_JUMPED:
        return "it moved too far too fast";
    case RATE_DEPEGGED:
        return "it is off its peg";
    }
    return "";
}
