/* SPDX-License-Identifier: MIT */
/* Whatever a sandbox's file says, it is either a chain or refused, and a chain goes on. The input
 * is records, each behind two bytes of length. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapters/chain_sandbox/event_file.h"
#include "adapters/chain_sandbox/ledger.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static struct result refuse_records(void *context, struct event_file *file, uint64_t offset,
                                    struct bytes record) {
    (void)context;
    assert(!"a new file has no records");
    return RESULT_OK;
}

static bool apply(struct sandbox_ledger *ledger, struct event_file *file, struct bytes record) {
    uint64_t offset;
    assert(result_is_ok(event_file_append(file, record, &offset)));
    return result_is_ok(sandbox_ledger_apply(ledger, file, offset, record));
}

static void use_chain(struct sandbox_ledger *ledger, struct event_file *file, struct arena *arena) {
    struct block_header tip = sandbox_ledger_tip(ledger);
    const struct chain_output *outputs;
    size_t count;
    for (int64_t height = tip.height; height > tip.height - 5; height--) {
        struct block_header header;
        if (sandbox_ledger_header_at(ledger, height, &header)) {
            struct block_header again;
            assert(sandbox_ledger_header_by_hash(ledger, header.hash, &again));
            assert(again.height == height);
            assert(result_is_ok(
                sandbox_ledger_block_outputs(ledger, file, arena, height, &outputs, &count)));
        }
    }
    uint64_t mark = 0;
    assert(
        result_is_ok(sandbox_ledger_mempool_outputs(ledger, file, arena, &mark, &outputs, &count)));
    struct bytes record;
    struct result planned =
        sandbox_ledger_record_blocks(ledger, file, arena, 1, SANDBOX_REORG_RETURN, 2,
                                     SANDBOX_LEDGER_TAKE_ALL, tip.time_ms, &record);
    if (result_is_ok(planned) && apply(ledger, file, record)) {
        assert(sandbox_ledger_tip(ledger).height == tip.height + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    char path[64];
    snprintf(path, sizeof(path), "/dev/shm/till-fuzz-events-%d", (int)getpid());
    unlink(path);
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)256 << 20);
    struct event_file *file;
    struct result opened = event_file_open(path, arena, refuse_records, NULL, &file);
    assert(result_is_ok(opened));
    struct sandbox_ledger *ledger = sandbox_ledger_new();
    bool is_chain = true;
    while (is_chain && size > 2) {
        size_t len = (size_t)input[0] << 8 | input[1];
        if (len == 0 || len > size - 2) {
            break;
        }
        is_chain = apply(ledger, file, (struct bytes){.ptr = input + 2, .len = len});
        input += 2 + len;
        size -= 2 + len;
    }
    if (is_chain && !sandbox_ledger_is_empty(ledger)) {
        use_chain(ledger, file, arena);
    }
    sandbox_ledger_free(ledger);
    event_file_close(file);
    unlink(path);
    return 0;
}
