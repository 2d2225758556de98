// SPDX-License-Identifier: Apache-2.0
#include "base/config_edit.h"
#include "base/config_table.h"
#include <errno.h>
#include <string.h>
#include <yaml.h>

#define SECTION   "cameras"
#define BYTE_MARK "\xEF\xBB\xBF"

// One replacement; from == to: an insertion.
typedef struct {
    size_t from, to;
    char *text;
} Change;

typedef struct {
    const char *path;
    const char *text;
    size_t size;
    GPtrArray *errors;
    const char *newline;
    yaml_document_t document;
    GArray *changes; // Change
} Editor;

static void change_clear(void *change)
{
    g_free(((Change *)change)->text);
}

static void change_add(Editor *editor, size_t from, size_t to, char *take_text)
{
    Change change = { .from = from, .to = to };
    change.text = take_text;
    g_array_append_val(editor->changes, change);
}

static int compare_changes(const void *a, const void *b)
{
    const Change *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

// NULL: two changes overlap.
static char *apply_changes(Editor *editor)
{
    GString *out = g_string_sized_new(editor->size + 1024);
    size_t at = 0;
    g_array_sort(editor->changes, compare_changes); // stable: insertions keep their order
    for (guint i = 0; i < editor->changes->len; i++) {
        const Change *change = &g_array_index(editor->changes, Change, i);
        if (change->from < at)
            return g_string_free(out, TRUE);
        g_string_append_len(out, editor->text + at, (gssize)(change->from - at));
        g_string_append(out, change->text);
        at = change->to;
    }
    g_string_append_len(out, editor->text + at, (gssize)(editor->size - at));
    return g_string_free(out, FALSE);
}

// Places in the text. The parser counts characters, and not the byte order mark.

static size_t place(const Editor *editor, yaml_mark_t mark)
{
    const char *body = editor->text;
    if (g_str_has_prefix(body, BYTE_MARK))
        body += strlen(BYTE_MARK);
    return (size_t)(g_utf8_offset_to_pointer(body, (glong)mark.index) - editor->text);
}

static yaml_node_t *node_at(Editor *editor, int index)
{
    return yaml_document_get_node(&editor->document, index);
}

static bool is_flow(const yaml_node_t *node)
{
    return (node->type == YAML_MAPPING_NODE &&
            node->data.mapping.style == YAML_FLOW_MAPPING_STYLE) ||
           (node->type == YAML_SEQUENCE_NODE &&
            node->data.sequence.style == YAML_FLOW_SEQUENCE_STYLE);
}

static size_t count(const yaml_node_t *node)
{
    return node->type == YAML_MAPPING_NODE
               ? (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start)
               : (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

static size_t node_from(const Editor *editor, const yaml_node_t *node)
{
    return place(editor, node->start_mark);
}

// Behind its last character. The parser ends a block only where the next thing begins, behind the
// comments and empty lines that follow it.
static size_t node_to(Editor *editor, const yaml_node_t *node)
{
    while (node->type != YAML_SCALAR_NODE && !is_flow(node) && count(node) > 0)
        node =
            node_at(editor, node->type == YAML_MAPPING_NODE ? node->data.mapping.pairs.top[-1].value
                                                            : node->data.sequence.items.top[-1]);
    size_t from = place(editor, node->start_mark), to = place(editor, node->end_mark);
    while (to > from && g_ascii_isspace(editor->text[to - 1]))
        to--;
    return to;
}

static size_t line_from(const Editor *editor, size_t at)
{
    while (at > 0 && editor->text[at - 1] != '\n')
        at--;
    return at;
}

// Before its line end.
static size_t line_to(const Editor *editor, size_t at)
{
    const char *end = memchr(editor->text + at, '\n', editor->size - at);
    if (!end)
        return editor->size;
    size_t to = (size_t)(end - editor->text);
    return to > at && editor->text[to - 1] == '\r' ? to - 1 : to;
}

// Behind its line end.
static size_t line_next(const Editor *editor, size_t at)
{
    const char *end = memchr(editor->text + at, '\n', editor->size - at);
    return end ? (size_t)(end - editor->text) + 1 : editor->size;
}

static const yaml_node_pair_t *pair_of(Editor *editor, const yaml_node_t *mapping, const char *key)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const yaml_node_t *node = node_at(editor, pair->key);
        if (node->type == YAML_SCALAR_NODE &&
            strcmp((const char *)node->data.scalar.value, key) == 0)
            return pair;
    }
    return NULL;
}

// Values as YAML

static char *quote(const char *text)
{
    GString *out = g_string_new("\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

static char *masks_yaml(const ConfigCamera *camera)
{
    GString *out = g_string_new("[");
    for (char **mask = camera->masks; mask && *mask; mask++) {
        g_autofree char *quoted = quote(*mask);
        g_string_append_printf(out, "%s%s", out->len > 1 ? ", " : "", quoted);
    }
    g_string_append_c(out, ']');
    return g_string_free(out, FALSE);
}

// NULL: the key is left out.
static char *value_yaml(const Option *option, const ConfigCamera *camera)
{
    g_autofree char *text = option_text(option, camera);
    if (option->type == OPTION_MASKS) // each has commas of its own
        return masks_yaml(camera);
    if (option_is_list(option))
        return g_strdup_printf("[%s]", text ? text : "");
    if (!text)
        return NULL;
    bool is_plain = option->type != OPTION_NAME && option->type != OPTION_URL;
    return is_plain && strcmp(text, "null") != 0 ? g_steal_pointer(&text) : quote(text);
}

static const Option *camera_option(size_t i)
{
    return strcmp(config_options[i].section, SECTION) == 0 ? &config_options[i] : NULL;
}

// "key: value" of everything that is not as it would be by itself, with what goes between.
static char *camera_yaml(const ConfigCamera *camera, const char *between)
{
    g_autoptr(ConfigCamera) plain = config_camera_new();
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < config_options_n; i++) {
        const Option *option = camera_option(i);
        if (!option || option_equal(option, camera, plain))
            continue;
        g_autofree char *value = value_yaml(option, camera);
        if (value)
            g_string_append_printf(out, "%s%s: %s", out->len ? between : "", option->key, value);
    }
    return g_string_free(out, FALSE);
}

static char *camera_flow(const ConfigCamera *camera)
{
    g_autofree char *pairs = camera_yaml(camera, ", ");
    return g_strdup_printf("{%s}", pairs);
}

// On a line of its own, begun with the line end before it.
static char *camera_block(const Editor *editor, const ConfigCamera *camera, size_t column)
{
    g_autofree char *indent = g_strnfill(column, ' ');
    g_autofree char *between = g_strconcat(editor->newline, indent, "  ", NULL);
    g_autofree char *pairs = camera_yaml(camera, between);
    return g_strconcat(editor->newline, indent, "- ", pairs, NULL);
}

// One key of a camera that is there

static void replace_value(Editor *editor, const yaml_node_pair_t *pair, char *take_value)
{
    const yaml_node_t *key = node_at(editor, pair->key), *value = node_at(editor, pair->value);
    size_t from = node_from(editor, value), to = node_to(editor, value);
    bool is_block = value->type == YAML_SCALAR_NODE
                        ? value->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                              value->data.scalar.style == YAML_FOLDED_SCALAR_STYLE
                        : !is_flow(value);
    const char *colon = strchr(editor->text + node_to(editor, key), ':');
    if ((is_block || from == to) && colon) {
        from = (size_t)(colon - editor->text) + 1;
        change_add(editor, from, MAX(from, to), g_strconcat(" ", take_value, NULL));
        g_free(take_value);
    } else {
        change_add(editor, from, to, take_value);
    }
}

static bool is_blank(const Editor *editor, size_t from, size_t to)
{
    while (from < to && g_ascii_isspace(editor->text[from]))
        from++;
    return from == to;
}

// With its lines, where it has them for itself; elsewhere its value goes.
static void drop_pair(Editor *editor, const yaml_node_t *mapping, const yaml_node_pair_t *pair)
{
    size_t from = node_from(editor, node_at(editor, pair->key));
    size_t line = line_from(editor, from);
    if (is_flow(mapping) || line == 0 || !is_blank(editor, line, from)) {
        replace_value(editor, pair, g_strdup("null"));
        return;
    }
    size_t before = line - (line > 1 && editor->text[line - 2] == '\r' ? 2 : 1);
    size_t to = line_to(editor, node_to(editor, node_at(editor, pair->value)));
    change_add(editor, before, to, g_strdup(""));
}

static void add_pair(Editor *editor, const yaml_node_t *mapping, const char *key, const char *value)
{
    size_t to = node_to(editor, node_at(editor, mapping->data.mapping.pairs.top[-1].value));
    if (is_flow(mapping)) {
        change_add(editor, to, to, g_strdup_printf(", %s: %s", key, value));
        return;
    }
    g_autofree char *indent = g_strnfill(mapping->start_mark.column, ' ');
    size_t at = line_to(editor, to);
    change_add(editor, at, at, g_strdup_printf("%s%s%s: %s", editor->newline, indent, key, value));
}

static void change_camera(Editor *editor, const yaml_node_t *mapping, const ConfigCamera *was,
                          const ConfigCamera *wanted)
{
    for (size_t i = 0; i < config_options_n; i++) {
        const Option *option = camera_option(i);
        if (!option || option_equal(option, was, wanted))
            continue;
        g_autofree char *value = value_yaml(option, wanted);
        const yaml_node_pair_t *pair = pair_of(editor, mapping, option->key);
        if (pair && value)
            replace_value(editor, pair, g_steal_pointer(&value));
        else if (pair)
            drop_pair(editor, mapping, pair);
        else if (value)
            add_pair(editor, mapping, option->key, value);
    }
}

// A new camera

static void add_behind(Editor *editor, const yaml_node_t *list, const ConfigCamera *camera)
{
    size_t to = node_to(editor, node_at(editor, list->data.sequence.items.top[-1]));
    if (is_flow(list)) {
        g_autofree char *flow = camera_flow(camera);
        change_add(editor, to, to, g_strconcat(", ", flow, NULL));
    } else {
        size_t at = line_to(editor, to);
        change_add(editor, at, at, camera_block(editor, camera, list->start_mark.column));
    }
}

// "cameras:", "cameras: []" or "cameras: null".
static void add_first(Editor *editor, const yaml_node_t *root, const yaml_node_pair_t *pair,
                      const ConfigCamera *camera)
{
    const yaml_node_t *list = node_at(editor, pair->value);
    size_t from = node_from(editor, list), to = node_to(editor, list);
    g_autofree char *flow = camera_flow(camera);
    if (list->type == YAML_SEQUENCE_NODE &&
        (is_flow(root) || !is_blank(editor, from + 1, to - 1))) {
        change_add(editor, from + 1, from + 1, g_steal_pointer(&flow));
    } else if (is_flow(root)) {
        replace_value(editor, pair, g_strdup_printf("[%s]", flow));
    } else {
        size_t key_to = node_to(editor, node_at(editor, pair->key));
        size_t colon = key_to + strcspn(editor->text + key_to, ":") + 1;
        size_t at = line_to(editor, MAX(to, colon));
        change_add(editor, colon, MAX(to, colon), g_strdup(""));
        change_add(editor, at, at, camera_block(editor, camera, root->start_mark.column + 2));
    }
}

static void add_section(Editor *editor, const yaml_node_t *root, const ConfigCamera *camera)
{
    g_autofree char *flow = camera_flow(camera);
    if (root && root->type == YAML_MAPPING_NODE && is_flow(root)) {
        bool is_empty = count(root) == 0;
        size_t at = is_empty
                        ? node_from(editor, root) + 1
                        : node_to(editor, node_at(editor, root->data.mapping.pairs.top[-1].value));
        change_add(editor, at, at,
                   g_strdup_printf("%s" SECTION ": [%s]", is_empty ? "" : ", ", flow));
        return;
    }
    size_t column = root && root->type == YAML_MAPPING_NODE ? root->start_mark.column : 0;
    g_autofree char *indent = g_strnfill(column, ' ');
    g_autofree char *block = camera_block(editor, camera, column + 2);
    bool ends = editor->size == 0 || editor->text[editor->size - 1] == '\n';
    change_add(editor, editor->size, editor->size,
               g_strconcat(ends ? "" : editor->newline, indent, SECTION ":", block, editor->newline,
                           NULL));
}

static void add_camera(Editor *editor, const ConfigCamera *camera)
{
    const yaml_node_t *root = yaml_document_get_root_node(&editor->document);
    bool has_keys = root && root->type == YAML_MAPPING_NODE;
    const yaml_node_pair_t *pair = has_keys ? pair_of(editor, root, SECTION) : NULL;
    const yaml_node_t *list = pair ? node_at(editor, pair->value) : NULL;
    if (!pair)
        add_section(editor, root, camera);
    else if (list->type == YAML_SEQUENCE_NODE && count(list) > 0)
        add_behind(editor, list, camera);
    else
        add_first(editor, root, pair, camera);
}

// Removing

static void remove_flow(Editor *editor, const yaml_node_t *list, size_t i)
{
    const yaml_node_item_t *items = list->data.sequence.items.start;
    const yaml_node_t *item = node_at(editor, items[i]);
    size_t from = node_from(editor, item), to = node_to(editor, item);
    if (i + 1 < count(list))
        to = node_from(editor, node_at(editor, items[i + 1]));
    else if (i > 0)
        from = node_to(editor, node_at(editor, items[i - 1]));
    change_add(editor, from, to, g_strdup(""));
}

// Where the line with the item's dash begins: the first one behind the item before it that begins
// so.
static size_t dash_line(Editor *editor, const yaml_node_t *list, size_t i)
{
    if (i == 0)
        return line_from(editor, node_from(editor, list));
    const yaml_node_t *before = node_at(editor, list->data.sequence.items.start[i - 1]);
    size_t at = line_next(editor, node_to(editor, before));
    while (at < editor->size && editor->text[at + strspn(editor->text + at, " ")] != '-')
        at = line_next(editor, at);
    return at;
}

static void remove_block(Editor *editor, const yaml_node_t *list, size_t i)
{
    const yaml_node_t *item = node_at(editor, list->data.sequence.items.start[i]);
    change_add(editor, dash_line(editor, list, i), line_next(editor, node_to(editor, item)),
               g_strdup(""));
}

// The list of cameras and its nth item, which are there: the config has been read from them.
static const yaml_node_t *list_of(Editor *editor)
{
    const yaml_node_t *root = yaml_document_get_root_node(&editor->document);
    return node_at(editor, pair_of(editor, root, SECTION)->value);
}

static bool find_camera(const Config *config, const char *id, guint *ret_i)
{
    const ConfigCamera *camera = config_camera(config, id);
    return camera && g_ptr_array_find(config->cameras, camera, ret_i);
}

// The proof

static bool items_equal(const char *section, const void *a, const void *b)
{
    for (size_t i = 0; i < config_options_n; i++) {
        if (!strcmp(config_options[i].section, section) && !option_equal(&config_options[i], a, b))
            return false;
    }
    return true;
}

static bool rest_is_same(const Config *before, const Config *after)
{
    for (size_t i = 0; i < config_options_n; i++) {
        const ConfigSection *section = config_section_find(config_options[i].section);
        if (!(section && section->item_size) && !option_equal(&config_options[i], before, after))
            return false;
    }
    for (size_t i = 0; i < config_sections_n; i++) {
        const ConfigSection *section = &config_sections[i];
        if (!section->item_size || !strcmp(section->name, SECTION))
            continue;
        const GPtrArray *a = *(GPtrArray *const *)((const char *)before + section->array);
        const GPtrArray *b = *(GPtrArray *const *)((const char *)after + section->array);
        bool same = a->len == b->len;
        for (guint n = 0; same && n < a->len; n++)
            same = items_equal(section->name, a->pdata[n], b->pdata[n]);
        if (!same)
            return false;
    }
    return true;
}

// Every other camera is as before, and this one as wanted (NULL: gone).
static bool cameras_are_right(const Config *before, const Config *after, const char *id,
                              const ConfigCamera *wanted)
{
    guint others = 0;
    for (guint i = 0; i < after->cameras->len; i++) {
        const ConfigCamera *camera = after->cameras->pdata[i];
        bool is_it = strcmp(camera->id, id) == 0;
        const ConfigCamera *due = is_it ? wanted : config_camera(before, camera->id);
        if (!due || !items_equal(SECTION, camera, due))
            return false;
        others += !is_it;
    }
    bool was_there = config_camera(before, id) != NULL;
    return others == before->cameras->len - was_there &&
           (config_camera(after, id) != NULL) == (wanted != NULL);
}

static int prove(Editor *editor, const Config *before, const char *id, const ConfigCamera *wanted,
                 char **ret_text)
{
    g_autofree char *text = apply_changes(editor);
    g_autoptr(Config) after = NULL;
    int err =
        text ? config_parse(editor->path, text, strlen(text), editor->errors, &after) : -ENOTSUP;
    if (err == 0 && !(rest_is_same(before, after) && cameras_are_right(before, after, id, wanted)))
        err = -ENOTSUP;
    if (err == -ENOTSUP)
        g_ptr_array_add(editor->errors,
                        g_strdup_printf("%s: is written in a way that cannot be changed from here; "
                                        "change camera %s in the file itself",
                                        editor->path, id));
    if (err == 0)
        *ret_text = g_steal_pointer(&text);
    return err;
}

// Both

static int edit(Editor *editor, const Config *before, const char *id, const ConfigCamera *wanted,
                char **ret_text)
{
    guint i = 0;
    bool is_there = find_camera(before, id, &i);
    if (!is_there && !wanted)
        return -ENOENT;
    const yaml_node_t *list = is_there ? list_of(editor) : NULL;
    if (!is_there)
        add_camera(editor, wanted);
    else if (wanted)
        change_camera(editor, node_at(editor, list->data.sequence.items.start[i]),
                      before->cameras->pdata[i], wanted);
    else if (is_flow(list))
        remove_flow(editor, list, i);
    else
        remove_block(editor, list, i);
    return prove(editor, before, id, wanted, ret_text);
}

static int load_and_edit(Editor *editor, const Config *before, const char *id,
                         const ConfigCamera *wanted, char **ret_text)
{
    yaml_parser_t parser;
    int err = -ENOTSUP;
    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)editor->text, editor->size);
    if (yaml_parser_load(&parser, &editor->document)) {
        err = edit(editor, before, id, wanted, ret_text);
        yaml_document_delete(&editor->document);
    }
    yaml_parser_delete(&parser);
    return err;
}

static int config_edit(const char *path, const char *text, size_t size, const char *id,
                       const ConfigCamera *wanted, GPtrArray *errors, char **ret_text)
{
    *ret_text = NULL;
    g_autoptr(Config) before = NULL;
    int err = config_parse(path, text, size, errors, &before);
    if (err < 0)
        return err;
    const char *end = memchr(text, '\n', size);
    Editor editor = { .path = path,
                      .text = text,
                      .size = size,
                      .errors = errors,
                      .newline = end && end > text && end[-1] == '\r' ? "\r\n" : "\n",
                      .changes = g_array_new(FALSE, FALSE, sizeof(Change)) };
    g_array_set_clear_func(editor.changes, change_clear);
    err = load_and_edit(&editor, before, id, wanted, ret_text);
    g_array_unref(editor.changes);
    return err;
}

int config_edit_put(const char *path, const char *text, size_t size, const ConfigCamera *camera,
                    GPtrArray *errors, char **ret_text)
{
    return config_edit(path, text, size, camera->id, camera, errors, ret_text);
}

int config_edit_remove(const char *path, const char *text, size_t size, const char *id,
                       GPtrArray *errors, char **ret_text)
{
    return config_edit(path, text, size, id, NULL, errors, ret_text);
}
