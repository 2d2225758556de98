// SPDX-License-Identifier: Apache-2.0
#include "rating/workbook.h"

#include <errno.h>
#include <libxml/xmlreader.h>
#include <math.h>
#include <string.h>
#include <zip.h>

enum {
    ERROR_SIZE = 200,
    PART_BYTES_MAX = 24 << 20, // of one part, unpacked
    STRINGS_MAX = 200000,
    CELL_BYTES_MAX = 64 * 1024,
    CELLS_BYTES_MAX = 16 << 20, // of all: many cells may name one long shared string
    PATH_MAX_BYTES = 256,
};

static const char SHEET_TYPE[] = "/worksheet", STRINGS_TYPE[] = "/sharedStrings";

bool workbook_is_one(const char *bytes, size_t size)
{
    return size >= 4 && memcmp(bytes, "PK\3\4", 4) == 0;
}

// --- a part of the zip as XML

typedef struct {
    char *bytes;
    xmlTextReaderPtr reader;
} Part;

static void part_done(Part *part)
{
    xmlFreeTextReader(part->reader);
    g_free(part->bytes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Part, part_done)

// What the zip says of a size is not believed: it is counted while unpacking. NULL: no such part,
// broken, or too large.
static char *unpack(zip_t *zip, const char *name, size_t *ret_size)
{
    enum { PIECE = 64 * 1024 };
    zip_file_t *file = zip_fopen(zip, name, 0);
    if (!file)
        return NULL;
    g_autoptr(GByteArray) whole = g_byte_array_new();
    g_autofree char *piece = g_malloc(PIECE);
    zip_int64_t n;
    while ((n = zip_fread(file, piece, PIECE)) > 0 && whole->len + n <= PART_BYTES_MAX)
        g_byte_array_append(whole, (const guint8 *)piece, (guint)n);
    zip_fclose(file);
    if (n != 0)
        return NULL;
    *ret_size = whole->len;
    return (char *)g_byte_array_free(g_steal_pointer(&whole), FALSE);
}

static bool part_open(zip_t *zip, const char *name, Part *ret_part)
{
    size_t size;
    ret_part->bytes = unpack(zip, name, &size);
    if (!ret_part->bytes)
        return false;
    ret_part->reader =
        xmlReaderForMemory(ret_part->bytes, (int)size, NULL, NULL,
                           XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    return ret_part->reader != NULL;
}

// 1: at the next node; 0: the end; -1: broken, or more than a workbook has.
static int part_step(Part *part)
{
    int step = xmlTextReaderRead(part->reader);
    return step == 1 && xmlTextReaderNodeType(part->reader) == XML_READER_TYPE_DOCUMENT_TYPE ? -1
                                                                                             : step;
}

static bool is_begin(const Part *part, const char *name)
{
    return xmlTextReaderNodeType(part->reader) == XML_READER_TYPE_ELEMENT &&
           g_strcmp0((const char *)xmlTextReaderConstLocalName(part->reader), name) == 0;
}

static bool is_end(const Part *part, const char *name)
{
    bool is_one = xmlTextReaderNodeType(part->reader) == XML_READER_TYPE_END_ELEMENT ||
                  (xmlTextReaderNodeType(part->reader) == XML_READER_TYPE_ELEMENT &&
                   xmlTextReaderIsEmptyElement(part->reader) == 1);
    return is_one && g_strcmp0((const char *)xmlTextReaderConstLocalName(part->reader), name) == 0;
}

static bool is_text(const Part *part)
{
    int type = xmlTextReaderNodeType(part->reader);
    return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
           type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE || type == XML_READER_TYPE_WHITESPACE;
}

// The caller frees; NULL: none. namespace prefixes are as every spreadsheet writes them.
static char *attribute(const Part *part, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(part->reader, (const xmlChar *)name);
    char *text = g_strdup((const char *)value);
    xmlFree(value);
    return text;
}

static void append_text(const Part *part, GString *text)
{
    const char *more = (const char *)xmlTextReaderConstValue(part->reader);
    if (more && text->len < CELL_BYTES_MAX)
        g_string_append_len(text, more,
                            (gssize)MIN(strlen(more), (size_t)CELL_BYTES_MAX - text->len));
}

// --- which parts it has

// The id of the sheet that stands first; NULL: none.
static char *first_sheet(zip_t *zip)
{
    g_auto(Part) part = { 0 };
    if (!part_open(zip, "xl/workbook.xml", &part))
        return NULL;
    while (part_step(&part) == 1) {
        if (is_begin(&part, "sheet"))
            return attribute(&part, "r:id");
    }
    return NULL;
}

// A target is a path below xl/, or from the root.
static char *path_of(const char *target)
{
    return *target == '/' ? g_strdup(target + 1) : g_strconcat("xl/", target, NULL);
}

static void find_parts(zip_t *zip, char **ret_sheet, char **ret_strings)
{
    g_autofree char *wanted = first_sheet(zip);
    g_auto(Part) part = { 0 };
    if (!wanted || !part_open(zip, "xl/_rels/workbook.xml.rels", &part))
        return;
    while (part_step(&part) == 1) {
        if (!is_begin(&part, "Relationship"))
            continue;
        g_autofree char *id = attribute(&part, "Id"), *type = attribute(&part, "Type");
        g_autofree char *target = attribute(&part, "Target");
        if (!id || !type || !target || strlen(target) > PATH_MAX_BYTES)
            continue;
        if (!*ret_sheet && strcmp(id, wanted) == 0 && g_str_has_suffix(type, SHEET_TYPE))
            *ret_sheet = path_of(target);
        else if (!*ret_strings && g_str_has_suffix(type, STRINGS_TYPE))
            *ret_strings = path_of(target);
    }
}

// --- shared strings

// A string may be in runs of different looks; how it is pronounced (rPh) is no part of it.
static int read_strings(Part *part, GPtrArray *strings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int step, phonetic = 0;
    bool is_open = false;
    while ((step = part_step(part)) == 1) {
        if (is_begin(part, "si"))
            g_string_truncate(text, 0);
        phonetic += is_begin(part, "rPh");
        if (is_begin(part, "t"))
            is_open = phonetic == 0;
        if (is_text(part) && is_open)
            append_text(part, text);
        if (is_end(part, "t"))
            is_open = false;
        phonetic -= is_end(part, "rPh");
        if (is_end(part, "si"))
            g_ptr_array_add(strings, g_strndup(text->str, text->len));
        if (strings->len > STRINGS_MAX)
            return -EINVAL;
    }
    return step;
}

// --- the sheet

typedef struct {
    Part part;
    GPtrArray *strings;
    GArray *rows;
    CsvRow row;    // the one that is being read; fields NULL: none
    int column;    // of the cell; -1: too far to the right
    char type[12]; // of the cell
    bool is_open;  // within the text of a cell
    GString *text;
    size_t bytes; // of the cells so far
} Sheet;

// "BC12": 54. -1: not a place, or too far to the right.
static int column_of(const char *place)
{
    int column = 0;
    for (; *place >= 'A' && *place <= 'Z' && column <= WORKBOOK_COLUMNS_MAX; place++)
        column = column * 26 + (*place - 'A' + 1);
    return column >= 1 && column <= WORKBOOK_COLUMNS_MAX ? column - 1 : -1;
}

static void row_clear(void *row)
{
    csv_row_done(row);
}

static void begin_row(Sheet *sheet)
{
    g_autofree char *number = attribute(&sheet->part, "r");
    guint64 line = 0;
    if (!number || !g_ascii_string_to_unsigned(number, 10, 1, G_MAXINT32, &line, NULL))
        line = (guint64)sheet->row.line + 1;
    csv_row_done(&sheet->row);
    sheet->row.fields = g_ptr_array_new_with_free_func(g_free);
    sheet->row.line = (int)line;
    sheet->column = -1;
}

static void begin_cell(Sheet *sheet)
{
    g_autofree char *place = attribute(&sheet->part, "r"), *type = attribute(&sheet->part, "t");
    int next = sheet->row.fields ? (int)sheet->row.fields->len : 0;
    sheet->column = place ? column_of(place) : next < WORKBOOK_COLUMNS_MAX ? next : -1;
    g_strlcpy(sheet->type, type ? type : "n", sizeof sheet->type);
    g_string_truncate(sheet->text, 0);
}

// Whole numbers without an exponent, so that codes and telephones stay what they are.
static char *number_text(const char *text)
{
    char *end, plain[G_ASCII_DTOSTR_BUF_SIZE];
    double value = g_ascii_strtod(text, &end);
    if (!strpbrk(text, ".eE") || *end || !isfinite(value))
        return g_strdup(text);
    bool is_whole = value == floor(value) && fabs(value) < 1e15;
    return g_strdup(g_ascii_formatd(plain, sizeof plain, is_whole ? "%.0f" : "%.15g", value));
}

static char *cell_text(const Sheet *sheet)
{
    const char *text = sheet->text->str;
    if (strcmp(sheet->type, "s") == 0) {
        guint64 index;
        bool is_one = g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &index, NULL) &&
                      index < sheet->strings->len;
        return g_strdup(is_one ? g_ptr_array_index(sheet->strings, index) : "");
    }
    return strcmp(sheet->type, "n") == 0 ? number_text(text) : g_strdup(text);
}

static void end_cell(Sheet *sheet)
{
    GPtrArray *fields = sheet->row.fields;
    if (!fields || sheet->column < 0)
        return;
    while ((int)fields->len <= sheet->column)
        g_ptr_array_add(fields, g_strdup(""));
    g_free(fields->pdata[sheet->column]);
    fields->pdata[sheet->column] = cell_text(sheet);
    sheet->bytes += strlen(fields->pdata[sheet->column]);
    sheet->column = -1;
}

static void end_row(Sheet *sheet)
{
    bool is_empty = true;
    for (guint i = 0; sheet->row.fields && i < sheet->row.fields->len; i++)
        is_empty &= *g_strstrip(sheet->row.fields->pdata[i]) == '\0';
    if (!is_empty) {
        g_array_append_val(sheet->rows, sheet->row);
        sheet->row.fields = NULL;
    }
}

static int read_sheet(Sheet *sheet)
{
    int step;
    while ((step = part_step(&sheet->part)) == 1) {
        const Part *part = &sheet->part;
        if (is_begin(part, "row"))
            begin_row(sheet);
        if (is_begin(part, "c"))
            begin_cell(sheet);
        if (is_begin(part, "v") || is_begin(part, "t"))
            sheet->is_open = true;
        if (is_text(part) && sheet->is_open)
            append_text(part, sheet->text);
        if (is_end(part, "v") || is_end(part, "t"))
            sheet->is_open = false;
        if (is_end(part, "c"))
            end_cell(sheet);
        if (is_end(part, "row"))
            end_row(sheet);
        if (sheet->rows->len > WORKBOOK_ROWS_MAX || sheet->bytes > CELLS_BYTES_MAX)
            return -E2BIG;
    }
    return step;
}

// --- the whole

static int fail(char *error, const char *sentence)
{
    g_strlcpy(error, sentence, ERROR_SIZE);
    return -EINVAL;
}

#define BROKEN                                                                                     \
    "The workbook cannot be read: open it in a spreadsheet program and save it as xlsx again."

static int read_zip(zip_t *zip, Sheet *sheet, char *error)
{
    g_autofree char *sheet_path = NULL, *strings_path = NULL;
    find_parts(zip, &sheet_path, &strings_path);
    if (!sheet_path)
        return fail(error, BROKEN);
    g_auto(Part) strings = { 0 };
    if (strings_path &&
        (!part_open(zip, strings_path, &strings) || read_strings(&strings, sheet->strings) < 0))
        return fail(error, BROKEN);
    if (!part_open(zip, sheet_path, &sheet->part))
        return fail(error, BROKEN);
    int err = read_sheet(sheet);
    if (err == -E2BIG)
        return fail(
            error,
            "The first sheet has more than 20,000 rows or 16 MiB of text: split it into several.");
    return err < 0 ? fail(error, BROKEN) : 0;
}

static int read_bytes(const char *bytes, size_t size, Sheet *sheet, char *error)
{
    zip_error_t ignored;
    zip_error_init(&ignored);
    zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &ignored);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &ignored) : NULL;
    zip_error_fini(&ignored);
    if (!zip) {
        zip_source_free(source);
        return fail(error, BROKEN);
    }
    int err = read_zip(zip, sheet, error);
    zip_discard(zip);
    return err;
}

int workbook_read(const char *bytes, size_t size, GArray **ret_rows, char *error)
{
    *ret_rows = NULL;
    if (size > WORKBOOK_BYTES_MAX)
        return fail(error, "The file is larger than 4 MiB.");
    Sheet sheet = { .strings = g_ptr_array_new_with_free_func(g_free),
                    .rows = g_array_new(FALSE, FALSE, sizeof(CsvRow)),
                    .text = g_string_new(NULL) };
    g_array_set_clear_func(sheet.rows, row_clear);
    int err = read_bytes(bytes, size, &sheet, error);
    part_done(&sheet.part);
    csv_row_done(&sheet.row);
    g_string_free(sheet.text, TRUE);
    g_ptr_array_unref(sheet.strings);
    if (err == 0)
        *ret_rows = g_steal_pointer(&sheet.rows);
    g_clear_pointer(&sheet.rows, g_array_unref);
    return err;
}
