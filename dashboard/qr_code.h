// SPDX-License-Identifier: Apache-2.0
// QR code: a text as a picture (SVG) that telephones read, also from a crumpled sheet: a quarter of
// it may be missing (ISO/IEC 18004, level Q). Pure.
#pragma once

// NULL: too long, or no memory. The caller frees.
char *qr_code_svg(const char *text);
