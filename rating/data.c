// SPDX-License-Identifier: Apache-2.0
#include "rating/data.h"

// The assembler looks for the files on the include path, which holds the project's root. A compiler
// that tracks
// __has_include rebuilds when they change; a unit test compares the copies with the files for those
// that do not.
#if !__has_include("data/working-days.tsv") || !__has_include("data/rating-tags.tsv")
#error "data/ is not on the include path"
#endif

#define EMBED(symbol, file)                                                                        \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global " #symbol "\n" #symbol ":\n"                                                  \
            ".incbin \"" file "\"\n"                                                               \
            ".byte 0\n"                                                                            \
            ".popsection\n")

EMBED(data_working_days, "data/working-days.tsv");
EMBED(data_rating_tags, "data/rating-tags.tsv");
