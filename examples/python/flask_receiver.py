# SPDX-License-Identifier: MIT
"""Takes Till's postbacks with Flask and PyJWT.

Environment: TILL_URL, TILL_API_KEY, TILL_SECRET, SHOP_FOLDER, PORT.
"""

import logging
import os

import flask
import jwt
import shop

app = flask.Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 65536


@app.post("/postback")
def take_postback():
    try:
        fields = flask.request.get_json() if flask.request.is_json else flask.request.form
    except RecursionError:
        fields = None
    if not hasattr(fields, "get"):
        return {"message": "Not a postback"}, 400
    try:
        # The list of algorithms is what refuses "none"; without it the token would say how it is verified.
        claims = jwt.decode(
            fields.get("token") or "",
            os.environ["TILL_SECRET"],
            algorithms=["HS256"],
            options={"require": ["exp", "id"]},
        )
    except (jwt.InvalidTokenError, TypeError):
        return {"message": "Refused"}, 401
    if not isinstance(claims["id"], str) or claims["id"] != fields.get("invoice_id"):
        return {"message": "Refused"}, 401
    try:
        shop.settle("INV-" + claims["id"])
    except shop.TillUnavailable as reason:
        logging.warning("%s", reason)
        return {"message": "Come again"}, 503
    return {"message": "Postback received"}


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]))
