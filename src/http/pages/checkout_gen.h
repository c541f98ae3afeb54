/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_PAGES_CHECKOUT_GEN_H
#define TILL_HTTP_PAGES_CHECKOUT_GEN_H

/* web/checkout.css and web/checkout.js without their comments, put into the program by
 * tools/embed_page.py, and the names by which a Content-Security-Policy allows them. */

extern const char checkout_css[];
extern const char checkout_css_hash[]; /* "sha256-..." */
extern const char checkout_js[];
extern const char checkout_js_hash[];

#endif
