/* SPDX-License-Identifier: MIT */
/* Takes one postback, as a CGI program (RFC 3875): any web server can run it.
 *
 * Its environment, beside the web server's: TILL_URL, TILL_API_KEY, TILL_SECRET, SHOP_FOLDER. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <till.h>
#include <time.h>
#include <unistd.h>

static int answer(int status, const char *words) {
    printf("Status: %d\r\nContent-Type: application/json\r\n\r\n{\"message\":\"%s\"}\n", status,
           words);
    return 0;
}

/* ---- the shop: what was sold, and what has been shipped */

/* A reference of ours, which is safe as a file's name. */
static int is_order_id(const char *order_id) {
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    size_t length = order_id == NULL ? 0 : strlen(order_id);
    return length > 0 && length <= 40 && strspn(order_id, allowed) == length;
}

static void path_of(char *path, size_t size, const char *folder, const char *order_id) {
    (void)snprintf(path, size, "%s/%s/%s", getenv("SHOP_FOLDER"), folder, order_id);
}

static int read_line(const char *path, char *line, size_t size) {
    FILE *file = fopen(path, "r");
    int got = file != NULL && fgets(line, (int)size, file) != NULL;
    if (file != NULL) {
        (void)fclose(file);
    }
    if (got) {
        line[strcspn(line, "\n")] = '\0';
    }
    return got;
}

/* "25.00" and "25" are the same price: what differs is zeros behind the point. */
static size_t price_length(const char *price) {
    size_t length = strlen(price);
    if (strchr(price, '.') != NULL) {
        while (price[length - 1] == '0') {
            length--;
        }
        if (price[length - 1] == '.') {
            length--;
        }
    }
    return length;
}

static int same_price(const char *a, const char *b) {
    return price_length(a) == price_length(b) && strncmp(a, b, price_length(a)) == 0;
}

/* Is this what we sold, at the price and in the currency that we asked for? */
static int is_our_sale(const struct till_invoice *invoice) {
    const char *order_id = till_invoice_get(invoice, "order_id");
    const char *price = till_invoice_get(invoice, "amount_in_fiat");
    const char *currency = till_invoice_get(invoice, "fiat_currency");
    char path[512];
    char line[64];
    char *our_currency;
    if (!is_order_id(order_id) || price == NULL || currency == NULL) {
        return 0;
    }
    path_of(path, sizeof path, "orders", order_id);
    if (!read_line(path, line, sizeof line) || (our_currency = strchr(line, ' ')) == NULL) {
        return 0;
    }
    *our_currency++ = '\0';
    return same_price(price, line) && strcmp(currency, our_currency) == 0;
}

/* The file can be made only once, whoever tries at the same time. False if the disk refuses. */
static int ship_once(const struct till_invoice *invoice) {
    char path[512];
    char line[64];
    const char *uuid = till_invoice_get(invoice, "uuid");
    int fd;
    int written;
    path_of(path, sizeof path, "shipped", till_invoice_get(invoice, "order_id"));
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0) {
        if (errno == EEXIST && read_line(path, line, sizeof line) && strcmp(line, uuid) != 0) {
            (void)fprintf(stderr, "%s was paid twice, by %s and by %s\n", path, line, uuid);
        }
        return errno == EEXIST;
    }
    written = dprintf(fd, "%s\n", uuid) > 0 && fsync(fd) == 0;
    return close(fd) == 0 && written;
}

/* ---- the postback */

static int settle(struct till_client *client, const char *uuid) {
    struct till_invoice *invoice;
    enum till_error error = till_info(client, uuid, &invoice);
    int status;
    if (error != TILL_OK) {
        (void)fprintf(stderr, "could not ask about %s: %s: %s\n", uuid, till_error_text(error),
                      till_client_error(client));
        return answer(503, "Cannot ask Till now");
    }
    if (!till_invoice_is_paid(invoice)) {
        status = answer(503, "Till does not call it paid");
    } else if (!is_our_sale(invoice)) {
        (void)fprintf(stderr, "%s is paid and is no sale of ours\n", uuid);
        status = answer(200, "Noted");
    } else if (!ship_once(invoice)) {
        status = answer(503, "Cannot write it down now");
    } else {
        status = answer(200, "Postback received");
    }
    till_invoice_free(invoice);
    return status;
}

static int take(struct till_client *client, const char *body, size_t body_bytes) {
    struct till_postback *postback;
    enum till_error error =
        till_postback_verify(body, body_bytes, getenv("CONTENT_TYPE"), getenv("TILL_SECRET"),
                             (int64_t)time(NULL), &postback);
    int status;
    if (error != TILL_OK) {
        (void)fprintf(stderr, "refused a postback: %s\n", till_error_text(error));
        return answer(error == TILL_ERROR_MALFORMED || error == TILL_ERROR_TOO_LARGE ? 400 : 401,
                      "Refused");
    }
    status = settle(client, till_postback_uuid(postback));
    till_postback_free(postback);
    return status;
}

int main(void) {
    static char body[TILL_POSTBACK_BYTES_MAX + 1];
    const char *method = getenv("REQUEST_METHOD");
    struct till_client *client = till_client_new(getenv("TILL_URL"), getenv("TILL_API_KEY"));
    size_t body_bytes;
    int status;
    if (client == NULL || getenv("SHOP_FOLDER") == NULL) {
        return answer(503, "Not configured");
    }
    if (method == NULL || strcmp(method, "POST") != 0) {
        status = answer(405, "Only POST");
    } else {
        body_bytes = fread(body, 1, sizeof body, stdin);
        status = take(client, body, body_bytes);
    }
    till_client_free(client);
    return status;
}
