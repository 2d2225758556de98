// SPDX-License-Identifier: Apache-2.0
#include "dashboard/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

struct Sheet {
    FILE *csv;              // NULL: xlsx
    lxw_workbook *workbook; // NULL: csv, or closed
    lxw_worksheet *page;
    lxw_format *head, *count, *percent, *words;
    char *path; // of the workbook's file, through its descriptor
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

const char *sheet_type(const char *format)
{
    return strcmp(format, "csv") == 0
               ? "text/csv; charset=utf-8"
               : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

static void make_formats(Sheet *sheet)
{
    lxw_workbook *book = sheet->workbook;
    sheet->head = workbook_add_format(book);
    format_set_bold(sheet->head);
    format_set_bg_color(sheet->head, 0xdde7f2);
    format_set_border(sheet->head, LXW_BORDER_THIN);
    format_set_border_color(sheet->head, 0xb4c3d4);
    sheet->count = workbook_add_format(book);
    format_set_num_format(sheet->count, "#,##0");
    sheet->percent = workbook_add_format(book);
    format_set_num_format(sheet->percent, "0.0%");
    sheet->words = workbook_add_format(book);
    format_set_align(sheet->words, LXW_ALIGN_VERTICAL_TOP);
}

Sheet *sheet_new(const char *format, int fd)
{
    g_autoptr(Sheet) sheet = g_new0(Sheet, 1);
    if (strcmp(format, "csv") == 0) {
        int own = dup(fd);
        sheet->csv = own < 0 ? NULL : fdopen(own, "w");
        if (!sheet->csv)
            return NULL;
        fputs("\xef\xbb\xbf", sheet->csv); // or Excel takes it for another encoding
        return g_steal_pointer(&sheet);
    }
    lxw_workbook_options options = { .constant_memory = LXW_TRUE };
    sheet->path = g_strdup_printf("/proc/self/fd/%d", fd);
    sheet->workbook = workbook_new_opt(sheet->path, &options);
    if (!sheet->workbook)
        return NULL;
    make_formats(sheet);
    return g_steal_pointer(&sheet);
}

void sheet_free(Sheet *sheet)
{
    if (!sheet)
        return;
    if (sheet->workbook)
        workbook_close(sheet->workbook);
    if (sheet->csv)
        fclose(sheet->csv);
    g_free(sheet->path);
    g_free(sheet);
}

int sheet_finish(Sheet *take_sheet)
{
    g_autoptr(Sheet) sheet = take_sheet;
    if (sheet->csv) {
        bool is_good = fflush(sheet->csv) == 0 && !ferror(sheet->csv);
        return is_good ? 0 : -EIO;
    }
    lxw_error err = workbook_close(sheet->workbook);
    sheet->workbook = NULL;
    return err == LXW_NO_ERROR ? 0 : -EIO;
}

// Chinese takes two places; a title that is long makes its column wider.
static double width_of(const char *title)
{
    enum { LEAST = 13, MOST = 40 };
    double places = 0;
    for (const char *at = title; *at; at = g_utf8_next_char(at))
        places += g_unichar_iswide(g_utf8_get_char(at)) ? 2 : 1;
    return CLAMP(places + 3, LEAST, MOST);
}

void sheet_page(Sheet *sheet, const char *title, const char *const *titles)
{
    if (sheet->workbook) {
        sheet->page = workbook_add_worksheet(sheet->workbook, title);
        worksheet_freeze_panes(sheet->page, 1, 0);
        for (lxw_col_t i = 0; titles[i]; i++)
            worksheet_set_column(sheet->page, i, i, width_of(titles[i]), NULL);
    }
    sheet->row = 0;
    sheet->column = 0;
    for (lxw_col_t i = 0; titles[i]; i++) {
        if (sheet->csv)
            sheet_text(sheet, titles[i]);
        else
            worksheet_write_string(sheet->page, 0, i, titles[i], sheet->head);
    }
    sheet_next_row(sheet);
}

static void add_csv(Sheet *sheet, const char *cell)
{
    if (sheet->column > 0)
        fputc(',', sheet->csv);
    fputs(cell, sheet->csv);
}

void sheet_text(Sheet *sheet, const char *text)
{
    if (sheet->csv) {
        g_autofree char *cell = sheet_csv_cell(text ? text : "");
        add_csv(sheet, text ? cell : "");
    } else if (text) {
        worksheet_write_string(sheet->page, sheet->row, sheet->column, text, sheet->words);
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
    add_number(sheet, value, "%.0f", sheet->count);
}

void sheet_percent(Sheet *sheet, double share)
{
    add_number(sheet, share, "%.4f", sheet->percent);
}

void sheet_skip(Sheet *sheet)
{
    sheet_text(sheet, NULL);
}

void sheet_share(Sheet *sheet, double n, double of)
{
    if (of > 0)
        sheet_percent(sheet, n / of);
    else
        sheet_skip(sheet);
    sheet_number(sheet, n);
    sheet_number(sheet, of);
}

void sheet_next_row(Sheet *sheet)
{
    if (sheet->csv)
        fputs("\r\n", sheet->csv);
    sheet->row++;
    sheet->column = 0;
}
