// SPDX-License-Identifier: Apache-2.0
#include "dashboard/report_book.h"

#include "dashboard/sheet.h"

#include <errno.h>
#include <string.h>

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void add_titles(GPtrArray *titles, const char *title, const char *form, bool is_english)
{
    bool has_numbers = strcmp(form, "share") == 0 || strcmp(form, "value") == 0;
    if (strcmp(form, "interval") == 0) {
        g_ptr_array_add(titles, g_strdup_printf(is_english ? "%s, low" : "%s下限", title));
        g_ptr_array_add(titles, g_strdup_printf(is_english ? "%s, high" : "%s上限", title));
        return;
    }
    g_ptr_array_add(titles, g_strdup(title));
    if (has_numbers) {
        g_ptr_array_add(titles, g_strdup_printf(is_english ? "%s, of these" : "%s分子", title));
        g_ptr_array_add(titles, g_strdup_printf(is_english ? "%s, all" : "%s分母", title));
    }
}

static void add_cell(Sheet *sheet, const json_t *cell, const char *form)
{
    if (strcmp(form, "interval") == 0) {
        sheet_percent(sheet, number(cell, "low"));
        sheet_percent(sheet, number(cell, "high"));
    } else if (json_is_object(cell)) {
        sheet_share(sheet, number(cell, "n"), number(cell, "of"));
    } else if (strcmp(form, "value") == 0) {
        if (json_is_number(cell))
            sheet_number(sheet, json_number_value(cell));
        else
            sheet_skip(sheet);
        sheet_skip(sheet);
        sheet_skip(sheet);
    } else if (json_is_number(cell)) {
        sheet_number(sheet, json_number_value(cell));
    } else {
        sheet_text(sheet, json_string_value(cell));
    }
}

static void add_table(Sheet *sheet, const json_t *table, bool is_english)
{
    const json_t *columns = json_object_get(table, "columns");
    g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
    size_t i, c;
    json_t *column, *row, *cell;
    json_array_foreach((json_t *)columns, i, column)
        add_titles(titles, text(column, "title"), text(column, "form"), is_english);
    g_ptr_array_add(titles, NULL);
    sheet_page(sheet, text(table, "title"), (const char *const *)titles->pdata);
    json_array_foreach(json_object_get(table, "rows"), i, row)
    {
        json_array_foreach(row, c, cell)
            add_cell(sheet, cell, text(json_array_get(columns, c), "form"));
        sheet_next_row(sheet);
    }
}

int report_book(const json_t *tables, bool is_english, int fd)
{
    g_autoptr(Sheet) sheet = sheet_new("xlsx", fd);
    size_t i;
    json_t *table;
    if (!sheet)
        return -EIO;
    json_array_foreach((json_t *)tables, i, table) add_table(sheet, table, is_english);
    return sheet_finish(g_steal_pointer(&sheet));
}
