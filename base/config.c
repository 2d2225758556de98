// SPDX-License-Identifier: Apache-2.0
#include "base/config.h"
#include "base/config_table.h"
#include "base/file.h"
#include "base/template.h"
#include <errno.h>
#include <string.h>
#include <yaml.h>

#define SIZE_MAX_BYTES (1024 * 1024)
#define DEPTH_MAX      8
#define ERRORS_MAX     50
#define FOLDER_MARK    "# The config in force: a copy. Relative paths start at "

// Items

static void item_done(const char *section, void *item)
{
    for (size_t i = 0; i < config_options_n; i++) {
        if (strcmp(config_options[i].section, section) == 0)
            option_done(&config_options[i], item);
    }
}

static void camera_free(void *camera)
{
    item_done("cameras", camera);
    g_free(camera);
}

void config_camera_free(ConfigCamera *camera)
{
    if (camera)
        camera_free(camera);
}

ConfigCamera *config_camera_new(void)
{
    ConfigCamera *camera = g_new0(ConfigCamera, 1);
    for (size_t i = 0; i < config_options_n; i++) {
        const Option *option = &config_options[i];
        if (strcmp(option->section, "cameras") != 0)
            continue;
        if (option_is_list(option))
            option_clear(option, camera);
        option_set_default(option, camera, NULL);
    }
    return camera;
}

static void counter_free(void *counter)
{
    item_done("counters", counter);
    g_free(counter);
}

static void pad_free(void *pad)
{
    item_done("pads", pad);
    g_free(pad);
}

static void lane_free(void *lane)
{
    item_done("queue", lane);
    g_free(lane);
}

static void receiver_free(void *receiver)
{
    item_done("notify", receiver);
    g_free(receiver);
}

static Config *config_new(const char *path)
{
    Config *config = g_new0(Config, 1);
    config->refs = 1;
    config->path = g_strdup(path);
    config->cameras = g_ptr_array_new_with_free_func(camera_free);
    config->counters = g_ptr_array_new_with_free_func(counter_free);
    config->pads = g_ptr_array_new_with_free_func(pad_free);
    config->lanes = g_ptr_array_new_with_free_func(lane_free);
    config->notify = g_ptr_array_new_with_free_func(receiver_free);
    return config;
}

Config *config_ref(Config *config)
{
    __atomic_add_fetch(&config->refs, 1, __ATOMIC_RELAXED);
    return config;
}

void config_unref(Config *config)
{
    if (!config || __atomic_sub_fetch(&config->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < config_options_n; i++) {
        const ConfigSection *section = config_section_find(config_options[i].section);
        if (!section || !section->item_size)
            option_done(&config_options[i], config);
    }
    g_ptr_array_unref(config->cameras);
    g_ptr_array_unref(config->counters);
    g_ptr_array_unref(config->pads);
    g_ptr_array_unref(config->lanes);
    g_ptr_array_unref(config->notify);
    g_free(config->path);
    g_free(config);
}

// The loader

// A place in the file that must name something that may come later in the file.
typedef struct {
    int line;
    char *key;
    const char *counter; // borrowed from the config
} Reference;

typedef struct {
    const char *name;   // of the file
    const char *folder; // what relative paths start from
    GPtrArray *errors;
    unsigned n_errors;
    yaml_document_t *document;
    Config *config;
    GArray *references;     // Reference
    GHashTable *lines;      // key as written in errors -> line, for checks across keys
    GHashTable *item_lines; // "cameras cam1" -> line of the first
} Loader;

static void reference_clear(void *reference)
{
    g_free(((Reference *)reference)->key);
}

static void loader_init(Loader *loader, const char *name, GPtrArray *errors)
{
    *loader = (Loader){ .name = name, .errors = errors, .config = config_new(name) };
    loader->references = g_array_new(FALSE, FALSE, sizeof(Reference));
    g_array_set_clear_func(loader->references, reference_clear);
    loader->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    loader->item_lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void loader_done(Loader *loader)
{
    g_array_unref(loader->references);
    g_hash_table_unref(loader->lines);
    g_hash_table_unref(loader->item_lines);
    config_unref(loader->config);
}

static void add_error(Loader *loader, int line, const char *key, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void add_error(Loader *loader, int line, const char *key, const char *format, ...)
{
    if (++loader->n_errors > ERRORS_MAX)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *place =
        line > 0 ? g_strdup_printf("%s:%d", loader->name, line) : g_strdup(loader->name);
    g_ptr_array_add(loader->errors, key ? g_strdup_printf("%s: %s: %s", place, key, what)
                                        : g_strdup_printf("%s: %s", place, what));
}

// node NULL: 0, the file as a whole.
static int node_line(const yaml_node_t *node)
{
    return node ? (int)node->start_mark.line + 1 : 0;
}

static yaml_node_t *node_at(Loader *loader, int index)
{
    return yaml_document_get_node(loader->document, index);
}

// NULL: not a scalar.
static const char *node_text(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

// A key with nothing after it means the default.
static bool node_is_empty(const yaml_node_t *node)
{
    const char *text = node_text(node);
    return text && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*text || !strcmp(text, "~") || !strcmp(text, "null"));
}

static const char *node_kind(const yaml_node_t *node)
{
    return node->type == YAML_MAPPING_NODE    ? "keys with values"
           : node->type == YAML_SEQUENCE_NODE ? "a list"
                                              : "a single value";
}

// Keys that nobody knows

static unsigned edit_distance(const char *a, const char *b)
{
    size_t width = strlen(b);
    g_autofree unsigned *row = g_new(unsigned, width + 1);
    for (size_t j = 0; j <= width; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= width; j++) {
            unsigned change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[width];
}

static void consider(const char *key, const char *known, const char **best, unsigned *best_distance)
{
    unsigned distance = edit_distance(key, known);
    if (distance < *best_distance) {
        *best = known;
        *best_distance = distance;
    }
}

static void add_unknown_key(Loader *loader, const char *section, const char *key, int line,
                            const char *place)
{
    const char *best = NULL;
    unsigned distance = 4;
    g_autoptr(GString) known = g_string_new(NULL);
    for (size_t i = 0; i < config_options_n; i++) {
        if (strcmp(config_options[i].section, section) != 0)
            continue;
        g_string_append_printf(known, "%s%s", known->len ? ", " : "", config_options[i].key);
        if (strlen(key) <= 64)
            consider(key, config_options[i].key, &best, &distance);
    }
    for (size_t i = 0; i < config_sections_n && !*section; i++) {
        g_string_append_printf(known, ", %s", config_sections[i].name);
        if (strlen(key) <= 64)
            consider(key, config_sections[i].name, &best, &distance);
    }
    if (best)
        add_error(loader, line, place, "unknown key; did you mean %s?", best);
    else
        add_error(loader, line, place, "unknown key; allowed %s", known->str);
}

static char *join_key(const char *prefix, const char *key)
{
    return *prefix ? g_strdup_printf("%s.%s", prefix, key) : g_strdup(key);
}

static bool key_is_known(const char *section, const char *key)
{
    return config_option_find(section, key) || (!*section && config_section_find(key));
}

// Unknown and repeated keys of one mapping.
static void check_keys(Loader *loader, const yaml_node_t *mapping, const char *section,
                       const char *prefix)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        yaml_node_t *node = node_at(loader, pair->key);
        const char *key = node_text(node);
        if (!key || strlen(key) > 200) {
            add_error(loader, node_line(node), *prefix ? prefix : NULL,
                      "found a key that is not a word");
            continue;
        }
        g_autofree char *place = join_key(prefix, key);
        if (!g_hash_table_add(seen, (char *)key))
            add_error(loader, node_line(node), place, "found twice; allowed once");
        else if (!key_is_known(section, key))
            add_unknown_key(loader, section, key, node_line(node), place);
    }
}

static yaml_node_t *mapping_get(Loader *loader, const yaml_node_t *mapping, const char *key)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const char *text = node_text(node_at(loader, pair->key));
        if (text && strcmp(text, key) == 0)
            return node_at(loader, pair->value);
    }
    return NULL;
}

// Values

static void add_wrong_value(Loader *loader, const Option *option, const char *place,
                            const yaml_node_t *node)
{
    g_autofree char *allowed = option_allowed(option);
    const char *text = node_text(node);
    g_autofree char *found = text ? option_found(option, text) : g_strdup(node_kind(node));
    add_error(loader, node_line(node), place, "found %s; allowed %s", found, allowed);
}

static void set_list(Loader *loader, const Option *option, void *base, const char *place,
                     const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE) {
        add_wrong_value(loader, option, place, node);
        return;
    }
    option_clear(option, base);
    for (yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        yaml_node_t *value = node_at(loader, *item);
        const char *text = node_text(value);
        if (!text || !option_set(option, base, text, loader->folder))
            add_wrong_value(loader, option, place, value);
    }
}

static void set_option(Loader *loader, const Option *option, void *base, const char *prefix,
                       const yaml_node_t *mapping)
{
    g_autofree char *place = join_key(prefix, option->key);
    yaml_node_t *node = mapping ? mapping_get(loader, mapping, option->key) : NULL;
    option_set_default(option, base, loader->folder);
    if (!node || node_is_empty(node)) {
        if (option->flags & OPTION_REQUIRED)
            add_error(loader, node_line(node ? node : mapping), place,
                      "is missing; it must be given");
        return;
    }
    if (option_is_list(option)) {
        set_list(loader, option, base, place, node);
    } else if (!node_text(node) || !option_set(option, base, node_text(node), loader->folder)) {
        add_wrong_value(loader, option, place, node);
    }
    g_hash_table_insert(loader->lines, g_steal_pointer(&place), GINT_TO_POINTER(node_line(node)));
}

// mapping NULL: the section is absent, all is default.
static void read_mapping(Loader *loader, const char *section, void *base, const char *prefix,
                         const yaml_node_t *mapping)
{
    if (mapping)
        check_keys(loader, mapping, section, prefix);
    for (size_t i = 0; i < config_options_n; i++) {
        if (strcmp(config_options[i].section, section) == 0)
            set_option(loader, &config_options[i], base, prefix, mapping);
    }
}

static int line_of(Loader *loader, const char *prefix, const char *key)
{
    g_autofree char *place = join_key(prefix, key);
    return GPOINTER_TO_INT(g_hash_table_lookup(loader->lines, place));
}

static void note_reference(Loader *loader, const char *prefix, const char *key, const char *counter)
{
    Reference reference = { line_of(loader, prefix, key), join_key(prefix, key), counter };
    g_array_append_val(loader->references, reference);
}

static void check_item_id(Loader *loader, const ConfigSection *section, const char *prefix,
                          const char *id)
{
    g_autofree char *item = g_strdup_printf("%s %s", section->name, id);
    int line = line_of(loader, prefix, "id");
    int first = GPOINTER_TO_INT(g_hash_table_lookup(loader->item_lines, item));
    if (first) {
        g_autofree char *place = join_key(prefix, "id");
        add_error(loader, line, place,
                  "found \"%s\", which line %d has already; allowed an id of its own", id, first);
        return;
    }
    g_hash_table_insert(loader->item_lines, g_steal_pointer(&item), GINT_TO_POINTER(line));
}

static void note_item(Loader *loader, const ConfigSection *section, const char *prefix, void *item)
{
    char *const *id = item; // each item begins with its id
    if (*id)
        check_item_id(loader, section, prefix, *id);
    if (strcmp(section->name, "pads") == 0 && ((ConfigPad *)item)->counter)
        note_reference(loader, prefix, "counter", ((ConfigPad *)item)->counter);
    char **counters = strcmp(section->name, "cameras") == 0 ? ((ConfigCamera *)item)->counters
                      : strcmp(section->name, "queue") == 0 ? ((ConfigLane *)item)->counters
                                                            : NULL;
    for (int i = 0; counters && counters[i]; i++)
        note_reference(loader, prefix, "counters", counters[i]);
}

static void read_item(Loader *loader, const ConfigSection *section, const char *prefix,
                      yaml_node_t *node)
{
    if (node->type != YAML_MAPPING_NODE) {
        add_error(loader, node_line(node), prefix, "found %s; allowed keys with values",
                  node_kind(node));
        return;
    }
    void *item = g_malloc0(section->item_size);
    for (size_t i = 0; i < config_options_n; i++) {
        const Option *option = &config_options[i];
        if (strcmp(option->section, section->name) == 0 && option_is_list(option))
            option_clear(option, item);
    }
    GPtrArray *array = *(GPtrArray **)((char *)loader->config + section->array);
    g_ptr_array_add(array, item);
    read_mapping(loader, section->name, item, prefix, node);
    note_item(loader, section, prefix, item);
}

static void read_list(Loader *loader, const ConfigSection *section, yaml_node_t *node)
{
    if (!node || node_is_empty(node))
        return;
    if (node->type != YAML_SEQUENCE_NODE) {
        add_error(loader, node_line(node), section->name, "found %s; allowed a list",
                  node_kind(node));
        return;
    }
    size_t n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (n > section->items_max) {
        add_error(loader, node_line(node), section->name, "found %zu items; allowed at most %u", n,
                  section->items_max);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        g_autofree char *prefix = g_strdup_printf("%s[%zu]", section->name, i);
        read_item(loader, section, prefix, node_at(loader, node->data.sequence.items.start[i]));
    }
}

static void read_section(Loader *loader, const ConfigSection *section, const yaml_node_t *root)
{
    yaml_node_t *node = root ? mapping_get(loader, root, section->name) : NULL;
    if (section->item_size) {
        read_list(loader, section, node);
        return;
    }
    if (node && node->type != YAML_MAPPING_NODE && !node_is_empty(node))
        add_error(loader, node_line(node), section->name, "found %s; allowed keys with values",
                  node_kind(node));
    bool is_mapping = node && node->type == YAML_MAPPING_NODE;
    read_mapping(loader, section->name, loader->config, section->name, is_mapping ? node : NULL);
}

// Checks across keys

// Users of the broker that are no pads: the desk itself, and a hall's queue machine.
static void check_pads(Loader *loader)
{
    static const char *const taken[] = { "desk", "queue", NULL };
    for (guint i = 0; i < loader->config->pads->len; i++) {
        const ConfigPad *pad = loader->config->pads->pdata[i];
        g_autofree char *prefix = g_strdup_printf("pads[%u]", i);
        if (pad->id && g_strv_contains(taken, pad->id))
            add_error(loader, line_of(loader, prefix, "id"), prefix,
                      "found \"%s\", which the box itself uses; allowed another id", pad->id);
    }
}

// Two lanes with one letter would give the same number twice.
static void check_lanes(Loader *loader)
{
    unsigned taken = 0;
    for (guint i = 0; i < loader->config->lanes->len; i++) {
        const ConfigLane *lane = loader->config->lanes->pdata[i];
        g_autofree char *prefix = g_strdup_printf("queue[%u]", i);
        if (lane->prefix && (!g_ascii_isupper(lane->prefix[0]) || lane->prefix[1])) {
            add_error(loader, line_of(loader, prefix, "prefix"), prefix,
                      "found the prefix \"%s\"; allowed one letter, A to Z", lane->prefix);
        } else if (lane->prefix) {
            unsigned bit = 1u << (lane->prefix[0] - 'A');
            if (taken & bit)
                add_error(loader, line_of(loader, prefix, "prefix"), prefix,
                          "found the prefix \"%s\" of another lane; allowed one of its own",
                          lane->prefix);
            taken |= bit;
        }
    }
}

// What a kind of receiver needs besides its address.
static void check_kind(Loader *loader, const ConfigReceiver *receiver, const char *prefix)
{
    bool is_mail = receiver->kind == RECEIVER_SMTP;
    int line = line_of(loader, prefix, "id");
    if (receiver->url && g_str_has_prefix(receiver->url, "smtp") != is_mail) {
        g_autofree char *place = join_key(prefix, "url");
        add_error(loader, line_of(loader, prefix, "url"), place, "found another kind; allowed %s",
                  is_mail ? "smtp:// or smtps://" : "http:// or https://");
    }
    if (is_mail && (!receiver->from || !*receiver->to))
        add_error(loader, line, prefix, "a receiver of mail needs from and to");
    if (receiver->kind == RECEIVER_SMS && !*receiver->to)
        add_error(loader, line, prefix, "a gateway for short messages needs to");
    if (receiver->kind == RECEIVER_SMS && receiver->url &&
        !template_is_known(receiver->url, config_template_names))
        add_error(loader, line_of(loader, prefix, "url"), prefix,
                  "url has a place that is not known");
}

// The outbox knows its receivers by their ids, and one of them is the province.
static void check_receivers(Loader *loader)
{
    const char *province = loader->config->province.url;
    if (province && g_str_has_prefix(province, "smtp"))
        add_error(loader, line_of(loader, "province", "url"), "province.url",
                  "found another kind; allowed http:// or https://");
    for (guint i = 0; i < loader->config->notify->len; i++) {
        const ConfigReceiver *receiver = loader->config->notify->pdata[i];
        g_autofree char *prefix = g_strdup_printf("notify[%u]", i);
        check_kind(loader, receiver, prefix);
        if (g_strcmp0(receiver->id, "province") == 0)
            add_error(loader, line_of(loader, prefix, "id"), prefix,
                      "found \"province\", which has a section of its own; allowed another id");
    }
}

static void check_references(Loader *loader)
{
    for (guint i = 0; i < loader->references->len; i++) {
        const Reference *reference = &g_array_index(loader->references, Reference, i);
        if (!config_counter(loader->config, reference->counter))
            add_error(loader, reference->line, reference->key,
                      "found \"%s\"; allowed the id of a counter in the list counters",
                      reference->counter);
    }
}

static void check_ports(Loader *loader)
{
    const Config *config = loader->config;
    const struct {
        const char *section;
        const char *key;
        int port;
    } ports[] = {
        { "door", "port", config->door.port },
        { "broker", "port", config->broker.port },
        { "broker", "plain_port", config->broker.plain_port },
        { "relay", "port", config->relay.port },
    };
    for (size_t i = 1; i < G_N_ELEMENTS(ports); i++) {
        for (size_t j = 0; j < i; j++) {
            if (ports[i].port != ports[j].port)
                continue;
            int line = line_of(loader, ports[i].section, ports[i].key);
            g_autofree char *place = join_key(ports[i].section, ports[i].key);
            add_error(loader, line ? line : line_of(loader, ports[j].section, ports[j].key), place,
                      "found %d, which is also %s.%s; allowed a port of its own", ports[i].port,
                      ports[j].section, ports[j].key);
        }
    }
}

static bool is_within(const char *path, const char *folder)
{
    size_t size = strlen(folder);
    return g_str_has_prefix(path, folder) && (!path[size] || path[size] == '/');
}

// One disk that is two would fail as one.
static void check_storage(Loader *loader)
{
    const char *path = loader->config->storage.path, *spare = loader->config->storage.spare_path;
    if (path && spare && (is_within(path, spare) || is_within(spare, path)))
        add_error(loader, line_of(loader, "storage", "spare_path"), "storage.spare_path",
                  "found \"%s\"; allowed a folder on another disk than storage.path", spare);
}

// Asks what was written, not what was accepted: a wrong value has its own error already.
static void check_certificate(Loader *loader)
{
    int certificate = line_of(loader, "door", "certificate");
    int key = line_of(loader, "door", "key");
    if (certificate && !key)
        add_error(loader, certificate, "door.key",
                  "is missing; it must be given together with door.certificate");
    if (key && !certificate)
        add_error(loader, key, "door.certificate",
                  "is missing; it must be given together with door.key");
}

static void read_root(Loader *loader)
{
    yaml_node_t *root = yaml_document_get_root_node(loader->document);
    if (root && root->type != YAML_MAPPING_NODE && !node_is_empty(root)) {
        add_error(loader, node_line(root), NULL,
                  "found %s; allowed keys with values such as hall:", node_kind(root));
        return;
    }
    if (root && root->type != YAML_MAPPING_NODE)
        root = NULL;
    read_mapping(loader, "", loader->config, "", root);
    for (size_t i = 0; i < config_sections_n; i++)
        read_section(loader, &config_sections[i], root);
    check_references(loader);
    check_ports(loader);
    check_storage(loader);
    check_certificate(loader);
    check_pads(loader);
    check_lanes(loader);
    check_receivers(loader);
}

// Reading YAML

static void add_syntax_error(Loader *loader, const yaml_parser_t *parser)
{
    add_error(loader, (int)parser->problem_mark.line + 1, NULL, "is not YAML: %s%s%s",
              parser->problem ? parser->problem : "unreadable", parser->context ? ", " : "",
              parser->context ? parser->context : "");
}

// What the document form cannot tell or would be hurt by: anchors, depth, a second document.
static bool event_ok(Loader *loader, const yaml_event_t *event, int *depth, int *documents)
{
    int line = (int)event->start_mark.line + 1;
    const yaml_char_t *anchor = NULL;
    if (event->type == YAML_SCALAR_EVENT)
        anchor = event->data.scalar.anchor;
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        anchor = event->data.sequence_start.anchor;
    else if (event->type == YAML_MAPPING_START_EVENT)
        anchor = event->data.mapping_start.anchor;
    if (anchor || event->type == YAML_ALIAS_EVENT) {
        add_error(
            loader, line, NULL,
            "found an anchor or alias (& or *); allowed plain values; quote a text that begins so");
        return false;
    }
    if (event->type == YAML_DOCUMENT_START_EVENT && ++*documents > 1) {
        add_error(loader, line, NULL, "found a second document (---); allowed one");
        return false;
    }
    if (event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT)
        ++*depth;
    if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT)
        --*depth;
    if (*depth > DEPTH_MAX)
        add_error(loader, line, NULL, "found %d levels of nesting; allowed %d", *depth, DEPTH_MAX);
    return *depth <= DEPTH_MAX;
}

static bool scan(Loader *loader, const char *text, size_t size)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    bool ok = true, at_end = false;
    int depth = 0, documents = 0;
    while (ok && !at_end) {
        yaml_event_t event;
        ok = yaml_parser_parse(&parser, &event);
        if (!ok) {
            add_syntax_error(loader, &parser);
            break;
        }
        ok = event_ok(loader, &event, &depth, &documents);
        at_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return ok;
}

static void read_document(Loader *loader, const char *text, size_t size)
{
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    if (yaml_parser_load(&parser, &document)) {
        loader->document = &document;
        read_root(loader);
        loader->document = NULL;
        yaml_document_delete(&document);
    } else {
        add_syntax_error(loader, &parser);
    }
    yaml_parser_delete(&parser);
}

static bool bytes_ok(Loader *loader, const char *text, size_t size)
{
    if (size > SIZE_MAX_BYTES) {
        add_error(loader, 0, NULL, "found %zu bytes; allowed %d", size, SIZE_MAX_BYTES);
        return false;
    }
    const char *end = text;
    if (g_utf8_validate(text, (gssize)size, &end))
        return true;
    int line = 1;
    for (const char *at = text; at < end; at++)
        line += *at == '\n';
    add_error(loader, line, NULL, "found bytes that are not UTF-8; save the file as UTF-8");
    return false;
}

// What relative paths start from: the copy in force says it in its first line.
static char *folder_of(const char *name, const char *text, size_t size)
{
    size_t mark = strlen(FOLDER_MARK);
    if (size > mark && memcmp(text, FOLDER_MARK, mark) == 0) {
        const char *end = memchr(text, '\n', size);
        return g_strndup(text + mark, (end ? (size_t)(end - text) : size) - mark);
    }
    g_autofree char *path = g_canonicalize_filename(name, NULL);
    return g_path_get_dirname(path);
}

int config_parse(const char *name, const char *text, size_t size, GPtrArray *errors,
                 Config **ret_config)
{
    *ret_config = NULL;
    Loader loader;
    g_autofree char *folder = folder_of(name, text, size);
    loader_init(&loader, name, errors);
    loader.folder = folder;
    if (bytes_ok(&loader, text, size) && scan(&loader, text, size))
        read_document(&loader, text, size);
    if (loader.n_errors > ERRORS_MAX)
        g_ptr_array_add(errors,
                        g_strdup_printf("%s: and %u more", name, loader.n_errors - ERRORS_MAX));
    if (loader.n_errors == 0)
        *ret_config = config_ref(loader.config);
    loader_done(&loader);
    return *ret_config ? 0 : -EINVAL;
}

static int read_text(const char *path, GPtrArray *errors, char **ret_text, size_t *ret_size)
{
    int err = file_read(path, SIZE_MAX_BYTES, ret_text, ret_size);
    if (err == -EFBIG)
        g_ptr_array_add(errors, g_strdup_printf("%s: is larger than the allowed %d bytes", path,
                                                SIZE_MAX_BYTES));
    else if (err < 0)
        g_ptr_array_add(errors, g_strdup_printf("%s: cannot be read: %s", path, g_strerror(-err)));
    return err;
}

int config_load(const char *path, GPtrArray *errors, Config **ret_config)
{
    *ret_config = NULL;
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = read_text(path, errors, &text, &size);
    return err < 0 ? err : config_parse(path, text, size, errors, ret_config);
}

// A changed port would leave box, broker and desk with different ideas of it: such a file has to
// wait for a start.
static int check_against(const char *path, const Config *in_force, const Config *config,
                         GPtrArray *errors)
{
    guint before = errors->len;
    for (size_t i = 0; i < config_options_n && in_force; i++) {
        const Option *option = &config_options[i];
        if (option->flags & OPTION_AT_START && !option_equal(option, in_force, config))
            g_ptr_array_add(errors,
                            g_strdup_printf("%s: %s.%s: is changed, which a reload cannot apply; "
                                            "stop and start the box",
                                            path, option->section, option->key));
    }
    return errors->len > before ? -EINVAL : 0;
}

int config_parse_next(const char *path, const char *text, size_t size, const Config *in_force,
                      GPtrArray *errors, Config **ret_config)
{
    *ret_config = NULL;
    g_autoptr(Config) config = NULL;
    int err = config_parse(path, text, size, errors, &config);
    if (err == 0)
        err = check_against(path, in_force, config, errors);
    if (err == 0)
        *ret_config = g_steal_pointer(&config);
    return err;
}

int config_load_next(const char *path, const Config *in_force, GPtrArray *errors,
                     Config **ret_config)
{
    *ret_config = NULL;
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = read_text(path, errors, &text, &size);
    return err < 0 ? err : config_parse_next(path, text, size, in_force, errors, ret_config);
}

int config_put_in_force(const char *path, const Config *in_force, const char *copy,
                        GPtrArray *errors, Config **ret_config)
{
    *ret_config = NULL;
    g_autofree char *text = NULL;
    size_t size = 0;
    int err = read_text(path, errors, &text, &size);
    if (err < 0)
        return err;
    g_autoptr(Config) config = NULL;
    err = config_parse_next(path, text, size, in_force, errors, &config);
    if (err < 0)
        return err;
    g_autofree char *folder = folder_of(path, text, size);
    // A byte order mark may only stand at the very beginning, which the first line takes.
    const char *body = g_str_has_prefix(text, "\xEF\xBB\xBF") ? text + 3 : text;
    g_autofree char *whole = g_strconcat(FOLDER_MARK, folder, "\n", body, NULL);
    err = file_write_atomic(copy, whole, strlen(whole), 0640);
    if (err < 0) {
        g_ptr_array_add(errors,
                        g_strdup_printf("%s: cannot be written: %s", copy, g_strerror(-err)));
        return err;
    }
    *ret_config = g_steal_pointer(&config);
    return 0;
}

// Asking

static const void *find_item(GPtrArray *items, const char *id)
{
    for (guint i = 0; i < items->len; i++) {
        char *const *item_id = items->pdata[i]; // each item begins with its id
        if (g_strcmp0(*item_id, id) == 0)
            return items->pdata[i];
    }
    return NULL;
}

const ConfigCamera *config_camera(const Config *config, const char *id)
{
    return find_item(config->cameras, id);
}

const ConfigCounter *config_counter(const Config *config, const char *id)
{
    return find_item(config->counters, id);
}

const ConfigPad *config_pad(const Config *config, const char *id)
{
    return find_item(config->pads, id);
}

const ConfigLane *config_lane(const Config *config, const char *id)
{
    return find_item(config->lanes, id);
}

bool config_lane_has(const ConfigLane *lane, const char *counter)
{
    return g_strv_contains((const char *const *)lane->counters, counter);
}

const ConfigCamera *config_camera_of_counter(const Config *config, const char *counter)
{
    for (guint i = 0; i < config->cameras->len; i++) {
        const ConfigCamera *camera = config->cameras->pdata[i];
        if (camera->record && g_strv_contains((const char *const *)camera->counters, counter))
            return camera;
    }
    return NULL;
}

const ConfigReceiver *config_receiver(const Config *config, const char *id)
{
    return find_item(config->notify, id);
}

bool config_camera_equal(const ConfigCamera *a, const ConfigCamera *b)
{
    for (size_t i = 0; i < config_options_n; i++) {
        if (!strcmp(config_options[i].section, "cameras") &&
            !(config_options[i].flags & OPTION_OFF_STREAM) &&
            !option_equal(&config_options[i], a, b))
            return false;
    }
    return true;
}
