/* SPDX-License-Identifier: MIT */
/* Creates an invoice and prints where to pay it: create_invoice SHOP_ID ORDER_ID AMOUNT CURRENCY
 * [COIN]
 *
 * TILL_URL and TILL_API_KEY say where Till is and who asks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <till.h>

static int create(struct till_client *client, char **arguments, int count) {
    struct till_request request;
    struct till_invoice *invoice;
    enum till_error error;

    memset(&request, 0, sizeof request);
    request.size = sizeof request;
    request.shop_id = arguments[1];
    request.order_id = arguments[2];
    request.amount = arguments[3];
    request.currency = arguments[4];
    request.cryptocurrency = count > 5 ? arguments[5] : NULL;
    /* If this program is run again for the same sale, Till answers with the same invoice. */
    request.idempotency_key = arguments[2];

    error = till_create(client, &request, &invoice);
    if (error != TILL_OK) {
        (void)fprintf(stderr, "could not create the invoice: %s: %s\n", till_error_text(error),
                      till_client_error(client));
        return 1;
    }
    printf("%s %s\n", till_invoice_get(invoice, "uuid"), till_invoice_get(invoice, "link"));
    till_invoice_free(invoice);
    return 0;
}

int main(int count, char **arguments) {
    struct till_client *client;
    int status;

    if (count < 5) {
        (void)fprintf(stderr, "usage: create_invoice SHOP_ID ORDER_ID AMOUNT CURRENCY [COIN]\n");
        return 2;
    }
    client = till_client_new(getenv("TILL_URL"), getenv("TILL_API_KEY"));
    if (client == NULL) {
        (void)fprintf(stderr, "TILL_URL and TILL_API_KEY say where Till is and who asks\n");
        return 2;
    }
    status = create(client, arguments, count);
    till_client_free(client);
    return status;
}
