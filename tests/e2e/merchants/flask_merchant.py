# SPDX-License-Identifier: MIT
"""A merchant's site in Flask: flask_merchant.py PORT SECRET json|form

The handler is what CryptoCloud's documentation shows merchants for Python: read the fields, verify the token, answer.
/received tells the test what it took, and /refused what it did not.
"""

import sys

import flask
import jwt

port, secret, postback_format = int(sys.argv[1]), sys.argv[2], sys.argv[3]
app = flask.Flask(__name__)
received = []
refused = []


@app.route("/postback", methods=["POST"])
def handle_postback():
    fields = flask.request.get_json() if postback_format == "json" else flask.request.form.to_dict()
    try:
        claims = jwt.decode(fields["token"], secret, algorithms=["HS256"])
    except (KeyError, jwt.InvalidTokenError) as error:
        refused.append(repr(error))
        return flask.jsonify({"message": "Invalid token"}), 401
    if fields.get("status") != "success" or claims["id"] != fields.get("invoice_id"):
        refused.append(repr(fields))
        return flask.jsonify({"message": "Unexpected postback"}), 400
    received.append({"fields": fields, "claims": claims, "event_id": flask.request.headers.get("webhook-id")})
    return flask.jsonify({"message": "Postback received"}), 200


@app.route("/received")
def show_received():
    return flask.jsonify(received)


@app.route("/refused")
def show_refused():
    return flask.jsonify(refused)


app.run("127.0.0.1", port)
