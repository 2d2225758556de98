// SPDX-License-Identifier: Apache-2.0
#include "rating/workbook.h"

#include <errno.h>
#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

#define BOOK                                                                                       \
    "<workbook xmlns:r='r'><sheets><sheet name='a' r:id='rId2'/><sheet name='b' r:id='rId1'/>"     \
    "</sheets></workbook>"
#define RELS                                                                                       \
    "<Relationships><Relationship Id='rId1' Type='x/worksheet' Target='worksheets/other.xml'/>"    \
    "<Relationship Id='rId2' Type='x/worksheet' Target='worksheets/first.xml'/>"                   \
    "<Relationship Id='rId3' Type='x/sharedStrings' Target='/xl/sharedStrings.xml'/>"              \
    "</Relationships>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static void add(zip_t *zip, const char *name, const char *text, size_t size)
{
    zip_source_t *source = zip_source_buffer(zip, text, size, 0);
    assert_true(zip_file_add(zip, name, source, 0) >= 0);
}

// A workbook of these parts; no rels: left out.
static char *book(const char *rels, const char *strings, const char *sheet, size_t sheet_size,
                  size_t *ret_size)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    add(zip, "xl/workbook.xml", BOOK, strlen(BOOK));
    if (rels)
        add(zip, "xl/_rels/workbook.xml.rels", rels, strlen(rels));
    add(zip, "xl/sharedStrings.xml", strings, strlen(strings));
    add(zip, "xl/worksheets/first.xml", sheet, sheet_size);
    assert_int_equal(zip_close(zip), 0);
    zip_stat_t stat;
    assert_int_equal(zip_source_stat(source, &stat), 0);
    char *bytes = g_malloc(stat.size);
    zip_source_open(source);
    assert_int_equal(zip_source_read(source, bytes, stat.size), stat.size);
    zip_source_close(source);
    zip_source_free(source);
    *ret_size = stat.size;
    return bytes;
}

static int read_book(const char *rels, const char *strings, const char *sheet, size_t size,
                     GArray **ret_rows, char *error)
{
    size_t n;
    g_autofree char *bytes = book(rels, strings, sheet, size, &n);
    assert_true(workbook_is_one(bytes, n));
    return workbook_read(bytes, n, ret_rows, error);
}

static void assert_row(GArray *rows, guint i, int line, const char *joined)
{
    const CsvRow *row = &g_array_index(rows, CsvRow, i);
    g_ptr_array_add(row->fields, NULL);
    g_autofree char *found = g_strjoinv("|", (char **)row->fields->pdata);
    assert_string_equal(found, joined);
    assert_int_equal(row->line, line);
}

static void test_cells_of_all_types(void **state)
{
    static const char strings[] =
        "<sst><si><t>编码</t></si><si><r><t>养老</t></r><r><t xml:space='preserve'> 保险</t></r>"
        "<rPh><t>yang</t></rPh></si><si><t/></si></sst>";
    static const char sheet[] =
        SHEET("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' "
              "t='inlineStr'><is><t>部门</t></is></c></row>"
              "<row r='2'/>"
              "<row r='4'><c r='A4'><v>13800001111</v></c><c r='B4' t='s'><v>1</v></c>"
              "<c r='C4' t='str'><f>A1&amp;B1</f><v>a&lt;b</v></c><c r='D4'><v>5.0</v></c>"
              "<c r='E4'><v>1.38E10</v></c><c r='F4'><v>0.5</v></c><c r='G4' t='s'><v>9</v></c>"
              "<c r='ZZ4'><v>7</v></c></row>"
              "<row><c><v>1</v></c><c t='s'><v>2</v></c></row>");
    g_autoptr(GArray) rows = NULL;
    char error[200] = "";
    assert_int_equal(read_book(RELS, strings, sheet, strlen(sheet), &rows, error), 0);
    assert_int_equal(rows->len, 3);
    assert_row(rows, 0, 1, "编码||部门");
    assert_row(rows, 1, 4, "13800001111|养老 保险|a<b|5|13800000000|0.5|");
    assert_row(rows, 2, 5, "1|");
}

static void test_hostile_files_are_refused(void **state)
{
    static const char entity[] =
        "<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" SHEET("<row><c t='str'><v>&a;</v></c></row>");
    static const char cut[] = "<worksheet><sheetData><row><c><v>1";
    static const struct {
        const char *rels, *sheet;
    } rows[] = { { NULL, SHEET("") }, { "<x", SHEET("") }, { RELS, entity }, { RELS, cut } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) found = NULL;
        char error[200] = "";
        assert_int_equal(
            read_book(rows[i].rels, "<sst/>", rows[i].sheet, strlen(rows[i].sheet), &found, error),
            -EINVAL);
        assert_non_null(strstr(error, "save it as xlsx again"));
        assert_null(found);
    }
}

// 32 MiB of blanks in 32 kB; many rows; and many cells of one long shared string.
static void test_bombs_are_refused(void **state)
{
    g_autofree char *blanks = g_strnfill(32 << 20, ' ');
    g_autoptr(GArray) found = NULL;
    char error[200] = "";
    assert_int_equal(read_book(RELS, "<sst/>", blanks, 32 << 20, &found, error), -EINVAL);
    g_autoptr(GString) many = g_string_new("<worksheet><sheetData>");
    for (int i = 0; i <= WORKBOOK_ROWS_MAX; i++)
        g_string_append(many, "<row><c><v>1</v></c></row>");
    g_string_append(many, "</sheetData></worksheet>");
    assert_int_equal(read_book(RELS, "<sst/>", many->str, many->len, &found, error), -EINVAL);
    if (!strstr(error, "20,000 rows"))
        fail_msg("%s", error);
    g_autofree char *words = g_strnfill(60000, 'x');
    g_autofree char *strings = g_strdup_printf("<sst><si><t>%s</t></si></sst>", words);
    g_string_assign(many, "<worksheet><sheetData>");
    for (int i = 0; i < 1000; i++)
        g_string_append(many, "<row><c t='s'><v>0</v></c></row>");
    g_string_append(many, "</sheetData></worksheet>");
    assert_int_equal(read_book(RELS, strings, many->str, many->len, &found, error), -EINVAL);
    assert_non_null(strstr(error, "16 MiB of text"));
    assert_null(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_of_all_types),
        cmocka_unit_test(test_hostile_files_are_refused),
        cmocka_unit_test(test_bombs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
