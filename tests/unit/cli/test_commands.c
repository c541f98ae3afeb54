/* SPDX-License-Identifier: MIT */
/* The table of commands against itself and against tilld's routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "cli/command.h"
#include "cli/view.h"
#include "http/admin/admin_routes.h"

static const struct command *command_at(size_t i) {
    return &till_commands.commands[i];
}

static enum http_method method_of(const char *name) {
    for (enum http_method method = HTTP_GET; method < HTTP_OTHER; method++) {
        if (strcmp(http_method_name(method), name) == 0) {
            return method;
        }
    }
    fail_msg("no method %s", name);
    return HTTP_OTHER;
}

/* "/admin/v1/shops/{shop}/keys" -> "/admin/v1/shops/x1/keys" */
static struct str sample_path(struct arena *arena, const char *pattern) {
    struct str path = str_from_c(pattern);
    size_t open = str_find(path, '{');
    if (open == path.len) {
        return path;
    }
    struct str tail = str_slice(path, str_find(path, '}') + 1, path.len);
    return str_from_c(arena_printf(arena, "%.*sx1%.*s", (int)open, pattern, STR_ARG(tail)));
}

static void test_every_command_asks_a_route_of_its_own_path(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < till_commands.count; i++) {
        const struct command *command = command_at(i);
        if (command->method == NULL) {
            continue;
        }
        struct str parameter;
        unsigned allowed;
        const struct route *route =
            route_find(&admin_routes, method_of(command->method), sample_path(arena, command->path),
                       &parameter, &allowed);
        assert_non_null(route);
        assert_string_equal(route->path, command->path);
    }
}

static bool is_asked(const struct route *route) {
    for (size_t i = 0; i < till_commands.count; i++) {
        const struct command *command = command_at(i);
        if (command->method != NULL && strcmp(command->path, route->path) == 0 &&
            method_of(command->method) == route->method) {
            return true;
        }
    }
    return false;
}

static void test_every_route_has_a_command(void **state) {
    (void)state;
    route_table_check(&admin_routes);
    for (size_t i = 0; i < admin_routes.count; i++) {
        if (!is_asked(&admin_routes.routes[i])) {
            fail_msg("no command asks %s", admin_routes.routes[i].path);
        }
    }
}

static const struct param *same_option(const struct command *command, const char *name) {
    for (size_t i = 0; i < command->param_count; i++) {
        if (param_is_option(&command->params[i]) && strcmp(command->params[i].name, name) == 0) {
            return &command->params[i];
        }
    }
    return NULL;
}

/* Options are read before the command is known. */
static void test_an_option_takes_a_value_everywhere_or_nowhere(void **state) {
    (void)state;
    for (size_t i = 0; i < till_commands.count; i++) {
        for (size_t j = 0; j < command_at(i)->param_count; j++) {
            const struct param *param = &command_at(i)->params[j];
            for (size_t k = 0; param_is_option(param) && k < till_commands.count; k++) {
                const struct param *other = same_option(command_at(k), param->name);
                assert_true(other == NULL ||
                            (other->type == PARAM_FLAG) == (param->type == PARAM_FLAG));
            }
        }
    }
}

static void test_a_path_with_a_name_in_it_has_one_word_for_it(void **state) {
    (void)state;
    for (size_t i = 0; i < till_commands.count; i++) {
        const struct command *command = command_at(i);
        size_t count = 0;
        for (size_t j = 0; j < command->param_count; j++) {
            count += command->params[j].place == PARAM_PATH;
            assert_true(command->params[j].type != PARAM_PAIRS ||
                        (j + 1 == command->param_count && command->params[j].keys != NULL));
            assert_non_null(command->params[j].help);
        }
        bool named = command->path != NULL && strchr(command->path, '{') != NULL;
        assert_int_equal(count, named ? 1 : 0);
        assert_true(command->view != NULL || command->method == NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_asks_a_route_of_its_own_path),
        cmocka_unit_test(test_every_route_has_a_command),
        cmocka_unit_test(test_an_option_takes_a_value_everywhere_or_nowhere),
        cmocka_unit_test(test_a_path_with_a_name_in_it_has_one_word_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
