// SPDX-License-Identifier: Apache-2.0
// Any bytes as an xlsx workbook; and, since random bytes seldom make a zip, as the sheet and the
// shared strings within a good one.
#include "rating/workbook.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char book[] =
    "<workbook xmlns:r='r'><sheets><sheet name='a' r:id='1'/></sheets></workbook>";
static const char rels[] =
    "<Relationships><Relationship Id='1' Type='/worksheet' Target='s.xml'/>"
    "<Relationship Id='2' Type='/sharedStrings' Target='t.xml'/></Relationships>";

static void read_rows(const char *bytes, size_t size)
{
    GArray *rows = NULL;
    char error[200] = "";
    int err = workbook_read(bytes, size, &rows, error);
    if ((err == 0) != (rows != NULL) || (err < 0) != (*error != '\0'))
        abort();
    for (guint i = 0; rows && i < rows->len; i++) {
        if (g_array_index(rows, CsvRow, i).fields->len > WORKBOOK_COLUMNS_MAX)
            abort();
    }
    g_clear_pointer(&rows, g_array_unref);
}

static void add(zip_t *zip, const char *name, const void *bytes, size_t size)
{
    zip_int64_t place = zip_file_add(zip, name, zip_source_buffer(zip, bytes, size, 0), 0);
    if (place < 0 || zip_set_file_compression(zip, (zip_uint64_t)place, ZIP_CM_STORE, 0) < 0)
        abort();
}

// The first byte says where the strings begin.
static void read_within(const uint8_t *data, size_t size)
{
    size_t cut = size > 0 ? MIN((size_t)data[0] * 4, size) : 0;
    zip_error_t error;
    zip_stat_t stat;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    add(zip, "xl/workbook.xml", book, strlen(book));
    add(zip, "xl/_rels/workbook.xml.rels", rels, strlen(rels));
    add(zip, "xl/s.xml", data, cut);
    add(zip, "xl/t.xml", data + cut, size - cut);
    if (zip_close(zip) < 0 || zip_source_stat(source, &stat) < 0 || zip_source_open(source) < 0)
        abort();
    g_autofree char *bytes = g_malloc(stat.size);
    if (zip_source_read(source, bytes, stat.size) != (zip_int64_t)stat.size)
        abort();
    zip_source_close(source);
    zip_source_free(source);
    read_rows(bytes, stat.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_rows((const char *)data, size);
    read_within(data, size);
    return 0;
}
