# SPDX-License-Identifier: MIT
"""Any one shop's key sees and changes nothing of another's: every call of the contract, with the other's ids in every
place where a caller can write."""

import itertools

from support.contract import JSON, routes_in_source
from support.contract_world import ContractWorld, paths_of, replaced

ECHOED = {"order_id", "user_email", "success", "fail", "next"}  # what the caller wrote itself comes back in these


def belongings(world):
    """What tells a shop's things from anybody else's."""
    found = {world.shop.id, world.shop.api_key, world.shop.secret, world.name}
    for invoice in world.invoices.values():
        item = world.shop.read(invoice)
        found |= {invoice.uuid, invoice.id, item["address"], item["order_id"], *item["tx_list"]}
    return found - {""}


def texts_in(value, name=None):
    """Every text of a reply that the caller did not write."""
    if name in ECHOED:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value


def seen_in(reply, things):
    texts = list(texts_in(reply.json()))
    return {thing for thing in things if any(thing in text for text in texts)}


def is_read(operation, callers):
    return callers[(operation.method, operation.path)].endswith("_READS")


def view(world, callers):
    """All that a shop can read, and what the operator sees of its invoices."""
    replies = []
    for operation in world.contract.calls():
        if is_read(operation, callers):
            query, body = world.request(operation)
            replies.append(world.send(operation, query=query, body=body).text)
    return replies + [world.tilld.invoice(invoice.uuid) for invoice in world.invoices.values()]


def attempts(mine, operation, values):
    """The right request, with something of the other shop's in one more place each time: (query, body, headers)."""
    query, body = mine.request(operation)
    for value in values:
        places = {"shop_id": value, "project_id": value, "uuid": value, "uuids": [value], "order_id": value}
        yield {**query, **{name: value for name in places if name != "uuids"}}, body, {}
        if body is not None:
            yield query, {**places, **body}, {}
            yield query, {**body, **places}, {}
            yield query, {**body, "uuids": [value, *body.get("uuids", [])][:100]}, {}
        for path in paths_of(body):
            yield query, replaced(body, path, value), {}
            yield query, replaced(body, path, [value]), {}
        for path in paths_of(query):
            yield replaced(query, path, value), body, {}
        yield query, body, {"Idempotency-Key": value, "X-Shop-Id": value, "X-Forwarded-For": value}


def test_a_key_sees_and_changes_nothing_of_another_shop(stage):
    callers = {(method, path): caller for method, path, caller in routes_in_source()}
    mine = ContractWorld(stage, "Mine")
    before = view(mine, callers)
    theirs = ContractWorld(stage, "Theirs", mine.tilld)
    assert view(mine, callers) == before, "another shop's business shows in this one's"
    things = belongings(theirs)
    untouched = view(theirs, callers)
    kinds = itertools.cycle((JSON, "application/x-www-form-urlencoded"))
    tried = 0
    for operation in mine.contract.calls():
        for query, body, headers in attempts(mine, operation, sorted(things)):
            reply = mine.send(operation, query=query, body=body, kind=next(kinds), headers=headers)
            leaked = seen_in(reply, things)
            assert not leaked, f"{operation} {query} {body} {headers} shows {leaked}: {reply}"
            tried += 1
    assert view(theirs, callers) == untouched, "another shop's key changed something"
    print(f"{tried} calls over {len(mine.contract.calls())} operations")


def test_what_the_matrix_looks_for_is_found_by_its_owner(stage):
    world = ContractWorld(stage, "Owner")
    things = belongings(world)
    info = next(one for one in world.contract.operations if one.name == "invoiceInfo")
    reply = world.send(info, body={"uuids": [invoice.uuid for invoice in world.invoices.values()]})
    found = seen_in(reply, things)
    assert {invoice.uuid for invoice in world.invoices.values()} <= found and world.name in found, found


def test_an_idempotency_key_means_nothing_to_another_shop(stage):
    mine = ContractWorld(stage, "Mine")
    theirs = ContractWorld(stage, "Theirs", mine.tilld)
    create = next(one for one in mine.contract.operations if one.name == "invoiceCreate")
    headers = {"Idempotency-Key": "the same for both"}
    made = theirs.send(create, body=theirs.request(create)[1], headers=headers)
    reply = mine.send(create, body=mine.request(create)[1], headers=headers)
    assert reply.status == 200 and reply.json()["result"]["uuid"] != made.json()["result"]["uuid"], reply
    copied = mine.send(create, body=theirs.request(create)[1], headers={"Idempotency-Key": "another"})
    assert copied.status == 400 and "shop_id" in copied.json()["result"], copied


def test_the_same_customer_of_another_shop_has_another_static_wallet(stage):
    mine = ContractWorld(stage, "Mine")
    theirs = ContractWorld(stage, "Theirs", mine.tilld)
    create = next(one for one in mine.contract.operations if one.name == "staticWalletCreate")
    wallets = [world.send(create, body=world.request(create)[1]).json()["result"] for world in (mine, theirs, mine)]
    assert wallets[0] == wallets[2], wallets
    for name in ("address", "uuid"):
        assert wallets[0][name] != wallets[1][name], wallets
