/* SPDX-License-Identifier: MIT */
#include <till.h>

const char *till_error_text(enum till_error error) {
    switch (error) {
    case TILL_OK:
        return "ok";
    case TILL_ERROR_ARGUMENT:
        return "an argument cannot be used";
    case TILL_ERROR_UNREACHABLE:
        return "Till could not be reached or did not answer whole";
    case TILL_ERROR_ANSWER:
        return "the answer is not one that Till gives";
    case TILL_ERROR_REFUSED:
        return "Till refuses the request";
    case TILL_ERROR_KEY:
        return "Till does not accept the API key";
    case TILL_ERROR_LIMITED:
        return "too many requests, try again later";
    case TILL_ERROR_UNAVAILABLE:
        return "Till cannot answer now, try again later";
    case TILL_ERROR_NOT_FOUND:
        return "the shop has no such invoice";
    case TILL_ERROR_SECRET:
        return "the secret is shorter than 32 bytes";
    case TILL_ERROR_TOO_LARGE:
        return "the postback is too large";
    case TILL_ERROR_MALFORMED:
        return "this is not a postback";
    case TILL_ERROR_FORGED:
        return "the postback was not signed with this secret";
    case TILL_ERROR_EXPIRED:
        return "the postback was signed too long ago";
    case TILL_ERROR_OTHER_INVOICE:
        return "the postback's token belongs to another invoice";
    }
    return "an error this version does not know";
}

const char *till_version(void) {
    return TILL_VERSION;
}
