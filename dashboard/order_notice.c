// SPDX-License-Identifier: Apache-2.0
#include "dashboard/order_notice.h"

#include "dashboard/paper.h"

#include <stdio.h>

enum { RECEIPT_HEIGHT = 190, LABEL_WIDTH = 84 };

static const PaperStyle small = { .size = 10, .color = PAPER_MUTED };
static const PaperStyle words = { .size = 12, .color = PAPER_INK };
static const PaperStyle label = { .size = 12, .color = PAPER_MUTED };

static const char *text_at(const json_t *order, const char *key)
{
    return json_string_value(json_object_get(order, key));
}

// "2026-11-24T17:30..." as people write it.
static char *day_text(const char *at)
{
    int year, month, day, hour, minute;
    if (!at || sscanf(at, "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute) != 5)
        return g_strdup("");
    return g_strdup_printf("%d年%d月%d日%02d:%02d", year, month, day, hour, minute);
}

static void draw_head(Paper *paper, const char *hall, const json_t *order)
{
    static const PaperStyle title = {
        .size = 24, .color = PAPER_BAD, .is_bold = true, .align = PAPER_CENTER
    };
    static const PaperStyle above = { .size = 13, .color = PAPER_INK, .align = PAPER_CENTER };
    static const PaperStyle number = { .size = 12, .color = PAPER_INK, .align = PAPER_CENTER };
    paper_move(paper, 40);
    double y = paper_y(paper);
    paper_text(paper, above, PAPER_MARGIN, y, PAPER_INNER, hall);
    paper_text(paper, title, PAPER_MARGIN, y + 22, PAPER_INNER, "督办通知单");
    paper_text(paper, number, PAPER_MARGIN, y + 60, PAPER_INNER, text_at(order, "number"));
    paper_box(paper, PAPER_BAD, PAPER_MARGIN, y + 84, PAPER_INNER, 1.5);
    paper_move(paper, 104);
}

// A line with its label; as many lines as the words take.
static void draw_row(Paper *paper, const char *name, const char *said)
{
    double width = PAPER_INNER - LABEL_WIDTH;
    double height =
        paper_words(paper, words, PAPER_MARGIN + LABEL_WIDTH, paper_y(paper), width, said, false);
    paper_need(paper, MIN(height, 500) + 14);
    double y = paper_y(paper);
    paper_text(paper, label, PAPER_MARGIN, y, LABEL_WIDTH, name);
    paper_words(paper, words, PAPER_MARGIN + LABEL_WIDTH, y, width, said, true);
    paper_move(paper, height + 14);
}

static void draw_rows(Paper *paper, const json_t *order)
{
    const char *unit = text_at(order, "unit"), *about = text_at(order, "case_number");
    g_autofree char *issued = day_text(text_at(order, "issued_at"));
    g_autofree char *due = day_text(text_at(order, "due_at"));
    draw_row(paper, "发　　往", unit ? unit : text_at(order, "person"));
    draw_row(paper, "下发时间", issued);
    if (about)
        draw_row(paper, "涉及办件", about);
    draw_row(paper, "督办事由", text_at(order, "facts"));
    draw_row(paper, "办理要求", text_at(order, "demand"));
    if (*due)
        draw_row(paper, "反馈期限", due);
    draw_row(paper, "签 发 人", text_at(order, "issued_user"));
}

static void dash(Paper *paper, double y)
{
    cairo_t *cr = paper_cairo(paper);
    static const double dashes[] = { 5, 4 };
    cairo_save(cr);
    cairo_set_dash(cr, dashes, G_N_ELEMENTS(dashes), 0);
    cairo_set_line_width(cr, 0.8);
    cairo_set_source_rgb(cr, 0.35, 0.4, 0.46);
    cairo_move_to(cr, PAPER_MARGIN, y);
    cairo_line_to(cr, PAPER_MARGIN + PAPER_INNER, y);
    cairo_stroke(cr);
    cairo_restore(cr);
}

// At the foot of the page, to be torn off.
static void draw_receipt(Paper *paper, const char *hall, const json_t *order)
{
    static const PaperStyle title = {
        .size = 15, .color = PAPER_INK, .is_bold = true, .align = PAPER_CENTER
    };
    static const char *const blanks[] = { "签收单位（盖章）：______________________",
                                          "签收人：______________　电话：______________",
                                          "签收时间：______年____月____日____时____分" };
    paper_need(paper, RECEIPT_HEIGHT + 10);
    double y = PAPER_HEIGHT - PAPER_MARGIN - 30 - RECEIPT_HEIGHT;
    dash(paper, y);
    paper_text(paper, small, PAPER_MARGIN, y + 4, PAPER_INNER, "✂ 沿虚线撕下，签收后交回");
    paper_text(paper, title, PAPER_MARGIN, y + 26, PAPER_INNER, "督办单签收回执");
    g_autofree char *line =
        g_strdup_printf("%s：%s 收悉，将按期反馈。", hall, text_at(order, "number"));
    paper_text(paper, words, PAPER_MARGIN, y + 58, PAPER_INNER, line);
    for (size_t i = 0; i < G_N_ELEMENTS(blanks); i++)
        paper_text(paper, words, PAPER_MARGIN, y + 92 + 28 * (double)i, PAPER_INNER, blanks[i]);
}

GBytes *order_notice_pdf(const char *hall, const json_t *order)
{
    g_autofree char *foot = g_strdup_printf("%s　%s", hall, text_at(order, "number"));
    Paper *paper = paper_new(foot);
    draw_head(paper, hall, order);
    draw_rows(paper, order);
    draw_receipt(paper, hall, order);
    return paper_finish(paper);
}
