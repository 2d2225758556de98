// SPDX-License-Identifier: Apache-2.0
#include "base/option.h"
#include "base/config.h"
#include "base/mask.h"
#include "base/template.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <string.h>

#define ID_MAX       32
#define ID_LIST_MAX  64
#define PATH_LONGEST 1000
#define URL_MAX      1000
#define TEMPLATE_MAX 4000
#define CONTACT_MAX  100
#define CONTACTS_MAX 20
#define HEADERS_MAX  20
#define LINES_MAX    64
#define FOUND_MAX    80 // characters of a wrong value that an error shows
#define ID_LETTERS   "abcdefghijklmnopqrstuvwxyz0123456789"

typedef bool (*OptionSet)(const Option *option, void *field, const char *text, const char *folder);

// How a field is held, which decides how it is freed and compared.
typedef enum { HELD_TEXT, HELD_INT, HELD_INT64, HELD_BOOL, HELD_TEXTS, HELD_SPANS } OptionHeld;

static const char *const transport_names[] = {
    [TRANSPORT_TCP] = "tcp", [TRANSPORT_UDP] = "udp", [TRANSPORT_AUTO] = "auto", NULL
};
static const char *const reader_names[] = {
    [READER_RTSP] = "rtsp", [READER_LIBAV] = "libav", NULL
};
static const char *const kind_names[] = { [COUNTER_GENERAL] = "general",
                                          [COUNTER_FREQUENT] = "frequent",
                                          [COUNTER_ADVICE] = "advice",
                                          [COUNTER_PICKUP] = "pickup",
                                          [COUNTER_TIDAL] = "tidal",
                                          [COUNTER_COMPLAINT] = "complaint",
                                          NULL };
static const char *const receiver_names[] = {
    [RECEIVER_WEBHOOK] = "webhook", [RECEIVER_SMTP] = "smtp", [RECEIVER_SMS] = "sms", NULL
};

const char *const config_signed_names[] = { "app_id", "timestamp", "message", "signature", NULL };
const char *const config_template_names[] = { "id",    "event", "title", "text",
                                              "phone", "hall",  "time",  NULL };

static const char *const signature_names[] = { [SIGNATURE_HMAC_SHA256] = "hmac-sha256",
                                               [SIGNATURE_HMAC_SM3] = "hmac-sm3",
                                               [SIGNATURE_NONE] = "none",
                                               NULL };

static const char *const grades_names[] = {
    [GRADES_SHANDONG] = "shandong", [GRADES_YULIN] = "yulin", NULL
};

const char *const config_profile_names[] = { "shandong", "guangdong", "gbt39046", NULL };

const char *const config_board_names[] = { "finished",   "refused", "returned", "withdrawn",
                                           "complaints", "notices", NULL };

const char *const config_one_window_names[] = { "shandong", "pinyin", NULL };

const char *const config_event_names[] = {
    "all",
    "rating_bad",
    "rectification_due",
    "rectification_late",
    "rectification_judging",
    "rectification_closed",
    "case_warning",
    "case_yellow",
    "case_due",
    "case_red",
    "camera_lost",
    "complaint_assigned",
    "complaint_due",
    "complaint_late",
    "flag_due",
    "flag_late",
    "order_issued",
    "order_due",
    "order_late",
    "case_tracking",
    "report_made",
    "clue",
    NULL,
};

static bool take_text(void *field, char *take_value)
{
    char **held = field;
    g_free(*held);
    *held = take_value;
    return true;
}

static bool id_ok(const char *text)
{
    size_t size = strlen(text);
    return size >= 1 && size <= ID_MAX && strchr(ID_LETTERS, text[0]) &&
           strspn(text, ID_LETTERS "-_") == size;
}

// Control characters would break the generated files and log lines that a value ends up in.
static bool is_printable(const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return false;
    }
    return true;
}

static bool set_id(const Option *option, void *field, const char *text, const char *folder)
{
    return id_ok(text) && take_text(field, g_strdup(text));
}

static bool set_name(const Option *option, void *field, const char *text, const char *folder)
{
    glong length = g_utf8_strlen(text, -1);
    return length >= option->min && length <= option->max && is_printable(text) &&
           take_text(field, g_strdup(text));
}

// The generated files of the broker and the door quote paths: a quote or a backslash has no
// business in one.
static bool path_ok(const char *text)
{
    return text[0] && strlen(text) <= PATH_LONGEST && is_printable(text) &&
           !strpbrk(text, "\"\\$;{}");
}

static bool set_path(const Option *option, void *field, const char *text, const char *folder)
{
    return path_ok(text) && take_text(field, g_canonicalize_filename(text, folder));
}

static bool set_secret(const Option *option, void *field, const char *text, const char *folder)
{
    int64_t size = (int64_t)strlen(text);
    return size >= option->min && size <= option->max && is_printable(text) &&
           take_text(field, g_strdup(text));
}

static bool set_address(const Option *option, void *field, const char *text, const char *folder)
{
    unsigned char bytes[16];
    if (inet_pton(AF_INET, text, bytes) != 1 && inet_pton(AF_INET6, text, bytes) != 1)
        return false;
    return take_text(field, g_strdup(text));
}

static bool set_zone(const Option *option, void *field, const char *text, const char *folder)
{
    // The zone becomes TZ: only names of the zone files, not the other forms that TZ may have
    // ("CST-8", ":file").
    if (!g_ascii_isalpha(text[0]) || strstr(text, "..") ||
        strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/_+-") != strlen(text))
        return false;
    g_autofree char *file = g_build_filename("/usr/share/zoneinfo", text, NULL);
    return g_file_test(file, G_FILE_TEST_IS_REGULAR) && take_text(field, g_strdup(text));
}

// Cameras' passwords hold all kinds of characters, so the host begins after the last @ before the
// path.
static bool rtsp_host_ok(const char *after_scheme)
{
    size_t authority = strcspn(after_scheme, "/?");
    const char *host = after_scheme;
    for (size_t i = 0; i < authority; i++) {
        if (after_scheme[i] == '@')
            host = after_scheme + i + 1;
    }
    return host < after_scheme + authority && *host != ':';
}

static bool set_url(const Option *option, void *field, const char *text, const char *folder)
{
    if (strlen(text) > URL_MAX || !is_printable(text) || strchr(text, ' '))
        return false;
    if (g_str_has_prefix(text, "rtsp://"))
        return rtsp_host_ok(text + 7) && take_text(field, g_strdup(text));
    if (!g_str_has_prefix(text, "file:") || !text[5])
        return false;
    g_autofree char *path = g_canonicalize_filename(text + 5, folder);
    return take_text(field, g_strconcat("file:", path, NULL));
}

// What a CURLU makes of it counts, for it is libcurl that goes there. Credentials have options of
// their own.
static bool out_url_ok(const char *text)
{
    static const char *const schemes[] = { "http", "https", "smtp", "smtps", NULL };
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL;
    bool ok = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
              curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              curl_url_get(url, CURLUPART_USER, &user, 0) != CURLUE_OK &&
              g_strv_contains(schemes, scheme);
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_url_cleanup(url);
    return ok;
}

static bool set_out_url(const Option *option, void *field, const char *text, const char *folder)
{
    return strlen(text) <= URL_MAX && is_printable(text) && !strchr(text, ' ') &&
           out_url_ok(text) && take_text(field, g_strdup(text));
}

static bool set_method(const Option *option, void *field, const char *text, const char *folder)
{
    static const char *const methods[] = { "GET", "POST", "PUT", NULL };
    return g_strv_contains(methods, text) && take_text(field, g_strdup(text));
}

static bool set_template(const Option *option, void *field, const char *text, const char *folder)
{
    return strlen(text) <= TEMPLATE_MAX && template_is_known(text, config_template_names) &&
           take_text(field, g_strdup(text));
}

// Whole digits only: a parser that reads "80x" as 80 would hide a slip of the hand.
static bool parse_int(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    const char *digits = text + (*text == '-');
    if (!*digits || strspn(digits, G_CSET_DIGITS) != strlen(digits) || strlen(digits) > 15)
        return false;
    int64_t value = g_ascii_strtoll(text, NULL, 10);
    if (value < min || value > max)
        return false;
    *ret = value;
    return true;
}

static bool set_int(const Option *option, void *field, const char *text, const char *folder)
{
    int64_t value;
    if (!parse_int(text, option->min, option->max, &value))
        return false;
    *(int *)field = (int)value;
    return true;
}

static bool set_gigabytes(const Option *option, void *field, const char *text, const char *folder)
{
    if (!*text || strlen(text) > 15 || strspn(text, G_CSET_DIGITS ".") != strlen(text))
        return false;
    char *end = NULL;
    double value = g_ascii_strtod(text, &end);
    if (*end || end == text || value < (double)option->min || value > (double)option->max)
        return false;
    *(int64_t *)field = (int64_t)(value * 1024 + 0.5);
    return true;
}

static bool set_bool(const Option *option, void *field, const char *text, const char *folder)
{
    static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(text, words[i]) == 0) {
            *(bool *)field = i & 1;
            return true;
        }
    }
    return false;
}

static bool set_word(void *field, const char *text, const char *const *names)
{
    for (int i = 0; names[i]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *(int *)field = i;
            return true;
        }
    }
    return false;
}

static bool set_transport(const Option *option, void *field, const char *text, const char *folder)
{
    return set_word(field, text, transport_names);
}

static bool set_reader(const Option *option, void *field, const char *text, const char *folder)
{
    return set_word(field, text, reader_names);
}

static bool set_kind(const Option *option, void *field, const char *text, const char *folder)
{
    return set_word(field, text, kind_names);
}

static bool set_receiver(const Option *option, void *field, const char *text, const char *folder)
{
    return set_word(field, text, receiver_names);
}

static bool set_profile(const Option *option, void *field, const char *text, const char *folder)
{
    return g_strv_contains(config_profile_names, text) && take_text(field, g_strdup(text));
}

static bool set_grades(const Option *option, void *field, const char *text, const char *folder)
{
    return set_word(field, text, grades_names);
}

static bool set_one_window(const Option *option, void *field, const char *text, const char *folder)
{
    return g_strv_contains(config_one_window_names, text) && take_text(field, g_strdup(text));
}

static bool set_signature(const Option *option, void *field, const char *text, const char *folder)
{
    return set_word(field, text, signature_names);
}

static bool add_text(char ***held, guint n, const char *text)
{
    *held = g_renew(char *, *held, n + 2);
    (*held)[n] = g_strdup(text);
    (*held)[n + 1] = NULL;
    return true;
}

static bool add_id(const Option *option, void *field, const char *text, const char *folder)
{
    char ***held = field;
    guint n = *held ? g_strv_length(*held) : 0;
    if (!id_ok(text) || n >= ID_LIST_MAX ||
        (n && g_strv_contains((const char *const *)*held, text)))
        return false;
    return add_text(held, n, text);
}

static bool add_mask(const Option *option, void *field, const char *text, const char *folder)
{
    char ***held = field;
    guint n = *held ? g_strv_length(*held) : 0;
    Mask mask;
    return n < MASKS_MAX && mask_parse(text, &mask) && add_text(held, n, text);
}

// What stands in a header of a mail or in a request's parameters: nothing that could end it.
static bool contact_ok(const char *text)
{
    return *text && strlen(text) <= CONTACT_MAX && is_printable(text) &&
           !strpbrk(text, " ,;:<>()[]\"\\") && g_str_is_ascii(text);
}

static bool set_contact(const Option *option, void *field, const char *text, const char *folder)
{
    return contact_ok(text) && take_text(field, g_strdup(text));
}

static bool add_contact(const Option *option, void *field, const char *text, const char *folder)
{
    char ***held = field;
    guint n = *held ? g_strv_length(*held) : 0;
    return n < CONTACTS_MAX && contact_ok(text) && add_text(held, n, text);
}

static bool add_header(const Option *option, void *field, const char *text, const char *folder)
{
    char ***held = field;
    guint n = *held ? g_strv_length(*held) : 0;
    const char *const *places =
        option->type == OPTION_SIGNED_HEADERS ? config_signed_names : config_template_names;
    size_t name = strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-");
    return n < HEADERS_MAX && name > 0 && text[name] == ':' && strlen(text) <= URL_MAX &&
           is_printable(text) && template_is_known(text, places) && add_text(held, n, text);
}

static bool add_line(const Option *option, void *field, const char *text, const char *folder)
{
    char ***held = field;
    guint n = *held ? g_strv_length(*held) : 0;
    return n < LINES_MAX && *text && g_utf8_strlen(text, -1) <= option->max &&
           add_text(held, n, text);
}

static bool add_shown(const Option *option, void *field, const char *text, const char *folder)
{
    char ***held = field;
    guint n = *held ? g_strv_length(*held) : 0;
    return g_strv_contains(config_board_names, text) &&
           !(n && g_strv_contains((const char *const *)*held, text)) && add_text(held, n, text);
}

static bool add_event(const Option *option, void *field, const char *text, const char *folder)
{
    char ***held = field;
    guint n = *held ? g_strv_length(*held) : 0;
    return g_strv_contains(config_event_names, text) &&
           !(n && g_strv_contains((const char *const *)*held, text)) && add_text(held, n, text);
}

// "08:30", also "24:00". -1: neither.
static int parse_minutes(const char *text)
{
    if (!g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1]) || text[2] != ':' ||
        !g_ascii_isdigit(text[3]) || !g_ascii_isdigit(text[4]))
        return -1;
    int hour = (text[0] - '0') * 10 + text[1] - '0';
    int minute = (text[3] - '0') * 10 + text[4] - '0';
    int all = hour * 60 + minute;
    return minute > 59 || all > 24 * 60 ? -1 : all;
}

static bool add_span(const Option *option, void *field, const char *text, const char *folder)
{
    ConfigHours *hours = field;
    if (strlen(text) != strlen("08:30-12:00") || text[5] != '-')
        return false;
    ConfigSpan span = { parse_minutes(text), parse_minutes(text + 6) };
    int n = hours->n_spans[option->min];
    if (span.from < 0 || span.to <= span.from || n >= (int)G_N_ELEMENTS(hours->spans[0]))
        return false;
    if (n > 0 && span.from < hours->spans[option->min][n - 1].to)
        return false;
    for (int64_t day = option->min; day <= option->max; day++)
        hours->spans[day][hours->n_spans[day]++] = span;
    return true;
}

static const struct {
    OptionHeld held;
    OptionSet set;
    const char *allowed; // NULL: made from the range
} types[] = {
    [OPTION_ID] = { HELD_TEXT, set_id,
                    "1 to 32 of a-z, 0-9, - and _, beginning with a letter or digit" },
    [OPTION_NAME] = { HELD_TEXT, set_name, NULL },
    [OPTION_PATH] = { HELD_TEXT, set_path,
                      "a path without quotes, backslashes and $ ; { }; a relative one starts at "
                      "this file's folder" },
    [OPTION_SECRET] = { HELD_TEXT, set_secret, NULL },
    [OPTION_ADDRESS] = { HELD_TEXT, set_address,
                         "an IP address of this machine, 0.0.0.0 for all or 127.0.0.1 for this "
                         "machine only" },
    [OPTION_ZONE] = { HELD_TEXT, set_zone,
                      "an IANA time zone that this system has, such as Asia/Shanghai" },
    [OPTION_URL] = { HELD_TEXT, set_url, "rtsp://[user:password@]host[:port]/path or file:/path" },
    [OPTION_INT] = { HELD_INT, set_int, NULL },
    [OPTION_PORT] = { HELD_INT, set_int, NULL },
    [OPTION_GIGABYTES] = { HELD_INT64, set_gigabytes, NULL },
    [OPTION_BOOL] = { HELD_BOOL, set_bool, "true or false (also yes, no, on, off)" },
    [OPTION_TRANSPORT] = { HELD_INT, set_transport,
                           "tcp or udp, or auto: udp, and tcp where that does not come through" },
    [OPTION_READER] = { HELD_INT, set_reader, "rtsp or libav" },
    [OPTION_KIND] = { HELD_INT, set_kind, "general, frequent, advice, pickup, tidal or complaint" },
    [OPTION_METHOD] = { HELD_TEXT, set_method, "GET, POST or PUT" },
    [OPTION_TEMPLATE] = { HELD_TEXT, set_template,
                          "text of at most 4000 bytes with the places ${id}, ${event}, ${title}, "
                          "${text}, ${phone}, ${hall} and ${time}" },
    [OPTION_CONTACT] = { HELD_TEXT, set_contact, "a mail address" },
    [OPTION_CONTACTS] = { HELD_TEXTS, add_contact,
                          "a list of at most 20 mail addresses or telephone numbers" },
    [OPTION_HEADERS] = { HELD_TEXTS, add_header,
                         "a list of at most 20 headers such as [\"X-Key: abc\"], which may have "
                         "places as in body" },
    [OPTION_SIGNED_HEADERS] = { HELD_TEXTS, add_header,
                                "a list of at most 20 headers such as [\"X-App: ${app_id}\"], "
                                "which may have the places ${app_id}, ${timestamp}, ${message} and "
                                "${signature}" },
    [OPTION_RECEIVER] = { HELD_INT, set_receiver, "webhook, smtp or sms" },
    [OPTION_PROFILE] = { HELD_TEXT, set_profile, "shandong, guangdong or gbt39046" },
    [OPTION_GRADES] = { HELD_INT, set_grades, "shandong or yulin" },
    [OPTION_INTAKE] = { HELD_TEXT, set_one_window, "shandong or pinyin" },
    [OPTION_SIGNATURE] = { HELD_INT, set_signature, "hmac-sha256, hmac-sm3 or none" },
    [OPTION_OUT_URL] = { HELD_TEXT, set_out_url,
                         "http://host[:port]/path or https://..., for mail smtp://host:587 or "
                         "smtps://host, "
                         "without user or password" },
    [OPTION_EVENTS] = { HELD_TEXTS, add_event,
                        "a list of different events (docs/notify.md): all, rating_bad, "
                        "rectification_due, rectification_late, rectification_judging, "
                        "rectification_closed, case_warning, case_yellow, case_due, case_red, "
                        "camera_lost, "
                        "complaint_assigned, complaint_due, complaint_late, case_tracking, clue" },
    [OPTION_IDS] = { HELD_TEXTS, add_id, "a list of at most 64 different ids, such as [c1, c2]" },
    [OPTION_TEXTS] = { HELD_TEXTS, add_line, NULL },
    [OPTION_BOARD] = { HELD_TEXTS, add_shown,
                       "a list of different ones of finished, refused, returned, withdrawn, "
                       "complaints and notices; [] shows nothing" },
    [OPTION_MASKS] = { HELD_TEXTS, add_mask, "a list of " MASK_ALLOWED },
    [OPTION_SPANS] = { HELD_SPANS, add_span,
                       "a list of at most 4 spans from 00:00 to 24:00, in order and not "
                       "overlapping, "
                       "such as [\"08:30-12:00\", \"13:30-17:30\"]" },
};

static void *field_of(const Option *option, void *base)
{
    return (char *)base + option->offset;
}

bool option_is_list(const Option *option)
{
    OptionHeld held = types[option->type].held;
    return held == HELD_TEXTS || held == HELD_SPANS;
}

bool option_set(const Option *option, void *base, const char *text, const char *folder)
{
    return types[option->type].set(option, field_of(option, base), text, folder);
}

// A default that its own type refuses is a slip in the table.
static void set_or_die(const Option *option, void *base, const char *text, const char *folder)
{
    if (!option_set(option, base, text, folder))
        g_error("default of %s.%s is not allowed by its type", option->section, option->key);
}

void option_set_default(const Option *option, void *base, const char *folder)
{
    if (!option->fallback)
        return;
    if (!option_is_list(option)) {
        set_or_die(option, base, option->fallback, folder);
        return;
    }
    g_auto(GStrv) items = g_strsplit(option->fallback, ", ", -1);
    for (int i = 0; items[i]; i++)
        set_or_die(option, base, items[i], folder);
}

void option_clear(const Option *option, void *base)
{
    void *field = field_of(option, base);
    if (types[option->type].held == HELD_TEXTS) {
        g_strfreev(*(char ***)field);
        *(char ***)field = g_new0(char *, 1);
        return;
    }
    ConfigHours *hours = field;
    for (int64_t day = option->min; day <= option->max; day++) {
        memset(hours->spans[day], 0, sizeof(hours->spans[day]));
        hours->n_spans[day] = 0;
    }
}

void option_done(const Option *option, void *base)
{
    void *field = field_of(option, base);
    if (types[option->type].held == HELD_TEXT)
        g_clear_pointer((char **)field, g_free);
    if (types[option->type].held == HELD_TEXTS)
        g_clear_pointer((char ***)field, g_strfreev);
}

static const char *const *names_of(OptionType type)
{
    return type == OPTION_TRANSPORT   ? transport_names
           : type == OPTION_READER    ? reader_names
           : type == OPTION_KIND      ? kind_names
           : type == OPTION_RECEIVER  ? receiver_names
           : type == OPTION_SIGNATURE ? signature_names
           : type == OPTION_GRADES    ? grades_names
                                      : NULL;
}

// As short as set_gigabytes reads the same again.
static char *gigabytes_text(int64_t mb)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(text, sizeof text, "%.4f", (double)mb / 1024);
    size_t size = strlen(text);
    while (text[size - 1] == '0')
        text[--size] = 0;
    if (text[size - 1] == '.')
        text[--size] = 0;
    return g_strdup(text);
}

char *option_text(const Option *option, const void *base)
{
    const void *field = (const char *)base + option->offset;
    const char *const *names = names_of(option->type);
    char *const *list;
    switch (types[option->type].held) {
    case HELD_TEXT:
        return g_strdup(*(char *const *)field);
    case HELD_INT:
        return names ? g_strdup(names[*(const int *)field])
                     : g_strdup_printf("%d", *(const int *)field);
    case HELD_BOOL:
        return g_strdup(*(const bool *)field ? "true" : "false");
    case HELD_TEXTS:
        list = *(char **const *)field;
        return list && *list ? g_strjoinv(", ", (char **)list) : NULL;
    case HELD_INT64:
        return gigabytes_text(*(const int64_t *)field);
    case HELD_SPANS:
        break;
    }
    g_assert_not_reached();
}

// NULL: never given, which is as good as empty.
static bool texts_equal(const char *const *x, const char *const *y)
{
    return x && y ? g_strv_equal(x, y) : (!x || !*x) && (!y || !*y);
}

bool option_equal(const Option *option, const void *a, const void *b)
{
    const void *x = (const char *)a + option->offset, *y = (const char *)b + option->offset;
    switch (types[option->type].held) {
    case HELD_TEXT:
        return g_strcmp0(*(char *const *)x, *(char *const *)y) == 0;
    case HELD_INT:
        return *(const int *)x == *(const int *)y;
    case HELD_INT64:
        return *(const int64_t *)x == *(const int64_t *)y;
    case HELD_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case HELD_TEXTS:
        return texts_equal(*(const char *const *const *)x, *(const char *const *const *)y);
    case HELD_SPANS:
        return memcmp(x, y, sizeof(ConfigHours)) == 0;
    }
    g_assert_not_reached();
}

char *option_allowed(const Option *option)
{
    const char *fixed = types[option->type].allowed;
    if (fixed)
        return g_strdup(fixed);
    const char *what =
        option->type == OPTION_GIGABYTES ? "a number of gigabytes" : "a whole number";
    if (option->type == OPTION_NAME || option->type == OPTION_SECRET)
        return g_strdup_printf("%" PRId64 " to %" PRId64 " characters in one line", option->min,
                               option->max);
    if (option->type == OPTION_TEXTS)
        return g_strdup_printf("a list of at most %d texts of 1 to %" PRId64 " characters",
                               LINES_MAX, option->max);
    return g_strdup_printf("%s from %" PRId64 " to %" PRId64, what, option->min, option->max);
}

char *option_found(const Option *option, const char *text)
{
    if (option->type == OPTION_SECRET || option->type == OPTION_HEADERS ||
        option->type == OPTION_SIGNED_HEADERS || option->type == OPTION_TEMPLATE) // may hold a key
        return g_strdup("a text that is not shown");
    const char *scheme = strstr(text, "://");
    if (option->type == OPTION_OUT_URL) // whatever follows the scheme may hold a key
        return scheme ? g_strdup_printf("\"%.*s***\"", (int)MIN(scheme + 3 - text, FOUND_MAX), text)
                      : g_strdup("a text that is not shown");
    const char *at = option->type == OPTION_URL ? strrchr(text, '@') : NULL;
    g_autofree char *shown = NULL;
    if (at)
        shown = scheme && scheme < at
                    ? g_strdup_printf("%.*s***%s", (int)(scheme + 3 - text), text, at)
                    : g_strdup_printf("***%s", at);
    else
        shown = g_strdup(text);
    if (g_utf8_strlen(shown, -1) <= FOUND_MAX)
        return g_strdup_printf("\"%s\"", shown);
    g_autofree char *head = g_utf8_substring(shown, 0, FOUND_MAX);
    return g_strdup_printf("\"%s...\"", head);
}

const char *config_receiver_kind_name(ConfigReceiverKind kind)
{
    return receiver_names[kind];
}

const char *config_counter_kind_name(ConfigCounterKind kind)
{
    return kind_names[kind];
}
