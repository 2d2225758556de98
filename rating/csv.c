// SPDX-License-Identifier: Apache-2.0
#include "rating/csv.h"

#include <string.h>

enum { FIELDS_MAX = 64 };

char *csv_decode(const char *bytes, size_t size, gsize *ret_size)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (size >= 3 && memcmp(bytes, mark, 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    if (memchr(bytes, '\0', size))
        return NULL;
    if (!g_utf8_validate(bytes, (gssize)size, NULL))
        return g_convert(bytes, (gssize)size, "UTF-8", "GB18030", NULL, ret_size, NULL);
    *ret_size = size;
    return g_strndup(bytes, size);
}

CsvReader csv_reader(const char *text, size_t size)
{
    return (CsvReader){ .next = text, .end = text + size, .line = 1 };
}

void csv_row_done(CsvRow *row)
{
    g_clear_pointer(&row->fields, g_ptr_array_unref);
}

static bool at_line_end(const CsvReader *reader)
{
    return reader->next == reader->end || *reader->next == '\n' || *reader->next == '\r';
}

static void pass_line_end(CsvReader *reader)
{
    if (reader->next < reader->end && *reader->next == '\r')
        reader->next++;
    if (reader->next < reader->end && *reader->next == '\n')
        reader->next++;
    reader->line++;
}

// From the opening quote on; NULL, or why the field is malformed.
static const char *take_quoted(CsvReader *reader, GString *field)
{
    reader->next++;
    for (; reader->next < reader->end; reader->next++) {
        char c = *reader->next;
        if (c == '"') {
            reader->next++;
            if (reader->next == reader->end || *reader->next != '"')
                return at_line_end(reader) || *reader->next == ',' ? NULL
                                                                   : "text after a closing quote";
        }
        if (c == '\n')
            reader->line++;
        g_string_append_c(field, c);
    }
    return "a quote is not closed";
}

static const char *take_plain(CsvReader *reader, GString *field)
{
    for (; !at_line_end(reader) && *reader->next != ','; reader->next++) {
        if (*reader->next == '"')
            return "a quote inside a field without quotes";
        g_string_append_c(field, *reader->next);
    }
    return NULL;
}

static const char *take_field(CsvReader *reader, GPtrArray *fields)
{
    if (fields->len == FIELDS_MAX)
        return "too many columns";
    g_autoptr(GString) field = g_string_new(NULL);
    bool quoted = reader->next < reader->end && *reader->next == '"';
    const char *error = quoted ? take_quoted(reader, field) : take_plain(reader, field);
    g_ptr_array_add(fields, g_strdup(field->str));
    return error;
}

static const char *take_row(CsvReader *reader, GPtrArray *fields)
{
    for (;;) {
        const char *error = take_field(reader, fields);
        if (error || at_line_end(reader))
            return error;
        reader->next++; // the comma
    }
}

static void take_line_as_it_is(CsvReader *reader, GPtrArray *fields)
{
    const char *start = reader->next;
    while (!at_line_end(reader))
        reader->next++;
    g_ptr_array_set_size(fields, 0);
    g_ptr_array_add(fields, g_strndup(start, (gsize)(reader->next - start)));
}

bool csv_next(CsvReader *reader, CsvRow *ret_row)
{
    while (reader->next < reader->end && at_line_end(reader))
        pass_line_end(reader);
    if (reader->next == reader->end)
        return false;
    CsvReader start = *reader;
    *ret_row = (CsvRow){ .fields = g_ptr_array_new_with_free_func(g_free), .line = reader->line };
    ret_row->error = take_row(reader, ret_row->fields);
    if (ret_row->error) {
        *reader = start;
        take_line_as_it_is(reader, ret_row->fields);
    }
    pass_line_end(reader);
    return true;
}

void csv_append(GString *text, const char *field)
{
    if (!strpbrk(field, ",\"\r\n")) {
        g_string_append(text, field);
        return;
    }
    g_string_append_c(text, '"');
    for (const char *c = field; *c; c++) {
        if (*c == '"')
            g_string_append_c(text, '"');
        g_string_append_c(text, *c);
    }
    g_string_append_c(text, '"');
}
