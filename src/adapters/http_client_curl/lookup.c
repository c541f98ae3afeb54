/* SPDX-License-Identifier: MIT */
#include "adapters/http_client_curl/lookup.h"

#include <event2/event.h>
#include <netdb.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/http_client_curl/lookup_pool.h"
#include "adapters/http_client_curl/sockaddr.h"

enum {
    HOSTS_MAX = 4096,
    KEPT_MS = 60000,
};

/* What is known of a name decides how many threads it and its like may hold. */
enum host_standing { HOST_GOOD, HOST_NEW, HOST_BAD, HOST_STANDINGS };

static const unsigned threads_max[HOST_STANDINGS] = {
    /* counts the threads of this standing and those behind it */
    [HOST_GOOD] = LOOKUP_THREADS_MAX,
    [HOST_NEW] = LOOKUP_THREADS_MAX * 3 / 4,
    [HOST_BAD] = LOOKUP_THREADS_MAX / 4,
};

enum host_place { HOST_IDLE, HOST_WAITING, HOST_RUNNING };

TAILQ_HEAD(host_list, lookup_host);
TAILQ_HEAD(waiter_list, lookup_waiter);

struct lookup_host {
    struct str name; /* first: the tree compares by it */
    enum host_standing standing;
    enum host_standing ran_as;
    enum host_place place;
    TAILQ_ENTRY(lookup_host) link; /* of the idle or the waiting list of its standing */
    struct waiter_list waiters;
    int64_t known_until_ms;
    size_t address_count;
    struct net_address addresses[HTTP_CLIENT_LOOKUP_ADDRESSES_MAX];
    char name_text[];
};
static_assert(offsetof(struct lookup_host, name) == 0);

struct lookup {
    struct lookup_pool *pool;
    struct event *done_event;
    void *by_name;
    size_t host_count;
    struct host_list idle[HOST_STANDINGS]; /* the longest unused first */
    struct host_list waiting[HOST_STANDINGS];
    unsigned running[HOST_STANDINGS];
};

static int64_t monotonic_ms(void) {
    struct timespec now;
    BUG_IF(clock_gettime(CLOCK_MONOTONIC, &now) != 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int name_compare(const void *left, const void *right) {
    const struct str *a = left;
    const struct str *b = right;
    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    return memcmp(a->ptr, b->ptr, a->len);
}

static struct lookup_host *lookup_host_new(struct str name) {
    struct lookup_host *host = calloc(1, sizeof *host + name.len);
    BUG_IF(host == NULL);
    memcpy(host->name_text, name.ptr, name.len);
    host->name = (struct str){.ptr = host->name_text, .len = name.len};
    host->standing = HOST_NEW;
    TAILQ_INIT(&host->waiters);
    return host;
}

int lookup_by_system(const char *host, struct net_address *ret_addresses) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, NULL, &hints, &found);
    if (code != 0) {
        return code < 0 ? code : EAI_FAIL;
    }
    int count = 0;
    for (const struct addrinfo *one = found;
         one != NULL && count < HTTP_CLIENT_LOOKUP_ADDRESSES_MAX; one = one->ai_next) {
        uint16_t port;
        count += sockaddr_read(one->ai_addr, &ret_addresses[count], &port) ? 1 : 0;
    }
    freeaddrinfo(found);
    return count == 0 ? EAI_NODATA : count;
}

/* ---- which look-ups run */

static bool standing_may_run(const struct lookup *lookup, enum host_standing standing) {
    unsigned running = 0;
    for (size_t other = standing; other < HOST_STANDINGS; other++) {
        running += lookup->running[other];
    }
    unsigned all = 0;
    for (size_t other = 0; other < HOST_STANDINGS; other++) {
        all += lookup->running[other];
    }
    return running < threads_max[standing] && all < LOOKUP_THREADS_MAX;
}

static void run_waiting(struct lookup *lookup) {
    for (size_t standing = 0; standing < HOST_STANDINGS; standing++) {
        struct host_list *list = &lookup->waiting[standing];
        while (!TAILQ_EMPTY(list) && standing_may_run(lookup, (enum host_standing)standing)) {
            struct lookup_host *host = TAILQ_FIRST(list);
            struct lookup_job *job = lookup_job_new(host->name, host);
            if (!lookup_pool_submit(lookup->pool, job)) {
                free(job);
                return;
            }
            TAILQ_REMOVE(list, host, link);
            host->place = HOST_RUNNING;
            host->ran_as = host->standing;
            lookup->running[host->ran_as]++;
        }
    }
}

static void host_to_idle(struct lookup *lookup, struct lookup_host *host,
                         enum host_standing standing) {
    host->standing = standing;
    host->place = HOST_IDLE;
    TAILQ_INSERT_TAIL(&lookup->idle[standing], host, link);
}

static const char *fault_text(int outcome) {
    switch (outcome) {
    case EAI_NONAME:
        return "the name does not exist";
    case EAI_NODATA:
        return "the name has no address";
    case EAI_AGAIN:
        return "the name server does not answer";
    default:
        return "the name cannot be resolved";
    }
}

static void tell_waiters(struct lookup_host *host, const struct lookup_answer *answer) {
    /* Counted first: one who comes back at once waits for the next answer. */
    size_t left = 0;
    struct lookup_waiter *waiter;
    TAILQ_FOREACH(waiter, &host->waiters, link) {
        left++;
    }
    for (; left > 0 && !TAILQ_EMPTY(&host->waiters); left--) {
        waiter = TAILQ_FIRST(&host->waiters);
        lookup_cancel(waiter);
        waiter->done(waiter->context, answer);
    }
}

static void host_take_outcome(struct lookup *lookup, const struct lookup_job *job) {
    struct lookup_host *host = job->owner;
    lookup->running[host->ran_as]--;
    struct lookup_answer answer = {0};
    if (job->outcome > 0) {
        host->address_count = (size_t)job->outcome;
        memcpy(host->addresses, job->addresses, sizeof host->addresses);
        host->known_until_ms = monotonic_ms() + KEPT_MS;
        answer = (struct lookup_answer){.addresses = job->addresses, .count = (size_t)job->outcome};
        host_to_idle(lookup, host, HOST_GOOD);
    } else {
        answer.error = fault_text(job->outcome);
        host_to_idle(lookup, host, HOST_BAD);
    }
    tell_waiters(host, &answer);
}

static void on_done(evutil_socket_t fd, short what, void *context) {
    (void)fd;
    (void)what;
    struct lookup *lookup = context;
    struct lookup_job *job;
    while ((job = lookup_pool_next_done(lookup->pool)) != NULL) {
        host_take_outcome(lookup, job);
        free(job);
    }
    run_waiting(lookup);
}

/* ---- public */

struct lookup *lookup_new(struct event_base *base, http_lookup_fn *lookup_fn) {
    struct lookup_pool *pool = lookup_pool_new(lookup_fn == NULL ? lookup_by_system : lookup_fn);
    if (pool == NULL) {
        return NULL;
    }
    struct lookup *lookup = calloc(1, sizeof *lookup);
    BUG_IF(lookup == NULL);
    lookup->pool = pool;
    for (size_t i = 0; i < HOST_STANDINGS; i++) {
        TAILQ_INIT(&lookup->idle[i]);
        TAILQ_INIT(&lookup->waiting[i]);
    }
    lookup->done_event =
        event_new(base, lookup_pool_fd(pool), EV_READ | EV_PERSIST, on_done, lookup);
    BUG_IF(lookup->done_event == NULL || event_add(lookup->done_event, NULL) != 0);
    return lookup;
}

void lookup_free(struct lookup *lookup) {
    if (lookup == NULL) {
        return;
    }
    event_free(lookup->done_event);
    lookup_pool_close(lookup->pool);
    tdestroy(lookup->by_name, free);
    free(lookup);
}

static void host_forget(struct lookup *lookup, struct lookup_host *host) {
    TAILQ_REMOVE(&lookup->idle[host->standing], host, link);
    (void)tdelete(host, &lookup->by_name, name_compare);
    lookup->host_count--;
    free(host);
}

/* Makes room: names that failed go first, names that work last. */
static bool make_room(struct lookup *lookup) {
    for (size_t i = HOST_STANDINGS; lookup->host_count >= HOSTS_MAX && i > 0; i--) {
        struct lookup_host *oldest = TAILQ_FIRST(&lookup->idle[i - 1]);
        if (oldest != NULL) {
            host_forget(lookup, oldest);
        }
    }
    return lookup->host_count < HOSTS_MAX;
}

static struct lookup_host *host_for(struct lookup *lookup, struct str name) {
    struct lookup_host **found = tfind(&name, &lookup->by_name, name_compare);
    if (found != NULL) {
        return *found;
    }
    if (!make_room(lookup)) {
        return NULL;
    }
    struct lookup_host *host = lookup_host_new(name);
    BUG_IF(tsearch(host, &lookup->by_name, name_compare) == NULL);
    lookup->host_count++;
    host_to_idle(lookup, host, HOST_NEW);
    return host;
}

enum lookup_start lookup_begin(struct lookup *lookup, struct str name, struct lookup_waiter *waiter,
                               struct lookup_answer *ret_answer) {
    struct lookup_host *host = host_for(lookup, name);
    if (host == NULL) {
        return LOOKUP_BUSY;
    }
    if (host->place == HOST_IDLE) {
        TAILQ_REMOVE(&lookup->idle[host->standing], host, link);
        if (host->address_count > 0 && monotonic_ms() < host->known_until_ms) {
            host_to_idle(lookup, host, host->standing);
            *ret_answer =
                (struct lookup_answer){.addresses = host->addresses, .count = host->address_count};
            return LOOKUP_KNOWN;
        }
        host->place = HOST_WAITING;
        TAILQ_INSERT_TAIL(&lookup->waiting[host->standing], host, link);
    }
    waiter->host = host;
    TAILQ_INSERT_TAIL(&host->waiters, waiter, link);
    run_waiting(lookup);
    return LOOKUP_STARTED;
}

void lookup_cancel(struct lookup_waiter *waiter) {
    if (waiter->host == NULL) {
        return;
    }
    TAILQ_REMOVE(&waiter->host->waiters, waiter, link);
    waiter->host = NULL;
}
