// SPDX-License-Identifier: Apache-2.0
// Paper: A4 pages of a PDF, filled from top to bottom: words, boxes, and new pages where what comes
// next has no room. In points, from the upper left corner. One thread.
#pragma once
#include <cairo.h>
#include <glib.h>
#include <stdbool.h>

enum { PAPER_WIDTH = 595, PAPER_HEIGHT = 842, PAPER_MARGIN = 42, PAPER_INNER = 511 };

// Colours, 0xRRGGBB.
enum {
    PAPER_INK = 0x14202e,
    PAPER_MUTED = 0x5a6875,
    PAPER_ACCENT = 0x0b57a4,
    PAPER_SOFT = 0x8fb4d9,
    PAPER_GOOD = 0x2a8a55,
    PAPER_WARN = 0xd98a12,
    PAPER_BAD = 0xcf362c,
    PAPER_RULE = 0xd7dfe8,
    PAPER_PALE = 0xf2f6fa,
    PAPER_WHITE = 0xffffff
};

typedef struct Paper Paper;

// foot: on each page, beside its number.
Paper *paper_new(const char *foot);
// The finished PDF; NULL: it could not be drawn. Frees the paper.
GBytes *paper_finish(Paper *take_paper);

cairo_t *paper_cairo(Paper *paper);
double paper_y(const Paper *paper); // where the next thing begins
void paper_move(Paper *paper, double by);
// Begins a new page unless so much is left.
void paper_need(Paper *paper, double height);
void paper_new_page(Paper *paper);

typedef enum { PAPER_LEFT, PAPER_CENTER, PAPER_RIGHT } PaperAlign;
typedef struct {
    double size;
    unsigned color;
    bool is_bold;
    PaperAlign align;
} PaperStyle;
// One line in a width, cut off with an ellipsis where it is longer.
void paper_text(Paper *paper, PaperStyle style, double x, double y, double width, const char *text);
// As many lines as it takes; their height. Drawn only where is_drawn.
double paper_words(Paper *paper, PaperStyle style, double x, double y, double width,
                   const char *text, bool is_drawn);
void paper_box(Paper *paper, unsigned color, double x, double y, double width, double height);
void paper_round(Paper *paper, unsigned color, double x, double y, double width, double height);
