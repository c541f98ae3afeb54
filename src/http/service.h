/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_SERVICE_H
#define TILL_HTTP_SERVICE_H

/* What every handler works with: a listener's `context`. Made by main, constant afterwards. */

#include "app/reader_pool.h"

struct app;
struct http_server;
struct request;

struct http_service {
    const struct app *app;
    struct reader_pool *readers;
    struct http_server *server; /* for streams; set once the server exists */
};

static inline const struct http_service *service_of(void *request_context) {
    return (const struct http_service *)request_context;
}

#endif
