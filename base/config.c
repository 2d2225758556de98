// SPDX-License-Identifier: Apache-2.0
#include "base/config.h"
#include "base/file.h"
#include "base/option.h"
#include <errno.h>
#include <string.h>
#include <yaml.h>

#define SIZE_MAX_BYTES (1024 * 1024)
#define DEPTH_MAX      8
#define ERRORS_MAX     50
#define FOLDER_MARK    "# The config in force: a copy. Relative paths start at "

#define AT(member)         offsetof(Config, member)
#define CAMERA_AT(member)  offsetof(ConfigCamera, member)
#define COUNTER_AT(member) offsetof(ConfigCounter, member)
#define PAD_AT(member)     offsetof(ConfigPad, member)

// clang-format off
static const Option options[] = {
    { "hall", "id", OPTION_ID, AT(hall.id), 0, 0, "hall", OPTION_AT_START,
      "The hall's id. It stands in the pads' topics: change it only together with the pads.",
      "大厅编号,用在评价器的主题中;改动时须同时改评价器。" },
    { "hall", "name", OPTION_NAME, AT(hall.name), 1, 100, "政务服务大厅", OPTION_AT_START,
      "The hall's name, shown on the page.", "大厅名称,显示在页面上。" },
    { "hall", "timezone", OPTION_ZONE, AT(hall.zone), 0, 0, "Asia/Shanghai", OPTION_AT_START,
      "The hall's time zone: days begin at its midnight.", "大厅所在时区,按此划分日期。" },

    { "door", "address", OPTION_ADDRESS, AT(door.address), 0, 0, "0.0.0.0", OPTION_AT_START,
      "Where the page and the API listen (HTTPS).", "网页和接口的监听地址(HTTPS)。" },
    { "door", "port", OPTION_PORT, AT(door.port), 1, 65535, "8443", OPTION_AT_START,
      "Port of the page and the API.", "网页和接口的端口。" },
    { "door", "certificate", OPTION_PATH, AT(door.certificate), 0, 0, NULL, OPTION_AT_START,
      "PEM file with the certificate and its chain. Without one a self-signed pair is made.",
      "PEM 格式证书(含证书链);不设时自动生成自签名证书。" },
    { "door", "key", OPTION_PATH, AT(door.key), 0, 0, NULL, OPTION_AT_START,
      "PEM file with the certificate's key.", "证书对应的私钥(PEM)。" },

    { "broker", "address", OPTION_ADDRESS, AT(broker.address), 0, 0, "0.0.0.0", OPTION_AT_START,
      "Where pads connect (MQTT over TLS).", "评价器接入的监听地址(MQTT over TLS)。" },
    { "broker", "port", OPTION_PORT, AT(broker.port), 1, 65535, "8883", OPTION_AT_START,
      "Port for pads, TLS.", "评价器接入端口(TLS)。" },
    { "broker", "plain_port", OPTION_PORT, AT(broker.plain_port), 1, 65535, "1883", OPTION_AT_START,
      "Port without TLS, on 127.0.0.1 only.", "本机明文端口,仅监听 127.0.0.1。" },

    { "relay", "address", OPTION_ADDRESS, AT(relay.address), 0, 0, "0.0.0.0", OPTION_AT_START,
      "Where the county opens the cameras (RTSP).", "上级平台调看视频的监听地址(RTSP)。" },
    { "relay", "port", OPTION_PORT, AT(relay.port), 1, 65535, "8554", OPTION_AT_START,
      "Port of the RTSP relay.", "RTSP 转发端口。" },
    { "relay", "user", OPTION_ID, AT(relay.user), 0, 0, "county", OPTION_AT_START,
      "User name for the relay.", "RTSP 转发的用户名。" },
    { "relay", "password", OPTION_SECRET, AT(relay.password), 8, 64, NULL, OPTION_AT_START,
      "Password for the relay. Without one it is made at the first start and kept in secrets.json.",
      "RTSP 转发的密码;不设时首次启动自动生成,保存在 secrets.json。" },

    { "storage", "path", OPTION_PATH, AT(storage.path), 0, 0, NULL, OPTION_AT_START,
      "Folder for recordings. Default: recordings/ in the data folder.",
      "录像目录,默认为数据目录下的 recordings/。" },
    { "storage", "quota_gb", OPTION_GIGABYTES, AT(storage.quota_mb), 0, 1000000, "0", 0,
      "Most that recordings may take; 0: no limit but the free space.", "录像最多占用的空间(GB),0 为不限。" },
    { "storage", "days", OPTION_INT, AT(storage.days), 1, 3650, "30", 0,
      "Days that recordings are kept; held clips stay longer.", "录像保存天数;被保留的片段不受此限。" },
    { "storage", "free_gb", OPTION_GIGABYTES, AT(storage.free_mb), 0, 100000, "1", 0,
      "Free space that is always left on the disk.", "磁盘始终保留的剩余空间(GB)。" },
    { "storage", "segment_seconds", OPTION_INT, AT(storage.segment_seconds), 2, 600, "60", OPTION_AT_START,
      "Length of one recorded file.", "单个录像文件的时长(秒)。" },

    { "office_hours", "workdays", OPTION_SPANS, AT(hours), 0, 4, "08:30-12:00, 13:30-17:30", 0,
      "Monday to Friday at once. A day's own key goes before it; [] means closed.",
      "周一至周五统一设置;单日设置优先;[] 表示不对外办公。" },
    { "office_hours", "mon", OPTION_SPANS, AT(hours), 0, 0, NULL, 0, "Monday.", "周一。" },
    { "office_hours", "tue", OPTION_SPANS, AT(hours), 1, 1, NULL, 0, "Tuesday.", "周二。" },
    { "office_hours", "wed", OPTION_SPANS, AT(hours), 2, 2, NULL, 0, "Wednesday.", "周三。" },
    { "office_hours", "thu", OPTION_SPANS, AT(hours), 3, 3, NULL, 0, "Thursday.", "周四。" },
    { "office_hours", "fri", OPTION_SPANS, AT(hours), 4, 4, NULL, 0, "Friday.", "周五。" },
    { "office_hours", "sat", OPTION_SPANS, AT(hours), 5, 5, NULL, 0, "Saturday.", "周六。" },
    { "office_hours", "sun", OPTION_SPANS, AT(hours), 6, 6, NULL, 0, "Sunday.", "周日。" },

    { "", "calendar", OPTION_PATH, AT(calendar), 0, 0, NULL, 0,
      "File of working days and public holidays. Default: the built-in one.",
      "工作日与节假日表文件,默认使用内置表。" },

    { "rules", "yellow_days_left", OPTION_INT, AT(rules.yellow_days_left), 0, 30, "1", 0,
      "A case turns yellow when so many working days are left.", "办件剩余多少个工作日时亮黄牌。" },
    { "rules", "warning_days_before_yellow", OPTION_INT, AT(rules.warning_days_before_yellow), 0, 30, "1", 0,
      "A case warns so many working days before it turns yellow.", "黄牌前多少个工作日开始预警。" },
    { "rules", "invitation_seconds", OPTION_INT, AT(rules.invitation_seconds), 1, 3600, "60", 0,
      "How long a pad may answer an invitation.", "评价邀请的有效时间(秒)。" },
    { "rules", "clip_before_seconds", OPTION_INT, AT(rules.clip_before_seconds), 0, 3600, "60", 0,
      "A rating's clip begins so long before its invitation.", "评价对应的视频从邀请前多少秒开始。" },
    { "rules", "clip_after_seconds", OPTION_INT, AT(rules.clip_after_seconds), 0, 3600, "30", 0,
      "A rating's clip ends so long after the press.", "评价对应的视频到按键后多少秒结束。" },

    { "counters", "id", OPTION_ID, COUNTER_AT(id), 0, 0, NULL, OPTION_REQUIRED, "The counter's id.", "窗口编号。" },
    { "counters", "name", OPTION_NAME, COUNTER_AT(name), 1, 100, NULL, OPTION_REQUIRED,
      "Its name, shown on the page.", "窗口名称。" },
    { "counters", "kind", OPTION_KIND, COUNTER_AT(kind), 0, 0, "general", 0,
      "general 综合, frequent 高频, advice 咨询, pickup 出件, tidal 潮汐, complaint 吐槽找茬.",
      "窗口类别:综合、高频、咨询、出件、潮汐、吐槽找茬。" },

    { "cameras", "id", OPTION_ID, CAMERA_AT(id), 0, 0, NULL, OPTION_REQUIRED,
      "The camera's id. It stands in addresses and in the recordings' paths.", "摄像机编号,用在地址和录像路径中。" },
    { "cameras", "name", OPTION_NAME, CAMERA_AT(name), 1, 100, NULL, OPTION_REQUIRED,
      "Its name, shown on the page.", "摄像机名称。" },
    { "cameras", "url", OPTION_URL, CAMERA_AT(url), 0, 0, NULL, OPTION_REQUIRED,
      "The main stream. A file: is played in a loop as if it were live.",
      "主码流地址;file: 为视频文件,循环播放,当作实时画面。" },
    { "cameras", "sub_url", OPTION_URL, CAMERA_AT(sub_url), 0, 0, NULL, 0,
      "The small stream, for small tiles.", "子码流地址,供多画面使用。" },
    { "cameras", "transport", OPTION_TRANSPORT, CAMERA_AT(transport), 0, 0, "tcp", 0,
      "How RTSP brings the media.", "RTSP 传输方式。" },
    { "cameras", "counters", OPTION_IDS, CAMERA_AT(counters), 0, 0, NULL, 0,
      "The counters that it sees: their ratings are joined to its video.", "画面覆盖的窗口,这些窗口的评价与该视频关联。" },
    { "cameras", "record", OPTION_BOOL, CAMERA_AT(record), 0, 0, "true", 0,
      "Record the main stream.", "是否录像(主码流)。" },
    { "cameras", "relay", OPTION_BOOL, CAMERA_AT(relay), 0, 0, "true", 0,
      "Offer it to the county by RTSP.", "是否通过 RTSP 提供给上级平台。" },
    { "cameras", "audio", OPTION_BOOL, CAMERA_AT(audio), 0, 0, "true", 0,
      "Keep the sound.", "是否保留声音。" },

    { "pads", "id", OPTION_ID, PAD_AT(id), 0, 0, NULL, OPTION_REQUIRED,
      "The pad's id, which is also its user name at the broker.", "评价器编号,也是其连接时的用户名。" },
    { "pads", "counter", OPTION_ID, PAD_AT(counter), 0, 0, NULL, OPTION_REQUIRED,
      "The counter that it stands at.", "评价器所在窗口。" },
};

// A section is one mapping, or a list of mappings with an array of items in Config.
typedef struct {
    const char *name;
    size_t array;     // offset of its GPtrArray
    size_t item_size; // 0: one mapping
    unsigned items_max;
    const char *help;
    const char *help_zh;
} Section;

static const Section sections[] = {
    { "hall", 0, 0, 0, "The hall.", "大厅。" },
    { "door", 0, 0, 0, "The door: HTTPS for browsers and other systems.", "网页与接口入口(HTTPS)。" },
    { "broker", 0, 0, 0, "The broker: MQTT for the pads.", "评价器接入(MQTT)。" },
    { "relay", 0, 0, 0, "The relay: RTSP for the county.", "视频转发(RTSP)。" },
    { "storage", 0, 0, 0, "Where and how long video is kept.", "录像存储。" },
    { "office_hours", 0, 0, 0, "When the hall is open.", "对外办公时间。" },
    { "rules", 0, 0, 0, "Thresholds of supervision.", "监督规则阈值。" },
    { "counters", AT(counters), sizeof(ConfigCounter), 512, "The counters.", "窗口。" },
    { "cameras", AT(cameras), sizeof(ConfigCamera), 256, "The cameras.", "摄像机。" },
    { "pads", AT(pads), sizeof(ConfigPad), 512, "The rating pads.", "评价器。" },
};
// clang-format on

static const Option *option_find(const char *section, const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!strcmp(options[i].section, section) && !strcmp(options[i].key, key))
            return &options[i];
    }
    return NULL;
}

static const Section *section_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        if (strcmp(sections[i].name, name) == 0)
            return &sections[i];
    }
    return NULL;
}

// Items

static void item_done(const char *section, void *item)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].section, section) == 0)
            option_done(&options[i], item);
    }
}

static void camera_free(void *camera)
{
    item_done("cameras", camera);
    g_free(camera);
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

static Config *config_new(const char *path)
{
    Config *config = g_new0(Config, 1);
    config->refs = 1;
    config->path = g_strdup(path);
    config->cameras = g_ptr_array_new_with_free_func(camera_free);
    config->counters = g_ptr_array_new_with_free_func(counter_free);
    config->pads = g_ptr_array_new_with_free_func(pad_free);
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
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        const Section *section = section_find(options[i].section);
        if (!section || !section->item_size)
            option_done(&options[i], config);
    }
    g_ptr_array_unref(config->cameras);
    g_ptr_array_unref(config->counters);
    g_ptr_array_unref(config->pads);
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

static int node_line(const yaml_node_t *node)
{
    return (int)node->start_mark.line + 1;
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
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].section, section))
            continue;
        g_string_append_printf(known, "%s%s", known->len ? ", " : "", options[i].key);
        if (strlen(key) <= 64)
            consider(key, options[i].key, &best, &distance);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sections) && !*section; i++) {
        g_string_append_printf(known, ", %s", sections[i].name);
        if (strlen(key) <= 64)
            consider(key, sections[i].name, &best, &distance);
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
    return option_find(section, key) || (!*section && section_find(key));
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
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].section, section) == 0)
            set_option(loader, &options[i], base, prefix, mapping);
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

static void check_item_id(Loader *loader, const Section *section, const char *prefix,
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

static void note_item(Loader *loader, const Section *section, const char *prefix, void *item)
{
    char *const *id = item; // each item begins with its id
    if (*id)
        check_item_id(loader, section, prefix, *id);
    if (strcmp(section->name, "pads") == 0 && ((ConfigPad *)item)->counter)
        note_reference(loader, prefix, "counter", ((ConfigPad *)item)->counter);
    if (strcmp(section->name, "cameras") == 0) {
        char **counters = ((ConfigCamera *)item)->counters;
        for (int i = 0; counters[i]; i++)
            note_reference(loader, prefix, "counters", counters[i]);
    }
}

static void read_item(Loader *loader, const Section *section, const char *prefix, yaml_node_t *node)
{
    if (node->type != YAML_MAPPING_NODE) {
        add_error(loader, node_line(node), prefix, "found %s; allowed keys with values",
                  node_kind(node));
        return;
    }
    void *item = g_malloc0(section->item_size);
    const Option *list = option_find(section->name, "counters");
    if (list)
        option_clear(list, item);
    GPtrArray *array = *(GPtrArray **)((char *)loader->config + section->array);
    g_ptr_array_add(array, item);
    read_mapping(loader, section->name, item, prefix, node);
    note_item(loader, section, prefix, item);
}

static void read_list(Loader *loader, const Section *section, yaml_node_t *node)
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

static void read_section(Loader *loader, const Section *section, const yaml_node_t *root)
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

// The broker's user "desk" is the desk itself.
static void check_pads(Loader *loader)
{
    for (guint i = 0; i < loader->config->pads->len; i++) {
        const ConfigPad *pad = loader->config->pads->pdata[i];
        g_autofree char *prefix = g_strdup_printf("pads[%u]", i);
        if (g_strcmp0(pad->id, "desk") == 0)
            add_error(loader, line_of(loader, prefix, "id"), prefix,
                      "found \"desk\", which the box itself uses; allowed another id");
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
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++)
        read_section(loader, &sections[i], root);
    check_references(loader);
    check_ports(loader);
    check_certificate(loader);
    check_pads(loader);
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
    for (size_t i = 0; i < G_N_ELEMENTS(options) && in_force; i++) {
        const Option *option = &options[i];
        if (option->flags & OPTION_AT_START && !option_equal(option, in_force, config))
            g_ptr_array_add(errors,
                            g_strdup_printf("%s: %s.%s: is changed, which a reload cannot apply; "
                                            "stop and start the box",
                                            path, option->section, option->key));
    }
    return errors->len > before ? -EINVAL : 0;
}

static int parse_next(const char *path, const Config *in_force, const char *text, size_t size,
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
    return err < 0 ? err : parse_next(path, in_force, text, size, errors, ret_config);
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
    err = parse_next(path, in_force, text, size, errors, &config);
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

const ConfigCamera *config_camera_of_counter(const Config *config, const char *counter)
{
    for (guint i = 0; i < config->cameras->len; i++) {
        const ConfigCamera *camera = config->cameras->pdata[i];
        if (camera->record && g_strv_contains((const char *const *)camera->counters, counter))
            return camera;
    }
    return NULL;
}

bool config_camera_equal(const ConfigCamera *a, const ConfigCamera *b)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!strcmp(options[i].section, "cameras") && !option_equal(&options[i], a, b))
            return false;
    }
    return true;
}

// The reference

static void print_row(FILE *out, const Option *option)
{
    g_autofree char *allowed = option_allowed(option);
    fprintf(out, "| `%s` | %s | ", option->key, allowed);
    if (option->flags & OPTION_REQUIRED)
        fputs("required 必填", out);
    else if (option->fallback)
        fprintf(out, "`%s`", option->fallback);
    else
        fputs("none 无", out);
    fprintf(out, " | %s | %s | %s |\n",
            option->flags & OPTION_AT_START ? "start 启动" : "reload 重载", option->help,
            option->help_zh);
}

static void print_rows(FILE *out, const char *section)
{
    fputs("| key | allowed | default | applied at | meaning | 说明 |\n|---|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].section, section) == 0)
            print_row(out, &options[i]);
    }
}

void config_print_reference(FILE *out)
{
    fputs(
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
        "<!-- Made by `hallwatch config-reference` from the table in base/config.c: change that. "
        "-->\n\n"
        "# hallwatch.yaml\n\n"
        "One YAML file, UTF-8, at most 1 MiB, without anchors. Every key may be left out unless it "
        "is required. "
        "Relative paths start at the file's folder. `hallwatch check-config FILE` names every "
        "mistake; "
        "`hallwatch reload` puts a changed file in force: cameras, counters, pads, office hours "
        "and rules at once, "
        "ports, addresses and storage at the next start.\n\n"
        "配置文件为 UTF-8 编码的 YAML,除标明必填的项外均可省略;相对路径以本文件所在目录为起点。\n\n"
        "## Top level 顶层\n\n",
        out);
    print_rows(out, "");
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        fprintf(out, "\n## `%s`%s\n\n%s %s\n\n", sections[i].name,
                sections[i].item_size ? " (list 列表)" : "", sections[i].help, sections[i].help_zh);
        print_rows(out, sections[i].name);
    }
}
