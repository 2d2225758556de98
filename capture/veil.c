// SPDX-License-Identifier: Apache-2.0
#include "capture/veil.h"

#include "base/mask.h"
#include "base/sha256.h"

#include <math.h>
#include <string.h>

enum { LUMA = 96, CHROMA = 128 };

struct Veil {
    int64_t mark;
    int n;
    Mask masks[MASKS_MAX];
};

static const Mask everything = { 4, { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } } };

static int64_t mark_of(const char *const *masks)
{
    g_autoptr(Sha256) hash = sha256_new();
    uint8_t sha256[SHA256_BYTES];
    int64_t mark;
    for (; *masks; masks++)
        sha256_update(hash, *masks, strlen(*masks) + 1);
    sha256_read(hash, sha256);
    memcpy(&mark, sha256, sizeof mark);
    return mark | 1;
}

Veil *veil_new(const char *const *masks)
{
    if (!masks || !*masks)
        return NULL;
    Veil *veil = g_atomic_rc_box_new0(Veil);
    veil->mark = mark_of(masks);
    for (; *masks && veil->n < MASKS_MAX; masks++) {
        Mask *mask = &veil->masks[veil->n++];
        if (!mask_parse(*masks, mask))
            *mask = everything;
    }
    return veil;
}

Veil *veil_ref(Veil *veil)
{
    return veil ? g_atomic_rc_box_acquire(veil) : NULL;
}

void veil_unref(Veil *veil)
{
    if (veil)
        g_atomic_rc_box_release(veil);
}

int64_t veil_mark(const Veil *veil)
{
    return veil ? veil->mark : 0;
}

// Where the line at this height crosses the mask's sides, from left to right.
static int crossings(const Mask *mask, double y, double *ret_x)
{
    int n = 0;
    for (int i = 0; i < mask->n; i++) {
        int next = (i + 1) % mask->n;
        double ay = mask->corners[i].y, by = mask->corners[next].y;
        if ((ay <= y) == (by <= y))
            continue;
        double share = (y - ay) / (by - ay);
        double x = mask->corners[i].x + share * (mask->corners[next].x - mask->corners[i].x);
        int at = n++;
        for (; at > 0 && ret_x[at - 1] > x; at--)
            ret_x[at] = ret_x[at - 1];
        ret_x[at] = x;
    }
    return n;
}

typedef struct {
    uint8_t *row; // of a plane
    int columns;
    uint8_t value;
} Row;

static void fill_row(const Mask *mask, double y, const Row *row)
{
    double x[MASK_CORNERS_MAX];
    int n = crossings(mask, y, x);
    for (int i = 0; i + 1 < n; i += 2) {
        int from = MAX((int)floor(x[i] * row->columns), 0);
        int to = MIN((int)ceil(x[i + 1] * row->columns), row->columns);
        if (to > from)
            memset(row->row + from, row->value, (size_t)(to - from));
    }
}

// A row is filled as the mask is at its top, middle and bottom, so that no edge shows through.
static void fill_plane(const Mask *mask, AVFrame *frame, int plane)
{
    static const double parts[] = { 0.001, 0.5, 0.999 };
    int shift = plane ? 1 : 0;
    int rows = (frame->height + shift) >> shift;
    Row row = { .columns = (frame->width + shift) >> shift, .value = plane ? CHROMA : LUMA };
    for (int i = 0; i < rows; i++) {
        row.row = frame->data[plane] + (ptrdiff_t)i * frame->linesize[plane];
        for (size_t k = 0; k < G_N_ELEMENTS(parts); k++)
            fill_row(mask, (i + parts[k]) / rows, &row);
    }
}

void veil_draw(const Veil *veil, AVFrame *frame)
{
    for (int i = 0; veil && i < veil->n; i++) {
        for (int plane = 0; plane < 3; plane++)
            fill_plane(&veil->masks[i], frame, plane);
    }
}
