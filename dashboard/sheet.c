// SPDX-License-Identifier: Apache-2.0
#include "dashboard/sheet.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

struct Sheet {
    char *name;
    GString *csv;           // NULL: xlsx
    lxw_workbook *workbook; // NULL: csv, or closed
    lxw_worksheet *page;
    lxw_format *percent;
    char *path; // of the workbook's file, made by this
    lxw_row_t row;
    lxw_col_t column;
};

const char *const sheet_formats[] = { "csv", "xlsx", NULL };

char *sheet_csv_cell(const char *text)
{
    static const char *const starts[] = { "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠" };
    GString *cell = g_string_new("\"");
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
        if (g_str_has_prefix(text, starts[i])) {
            g_string_append_c(cell, '\'');
            break;
        }
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            g_string_append_c(cell, '"');
        g_string_append_c(cell, *c);
    }
    g_string_append_c(cell, '"');
    return g_string_free(cell, FALSE);
}

static bool open_workbook(Sheet *sheet)
{
    lxw_workbook_options options = { .constant_memory = LXW_TRUE };
    sheet->path = g_build_filename(g_get_tmp_dir(), "hallwatch-sheet-XXXXXX", NULL);
    int fd = g_mkstemp(sheet->path);
    if (fd < 0)
        return false;
    close(fd);
    sheet->workbook = workbook_new_opt(sheet->path, &options);
    sheet->page = sheet->workbook ? workbook_add_worksheet(sheet->workbook, NULL) : NULL;
    if (!sheet->page)
        return false;
    sheet->percent = workbook_add_format(sheet->workbook);
    format_set_num_format(sheet->percent, "0.0%");
    worksheet_freeze_panes(sheet->page, 1, 0);
    worksheet_set_column(sheet->page, 0, 40, 14, NULL);
    return true;
}

Sheet *sheet_new(const char *format, const char *name, const char *const *titles)
{
    g_autoptr(Sheet) sheet = g_new0(Sheet, 1);
    sheet->name = g_strdup_printf("%s.%s", name, format);
    if (strcmp(format, "csv") == 0)
        sheet->csv = g_string_new("\xef\xbb\xbf"); // or Excel takes it for another encoding
    else if (!open_workbook(sheet))
        return NULL;
    for (size_t i = 0; titles[i]; i++)
        sheet_text(sheet, titles[i]);
    sheet_next_row(sheet);
    return g_steal_pointer(&sheet);
}

void sheet_free(Sheet *sheet)
{
    if (!sheet)
        return;
    if (sheet->workbook)
        workbook_close(sheet->workbook);
    if (sheet->path)
        g_unlink(sheet->path);
    if (sheet->csv)
        g_string_free(sheet->csv, TRUE);
    g_free(sheet->path);
    g_free(sheet->name);
    g_free(sheet);
}

static void add_csv(Sheet *sheet, const char *cell)
{
    if (sheet->column > 0)
        g_string_append_c(sheet->csv, ',');
    g_string_append(sheet->csv, cell);
}

void sheet_text(Sheet *sheet, const char *text)
{
    if (sheet->csv) {
        g_autofree char *cell = sheet_csv_cell(text ? text : "");
        add_csv(sheet, text ? cell : "");
    } else if (text) {
        worksheet_write_string(sheet->page, sheet->row, sheet->column, text, NULL);
    }
    sheet->column++;
}

static void add_number(Sheet *sheet, double value, const char *form, lxw_format *format)
{
    char cell[G_ASCII_DTOSTR_BUF_SIZE];
    if (sheet->csv)
        add_csv(sheet, g_ascii_formatd(cell, sizeof cell, form, value));
    else
        worksheet_write_number(sheet->page, sheet->row, sheet->column, value, format);
    sheet->column++;
}

void sheet_number(Sheet *sheet, double value)
{
    add_number(sheet, value, "%.0f", NULL);
}

void sheet_percent(Sheet *sheet, double share)
{
    add_number(sheet, share, "%.4f", sheet->percent);
}

void sheet_skip(Sheet *sheet)
{
    sheet_text(sheet, NULL);
}

void sheet_next_row(Sheet *sheet)
{
    if (sheet->csv)
        g_string_append(sheet->csv, "\r\n");
    sheet->row++;
    sheet->column = 0;
}

static void reply_workbook(HttpRequest *request, Sheet *sheet)
{
    g_autofree char *bytes = NULL;
    gsize size = 0;
    lxw_error err = workbook_close(sheet->workbook);
    sheet->workbook = NULL;
    if (err != LXW_NO_ERROR || !g_file_get_contents(sheet->path, &bytes, &size, NULL))
        http_reply_error(request, 503, "unavailable", "The file could not be written.");
    else
        http_reply_bytes(request, 200,
                         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes,
                         size);
}

void sheet_reply(HttpRequest *request, Sheet *take_sheet)
{
    g_autoptr(Sheet) sheet = take_sheet;
    g_autofree char *escaped = g_uri_escape_string(sheet->name, NULL, FALSE);
    g_autofree char *disposition = g_strdup_printf("attachment; filename*=UTF-8''%s", escaped);
    http_add_header(request, "Content-Disposition", disposition);
    if (sheet->csv)
        http_reply_bytes(request, 200, "text/csv; charset=utf-8", sheet->csv->str, sheet->csv->len);
    else
        reply_workbook(request, sheet);
}
