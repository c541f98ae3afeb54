# SPDX-License-Identifier: MIT
"""A shop with an invoice in each state, and right requests for every operation of api/openapi.yaml."""

import copy
import time

from .contract import JSON, Contract
from .shop import Shop
from .tilld import Tilld
from .wire import Wire

UNPACED = "\n[limits]\nrate_per_ip = 0\n"
NO_SUCH = "INV-AAAAAAAA"
# Where a field means something else than its name does elsewhere.
OWN_SAMPLES = {"staticWalletCreate": {"currency": "LTC"}, "payoutCreate": {"amount": "0.5"}}


def day_of(seconds=0):
    return time.strftime("%d.%m.%Y", time.gmtime(time.time() + seconds))


class ContractWorld:
    """A shop with an invoice in each state, and what a correct request holds for each field."""

    def __init__(self, stage, name="Contract", tilld=None):
        self.contract = Contract()
        self.tilld = tilld or stage.enter(Tilld(stage, [UNPACED]))
        self.wire = stage.enter(Wire(self.tilld.port))
        self.name = name
        self.shop = Shop(self.tilld, name, test=True)
        self.tilld.till("shop", "set", self.shop.id, "success_url=https://shop.example/ok?a=b")
        self.wrong_key = self.shop.api_key[:-2] + ("aa" if self.shop.api_key[-2:] != "aa" else "bb")
        self.weak_keys = {
            scope: self.tilld.till("key", "create", self.shop.id, "--scope", scope)["api_key"] for scope in ("read", "create")
        }
        self.invoices = self._one_in_each_state()
        self.seen = set()

    def _one_in_each_state(self):
        made = {"created": self.shop.create("12.5", order_id=f"{self.name}-open"), "canceled": self.shop.create(1)}
        self.shop.cancel(made["canceled"])
        for status, how in (("paid", ()), ("partial", ("--short",)), ("overpaid", ("--over",))):
            made[status] = self.shop.create("7.77", "LTC", order_id=f"{self.name}-{status}")
            self.tilld.till("sandbox", "pay", made[status].uuid, *how)
        for status, invoice in made.items():
            self.shop.wait_status(invoice, status)
        return made

    def _place(self):
        """Of an event."""
        reply = self.wire.call("GET", "/v2/invoice/merchant/events", self.shop.api_key, query={"limit": 1})
        return reply.json()["result"]["next"]

    def key_for(self, operation):
        """One that may call it. An account key may ask once in twelve seconds, so it is a new one each time."""
        if operation.name != "payoutCreate":
            return self.shop.api_key
        return self.tilld.till("key", "create", self.shop.id, "--account")["api_key"]

    def sample(self, name):
        """A right value for the field, by its name."""
        if name == "after":
            return self._place()
        values = {
            "shop_id": self.shop.id,
            "amount": "25.50",
            "currency": "USD",
            "order_id": "order-5501",
            "email": "payer@example.com",
            "uuid": self.invoices["created"].uuid,
            "uuids": [invoice.uuid for invoice in self.invoices.values()],
            "start": day_of(-86400),
            "end": day_of(86400),
            "offset": 0,
            "limit": 100,
            "hours": 1,
            "minutes": 30,
            "available_currencies": ["LTC", "BTC"],
            "cryptocurrency": "LTC",
            "email_to_send": "payer@example.com",
            "period": "day",
            "lang": "de",
            "identify": "customer-7",
            "currency_code": "LTC",
            "to_address": self.invoices["paid"].address,
        }
        return values[name]

    def fields(self, schema):
        """A right value for everything that the schema describes."""
        schema = self.contract.deref(schema)
        parts = schema.get("anyOf") or [schema]
        made = {}
        for name, inner in self.contract.properties(parts[0]).items():
            inner = self.contract.deref(inner)
            made[name] = self.fields(inner) if "properties" in inner else self.sample(name)
        return made

    def request(self, operation):
        """What a client sends that does everything right: (query, body)."""
        if operation.name == "invoiceCancel":
            return {}, {"uuid": self.shop.create(3).uuid}
        if operation.body:
            return {}, {**self.fields(operation.body), **OWN_SAMPLES.get(operation.name, {})}
        return {one["name"]: self.sample(one["name"]) for one in operation.parameters if one["in"] == "query"}, None

    def send(self, operation, key="", method=None, query=None, body=None, kind=JSON, headers=None):
        """Sends it and holds the reply to the contract. `key` is the shop's own, or None for none."""
        key = self.key_for(operation) if key == "" else key
        path = operation.path.replace("{id}", self.invoices["created"].id)
        reply = self.wire.call(method or operation.method, path, key, body, kind, headers, query)
        self.contract.check_reply(operation, reply)
        self.seen.add((operation.name, reply.status))
        return reply


def without(body, path):
    smaller = copy.deepcopy(body)
    place = smaller
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return smaller


def paths_of(body, before=()):
    """Where the values are: ("amount",), ("add_fields", "time_to_pay", "hours"), ..."""
    for name, value in (body or {}).items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from paths_of(value, (*before, name))


def replaced(body, path, value):
    other = copy.deepcopy(body)
    place = other
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return other
