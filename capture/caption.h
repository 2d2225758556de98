// SPDX-License-Identifier: Apache-2.0
// Caption: a line of text burnt into pictures, white on a dark band at the top left. One thread.
#pragma once
#include <libavutil/frame.h>

typedef struct Caption Caption;

Caption *caption_new(void);
void caption_free(Caption *caption);

// text is laid out anew only when it, or the picture's size, is another than before. frame: 4:2:0
// planar, writable.
void caption_draw(Caption *caption, AVFrame *frame, const char *text);
