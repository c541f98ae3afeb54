/* SPDX-License-Identifier: MIT */
/* A shop's invoices from the command line, one call of libtill each. TILL_URL and TILL_API_KEY say
 * where Till is and who asks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <till.h>

static const char usage[] = "usage: invoice create SHOP_ID ORDER_ID AMOUNT CURRENCY [COIN]\n"
                            "       invoice show UUID\n"
                            "       invoice cancel UUID\n"
                            "       invoice list FROM TO        (days like 31.01.2027)\n";

static void print(const struct till_invoice *invoice) {
    const char *order_id = till_invoice_get(invoice, "order_id");
    printf("%s %s %s %s %s %s\n", till_invoice_get(invoice, "uuid"),
           till_invoice_get(invoice, "status"), till_invoice_get(invoice, "amount_in_fiat"),
           till_invoice_get(invoice, "fiat_currency"),
           order_id == NULL || *order_id == '\0' ? "-" : order_id,
           till_invoice_get(invoice, "link"));
}

static enum till_error create(struct till_client *client, char **words, int count) {
    struct till_request request;
    struct till_invoice *invoice;
    enum till_error error;
    memset(&request, 0, sizeof request);
    request.size = sizeof request;
    request.shop_id = words[0];
    request.order_id = words[1];
    request.amount = words[2];
    request.currency = words[3];
    request.cryptocurrency = count > 4 ? words[4] : NULL;
    /* If this is run again for the same sale, Till answers with the same invoice. */
    request.idempotency_key = words[1];
    error = till_create(client, &request, &invoice);
    if (error == TILL_OK) {
        print(invoice);
        till_invoice_free(invoice);
    }
    return error;
}

static enum till_error show(struct till_client *client, char **words, int count) {
    struct till_invoice *invoice;
    enum till_error error = till_info(client, words[0], &invoice);
    (void)count;
    if (error == TILL_OK) {
        print(invoice);
        till_invoice_free(invoice);
    }
    return error;
}

static enum till_error cancel(struct till_client *client, char **words, int count) {
    (void)count;
    return till_cancel(client, words[0]);
}

/* All of them, fifty at a time. */
static enum till_error list(struct till_client *client, char **words, int count) {
    struct till_invoices *invoices;
    unsigned offset = 0;
    size_t total;
    (void)count;
    do {
        enum till_error error = till_list(client, words[0], words[1], offset, 50, &invoices);
        size_t i;
        if (error != TILL_OK) {
            return error;
        }
        for (i = 0; i < till_invoices_count(invoices); i++) {
            print(till_invoices_at(invoices, i));
        }
        offset += 50;
        total = till_invoices_total(invoices);
        till_invoices_free(invoices);
    } while (offset < total);
    return TILL_OK;
}

static const struct {
    const char *name;
    int words_min;
    int words_max;
    enum till_error (*run)(struct till_client *client, char **words, int count);
} commands[] = {
    {"create", 4, 5, create},
    {"show", 1, 1, show},
    {"cancel", 1, 1, cancel},
    {"list", 2, 2, list},
};

static int run(struct till_client *client, char **words, int count) {
    size_t i;
    for (i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(words[0], commands[i].name) == 0 && count - 1 >= commands[i].words_min &&
            count - 1 <= commands[i].words_max) {
            enum till_error error = commands[i].run(client, words + 1, count - 1);
            if (error != TILL_OK) {
                (void)fprintf(stderr, "%s: %s: %s\n", words[0], till_error_text(error),
                              till_client_error(client));
            }
            return error == TILL_OK ? 0 : 1;
        }
    }
    (void)fputs(usage, stderr);
    return 2;
}

int main(int count, char **words) {
    struct till_client *client;
    int status;
    if (count < 2) {
        (void)fputs(usage, stderr);
        return 2;
    }
    client = till_client_new(getenv("TILL_URL"), getenv("TILL_API_KEY"));
    if (client == NULL) {
        (void)fputs("TILL_URL and TILL_API_KEY say where Till is and who asks\n", stderr);
        return 2;
    }
    status = run(client, words + 1, count - 1);
    till_client_free(client);
    return status;
}
