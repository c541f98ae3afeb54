# SPDX-License-Identifier: MIT
"""The running server against api/openapi.yaml: every route is described, every described reply is provoked and looks
as described, and nothing else is answered."""

import base64
import decimal
import hashlib
import hmac
import json

from support.contract import FORM, JSON, Contract, routes_in_source
from support.contract_world import NO_SUCH, ContractWorld, paths_of, replaced, without
from support.receiver import Receiver
from support.shop import Shop
from support.tilld import Tilld
from support.wire import Wire

# What the page does by itself: no merchant calls it.
PAGES_OWN = {("GET", "/{id}/fragment"), ("GET", "/{id}/events"), ("POST", "/{id}/choose"), ("POST", "/{id}/sandbox")}
PICTURES = {("GET", f"/img/{of}/{{icon}}") for of in ("currency", "network", "currency_network", "stroke")}
NOT_CALLED = PAGES_OWN | PICTURES
BUSY = "only a store that is busy for longer than a call may wait answers so"
NOT_PROVOKED = {
    ("invoiceCancel", 503): BUSY,
    ("invoiceInfo", 503): BUSY,
    ("invoiceList", 503): BUSY,
    ("shopStatistics", 503): BUSY,
    ("shopStatisticsAlias", 503): BUSY,
    ("shopBalance", 503): BUSY,
    ("shopEvents", 503): BUSY,
    ("staticWalletCreate", 503): BUSY,
    ("payoutCreate", 503): BUSY,
    ("oldInvoiceInfo", 406): BUSY,
}


def test_every_route_is_in_the_contract_and_every_operation_has_a_route(stage):
    described = {(operation.method, operation.path): operation for operation in Contract().operations}
    routed = {(method, path): caller for method, path, caller in routes_in_source()}
    assert NOT_CALLED <= set(routed), NOT_CALLED - set(routed)
    assert set(routed) - NOT_CALLED == set(described), set(routed) - NOT_CALLED ^ set(described)
    for place, operation in described.items():
        is_open = routed[place] in ("CALLER_ANYONE", "CALLER_MONITOR")
        assert operation.needs_key != is_open, f"{operation}: {routed[place]}"


def test_every_documented_reply_is_given_and_no_other(stage):
    world = ContractWorld(stage)
    for operation in world.contract.operations:
        provoke_successes(world, operation)
        if operation.needs_key:
            provoke_key_refusals(world, operation)
            provoke_field_refusals(world, operation)
            provoke_conflict(world, operation)
            provoke_no_rate(world, operation)
        if 413 in operation.statuses:
            reply = world.send(operation, body=b"{" + b" " * 70000)
            assert reply.status == 413, reply
        if 405 in operation.statuses:
            reply = world.send(operation, method="DELETE")
            assert reply.status == 405 and operation.method in reply.headers["Allow"], reply
    provoke_not_ready(stage, world)
    provoke_throttling(stage, world)
    provoke_no_such_page(world)
    expected = {(operation.name, status) for operation in world.contract.operations for status in operation.statuses}
    missing = expected - world.seen - set(NOT_PROVOKED)
    assert not missing, f"documented, but never seen: {sorted(missing)}"
    stale = set(NOT_PROVOKED) - expected
    assert not stale, f"no longer documented: {stale}"


def provoke_successes(world, operation):
    query, body = world.request(operation)
    for kind in operation.body_types or [None]:
        query, body = world.request(operation)
        reply = world.send(operation, query=query, body=body, kind=kind)
        assert reply.status == 200, f"{operation} {kind}: {reply}"
    described = world.contract.deref(operation.body) if operation.body else {}
    for part in described.get("anyOf", [])[1:]:  # info, asked as list
        reply = world.send(operation, query=query, body=world.fields(part))
        assert reply.status == 200, f"{operation}: {reply}"
    required = world.contract.deref(described.get("anyOf", [described])[0]).get("required", [])
    for path in paths_of(body):  # each option left out by itself
        if path[0] not in required:
            assert world.send(operation, query=query, body=without(body, path)).status == 200, f"{operation} without {path}"


def provoke_key_refusals(world, operation):
    query, body = world.request(operation)
    none, wrong, weak = (401, 401, 401) if 401 in operation.statuses else (400, 403, 403)
    assert world.send(operation, None, query=query, body=body).status == none
    assert world.send(operation, "", query=query, body=body, headers={"Authorization": "Bearer x"}).status == none
    for key in (world.wrong_key, "x", "a.b.c", "é".encode().decode("latin-1"), "0" * 5000):
        assert world.send(operation, key, query=query, body=body).status == wrong, f"{operation}: {key[:40]}"
    statuses = {scope: world.send(operation, key, query=query, body=body).status for scope, key in world.weak_keys.items()}
    caller = {(method, path): caller for method, path, caller in routes_in_source()}[(operation.method, operation.path)]
    may = {"read": caller.endswith("_READS"), "create": caller.endswith("_CREATES")}
    if caller == "CALLER_ACCOUNT":
        statuses["all"], may["all"] = world.send(operation, world.shop.api_key, query=query, body=body).status, False
    for scope, status in statuses.items():
        assert (status == 200) == may[scope] and status in (200, weak), f"{operation}: scope {scope}: {status}"


def provoke_field_refusals(world, operation):
    query, body = world.request(operation)
    required = {one["name"] for one in operation.parameters if one.get("required")}
    for name in query:
        left = world.send(operation, query=without(query, (name,)))
        assert left.status == (400 if name in required else 200), (operation, name, left)
        assert world.send(operation, query={**query, name: "x" * 300}).status == 400, (operation, name)
        assert world.send(operation, query={**query, name: NO_SUCH}).status == 400, (operation, name)
    if body is None:
        return
    for text, kind in ((b"{", JSON), (b"[1]", JSON), (b"\xff", JSON), (b"a=%zz%", FORM), (b"", JSON), (b"", FORM)):
        assert world.send(operation, body=text, kind=kind).status == 400, (operation, text)
    required = world.contract.deref(world.contract.deref(operation.body).get("anyOf", [operation.body])[0])["required"]
    for path in paths_of(body):
        for kind in operation.body_types:
            if path[0] in required:
                assert world.send(operation, body=without(body, path), kind=kind).status == 400, (operation, path)
        for value in (True, -1, "", "x" * 300, 10**30, "1e400", [], {}, [[]], {"a": 1}, None):
            world.send(operation, query=query, body=replaced(body, path, value))


def provoke_conflict(world, operation):
    if 409 not in operation.statuses:
        return
    _, body = world.request(operation)
    headers = {"Idempotency-Key": f"key of {operation.name}"}
    first = world.send(operation, body=body, headers=headers)
    again = world.send(operation, body=body, headers=headers)
    assert first.status == again.status == 200 and first.text == again.text, (first, again)
    assert world.send(operation, body={**body, "amount": 26}, headers=headers).status == 409
    assert world.send(operation, body=body, headers={"Idempotency-Key": "x" * 256}).status == 400


def provoke_no_rate(world, operation):
    """The instance has fixed rates in USD alone."""
    schema = world.contract.properties(operation.body) if operation.body else {}
    if "amount" in schema and "currency" in schema:
        _, body = world.request(operation)
        reply = world.send(operation, body={**body, "currency": "JPY"})
        assert reply.status in (406, 503), reply


def provoke_not_ready(stage, world):
    dead = "\n[chain ltc]\nkind = bitcoin\nurl = http://127.0.0.1:9\ncookie_file = /nonexistent\nnetwork = regtest\n"
    tilld = stage.enter(Tilld(stage, [dead], name="unready", will_be_ready=False))
    operation = next(one for one in world.contract.operations if one.name == "readiness")
    with Wire(tilld.port) as wire:
        reply = wire.call("GET", operation.path)
    world.contract.check_reply(operation, reply)
    assert reply.status == 503, reply
    world.seen.add((operation.name, reply.status))


def provoke_throttling(stage, world):
    tilld = stage.enter(Tilld(stage, ["\n[limits]\nrate_per_ip = 1/h\nrate_per_key = 1/h\n"], name="paced"))
    shop = Shop(tilld, "Paced", test=True)
    with Wire(tilld.port) as wire:
        for operation in world.contract.calls():
            for key in (shop.api_key, "wrong"):
                query, body = world.request(operation)
                for _ in range(2):
                    reply = wire.call(operation.method, operation.path, key, body, query=query)
                    world.contract.check_reply(operation, reply)
                assert reply.status == 429 and int(reply.headers["Retry-After"]) > 0, f"{operation}: {reply}"
                world.seen.add((operation.name, reply.status))


def provoke_no_such_page(world):
    operation = next(one for one in world.contract.operations if one.name == "checkoutPage")
    reply = world.wire.call("GET", "/AAAAAAAA")
    world.contract.check_reply(operation, reply)
    world.seen.add((operation.name, reply.status))


def test_unknown_paths_and_preflights_are_answered_as_documented(stage):
    world = ContractWorld(stage)
    for path, schema in (("/v2/nothing", "ErrorB"), ("/v1/nothing", "OldError"), ("/api/v2/nothing", "OldError")):
        reply = world.wire.call("POST", path, world.shop.api_key, {})
        assert reply.status == 404, reply
        world.contract.check(world.contract.schema(schema), reply.json(), path)
    for operation in world.contract.calls():
        reply = world.wire.call("OPTIONS", operation.path)
        allowed = {part.strip() for part in reply.headers["Access-Control-Allow-Headers"].split(",")}
        assert reply.status == 204 and {"Authorization", "Content-Type"} <= allowed, (operation, reply.headers)
        assert operation.method in reply.headers["Access-Control-Allow-Methods"], (operation, reply.headers)
        assert reply.headers["Access-Control-Allow-Origin"] == "*", (operation, reply.headers)


def check_signature(postback, secret):
    """Over the whole body, as docs/api.md says."""
    signed = f"{postback.headers['webhook-id']}.{postback.headers['webhook-timestamp']}.".encode() + postback.body
    expected = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    assert postback.headers["webhook-signature"] == f"v1,{expected}", postback.headers["webhook-signature"]
    assert abs(int(postback.headers["webhook-timestamp"]) - postback.at) < 30, postback.headers


def test_a_postback_is_as_documented_in_both_formats(stage):
    contract = Contract()
    receiver = stage.enter(Receiver())
    tilld = stage.enter(Tilld(stage, allow=[receiver.port]))
    described = contract.document["webhooks"]["postback"]["post"]
    for postback_format, kind in (("json", JSON), ("form", FORM)):
        shop = Shop(tilld, "Kiosk", receiver.url, postback_format, test=True)
        invoice = shop.create("19.99", "LTC", order_id="Nr. 7")
        tilld.till("sandbox", "pay", invoice.uuid)
        postback = receiver.wait_for(invoice)
        assert postback.headers["Content-Type"].split(";")[0] == kind
        schema = contract.deref(described["requestBody"]["content"][kind]["schema"])
        contract.check(schema, postback.fields, f"a postback as {postback_format}")
        for parameter in described["parameters"]:
            contract.check(parameter["schema"], postback.headers[parameter["name"]], parameter["name"])
        check_signature(postback, shop.secret)
        if kind == FORM:
            info = json.loads(postback.fields["invoice_info"], parse_float=decimal.Decimal)
            contract.check(contract.schema("PostbackInvoice"), info, "invoice_info")
