/* SPDX-License-Identifier: MIT */
#include "core/script.h"

#include <string.h>

#include "base/result.h"

enum {
    OP_0 = 0x00,
    OP_1 = 0x51,
    OP_DUP = 0x76,
    OP_EQUAL = 0x87,
    OP_EQUALVERIFY = 0x88,
    OP_HASH160 = 0xa9,
    OP_CHECKSIG = 0xac,
};

/* A script around a 20-byte hash. */
struct hash_template {
    uint8_t before_len;
    uint8_t after_len;
    uint8_t before[3];
    uint8_t after[2];
};

static const struct hash_template p2pkh = {
    3, 2, {OP_DUP, OP_HASH160, HASH_160_BYTES}, {OP_EQUALVERIFY, OP_CHECKSIG}};
static const struct hash_template p2sh = {2, 1, {OP_HASH160, HASH_160_BYTES}, {OP_EQUAL}};

static struct script template_fill(const struct hash_template *template, const uint8_t *hash) {
    struct script script = {
        .len = (uint8_t)(template->before_len + HASH_160_BYTES + template->after_len)};
    memcpy(script.bytes, template->before, template->before_len);
    memcpy(script.bytes + template->before_len, hash, HASH_160_BYTES);
    memcpy(script.bytes + template->before_len + HASH_160_BYTES, template->after,
           template->after_len);
    return script;
}

/* The hash inside, or NULL if the script is not of this shape. */
static const uint8_t *template_hash(const struct hash_template *template,
                                    const struct script *script) {
    if (script->len != template->before_len + HASH_160_BYTES + template->after_len) {
        return NULL;
    }
    const uint8_t *hash = script->bytes + template->before_len;
    struct script expected = template_fill(template, hash);
    return script_eq(script, &expected) ? hash : NULL;
}

bool script_eq(const struct script *a, const struct script *b) {
    return bytes_eq(script_bytes(a), script_bytes(b));
}

bool script_from_bytes(struct bytes bytes, struct script *ret_script) {
    if (bytes.len > SCRIPT_BYTES_MAX) {
        return false;
    }
    *ret_script = (struct script){.len = (uint8_t)bytes.len};
    if (bytes.len > 0) {
        memcpy(ret_script->bytes, bytes.ptr, bytes.len);
    }
    return true;
}

struct script script_p2pkh(const uint8_t pubkey_hash[HASH_160_BYTES]) {
    return template_fill(&p2pkh, pubkey_hash);
}

struct script script_p2sh(const uint8_t script_hash[HASH_160_BYTES]) {
    return template_fill(&p2sh, script_hash);
}

struct script script_witness(const struct witness_program *program) {
    BUG_IF(!witness_program_is_valid(program));
    struct script script = {.len = (uint8_t)(program->len + 2)};
    script.bytes[0] = (uint8_t)(program->version == 0 ? OP_0 : OP_1 - 1 + program->version);
    script.bytes[1] = program->len;
    memcpy(script.bytes + 2, program->bytes, program->len);
    return script;
}

const uint8_t *script_p2pkh_hash(const struct script *script) {
    return template_hash(&p2pkh, script);
}

const uint8_t *script_p2sh_hash(const struct script *script) {
    return template_hash(&p2sh, script);
}

bool script_witness_program(const struct script *script, struct witness_program *ret_program) {
    if (script->len < 4 || script->bytes[1] != script->len - 2) {
        return false;
    }
    uint8_t op = script->bytes[0];
    if (op != OP_0 && (op < OP_1 || op > OP_1 - 1 + WITNESS_VERSION_MAX)) {
        return false;
    }
    struct witness_program program = {
        .version = (uint8_t)(op == OP_0 ? 0 : op - OP_1 + 1),
        .len = script->bytes[1],
    };
    memcpy(program.bytes, script->bytes + 2, program.len);
    *ret_program = program;
    return witness_program_is_valid(&program);
}
