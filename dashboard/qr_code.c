// SPDX-License-Identifier: Apache-2.0
#include "dashboard/qr_code.h"

#include <glib.h>
#include <qrencode.h>

enum { QUIET = 4 }; // modules of white around it (ISO/IEC 18004, 6.3.8)

// A row's dark modules as one path: M x y h width ... of neighbours together.
static void draw_row(GString *path, const QRcode *code, int y)
{
    const unsigned char *row = code->data + y * code->width;
    for (int x = 0; x < code->width; x++) {
        int from = x;
        while (x < code->width && (row[x] & 1))
            x++;
        if (x > from)
            g_string_append_printf(path, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from,
                                   x - from);
    }
}

char *qr_code_svg(const char *text)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_Q);
    if (!code)
        return NULL;
    int side = code->width + 2 * QUIET;
    g_autoptr(GString) path = g_string_new(NULL);
    for (int y = 0; y < code->width; y++)
        draw_row(path, code, y);
    QRcode_free(code);
    return g_strdup_printf(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
        "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
        "<path d=\"%s\"/></svg>",
        side, side, side, side, path->str);
}
