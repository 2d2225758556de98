// SPDX-License-Identifier: Apache-2.0
// The table of routes and docs/api/openapi.yaml say the same: methods, addresses and roles, both
// ways.
#include "dashboard/account.h"
#include "dashboard/guard.h"
#include "dashboard/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include <yaml.h>

#define DOCUMENT SOURCE_DIR "/docs/api/openapi.yaml"

static int load(void **state)
{
    yaml_document_t *document = g_new0(yaml_document_t, 1);
    yaml_parser_t parser;
    FILE *file = fopen(DOCUMENT, "r");
    if (!file || !yaml_parser_initialize(&parser))
        return -1;
    yaml_parser_set_input_file(&parser, file);
    int loaded = yaml_parser_load(&parser, document);
    yaml_parser_delete(&parser);
    fclose(file);
    *state = document;
    return loaded ? 0 : -1;
}

static int unload(void **state)
{
    yaml_document_delete(*state);
    g_free(*state);
    return 0;
}

static const char *text_of(yaml_document_t *document, int id)
{
    const yaml_node_t *node = yaml_document_get_node(document, id);
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static yaml_node_t *member(yaml_document_t *document, yaml_node_t *mapping, const char *key)
{
    if (!mapping || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++)
        if (strcmp(text_of(document, pair->key), key) == 0)
            return yaml_document_get_node(document, pair->value);
    return NULL;
}

static yaml_node_t *paths_of(yaml_document_t *document)
{
    return member(document, yaml_document_get_root_node(document), "paths");
}

static unsigned access_of(yaml_document_t *document, yaml_node_t *operation)
{
    yaml_node_t *roles = member(document, operation, "x-roles");
    unsigned access = 0;
    assert_non_null(roles);
    assert_int_equal(roles->type, YAML_SEQUENCE_NODE);
    for (yaml_node_item_t *item = roles->data.sequence.items.start;
         item < roles->data.sequence.items.top; item++) {
        const char *name = text_of(document, *item);
        Role role = 0;
        if (strcmp(name, "anyone") == 0)
            access |= ACCESS_ANYONE;
        else if (role_parse(name, &role))
            access |= role;
        else
            fail_msg("x-roles: %s is no role", name);
    }
    return access;
}

static const HttpRoute *find_route(const char *method, const char *pattern)
{
    for (size_t i = 0; i < dashboard_n_routes; i++)
        if (g_ascii_strcasecmp(dashboard_routes[i].method, method) == 0 &&
            strcmp(dashboard_routes[i].pattern, pattern) == 0)
            return &dashboard_routes[i];
    return NULL;
}

static void every_route_is_documented_with_its_roles(void **state)
{
    for (size_t i = 0; i < dashboard_n_routes; i++) {
        const HttpRoute *route = &dashboard_routes[i];
        if (!g_str_has_prefix(route->pattern, "/api/"))
            continue;
        g_autofree char *method = g_ascii_strdown(route->method, -1);
        yaml_node_t *operation =
            member(*state, member(*state, paths_of(*state), route->pattern), method);
        if (!operation)
            fail_msg("%s %s is not in %s", route->method, route->pattern, DOCUMENT);
        else if (access_of(*state, operation) != route->access)
            fail_msg("%s %s: roles differ from %s", route->method, route->pattern, DOCUMENT);
    }
}

static void every_documented_operation_is_a_route(void **state)
{
    static const char *const methods[] = { "get", "put", "post", "delete", "patch", NULL };
    yaml_node_t *paths = paths_of(*state);
    int n = 0;
    assert_non_null(paths);
    for (yaml_node_pair_t *path = paths->data.mapping.pairs.start;
         path < paths->data.mapping.pairs.top; path++) {
        yaml_node_t *operations = yaml_document_get_node(*state, path->value);
        for (yaml_node_pair_t *pair = operations->data.mapping.pairs.start;
             pair < operations->data.mapping.pairs.top; pair++) {
            const char *method = text_of(*state, pair->key);
            if (!g_strv_contains(methods, method))
                continue;
            if (!find_route(method, text_of(*state, path->key)))
                fail_msg("%s %s is documented but no route", method, text_of(*state, path->key));
            n++;
        }
    }
    assert_true(n > 20);
}

// A GET that anyone may ask tells nothing of the hall but what a counter's sign says and what is
// published, and the place of a number to whoever holds its slip; what anyone may send is the
// set-up, the login, a rating by telephone and, with a screen's token, the taking of a number.
static void only_these_are_open_to_anyone(void **state)
{
    static const char *const open[] = { "GET /api/v1/setup",
                                        "POST /api/v1/setup",
                                        "POST /api/v1/session",
                                        "GET /internal/auth",
                                        "GET /internal/health",
                                        "GET /api/v1/public/rating-form",
                                        "POST /api/v1/public/ratings",
                                        "GET /api/v1/public/complaints",
                                        "GET /api/v1/public/figures",
                                        "GET /api/v1/public/query",
                                        "POST /api/v1/public/query",
                                        "GET /api/v1/public/board",
                                        "GET /api/v1/public/items",
                                        "GET /api/v1/public/items/{code}",
                                        "GET /api/v1/public/board",
                                        "GET /api/v1/public/queue/lanes",
                                        "POST /api/v1/public/queue/tickets",
                                        "GET /api/v1/public/queue/calls",
                                        "GET /api/v1/public/queue/tickets/{id}",
                                        "GET /api/v1/public/queue/voice",
                                        NULL };
    for (size_t i = 0; i < dashboard_n_routes; i++) {
        const HttpRoute *route = &dashboard_routes[i];
        g_autofree char *name = g_strconcat(route->method, " ", route->pattern, NULL);
        assert_int_equal((route->access & ACCESS_ANYONE) != 0, g_strv_contains(open, name));
        assert_true(route->access != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_documented_with_its_roles),
        cmocka_unit_test(every_documented_operation_is_a_route),
        cmocka_unit_test(only_these_are_open_to_anyone),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
