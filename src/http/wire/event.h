/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_WIRE_EVENT_H
#define TILL_HTTP_WIRE_EVENT_H

/* An event of a shop's feed in words that do not change, however the journal does. */

struct arena;
struct json_writer;
struct shop_event;

/* Writes the object: {"id","type","created","uuid","order_id","data"}. Nothing for a line of the
 * journal that is not for shops. */
void wire_event(struct json_writer *json, struct arena *arena, const struct shop_event *event);

#endif
