// SPDX-License-Identifier: Apache-2.0
// Embed: a file of the source tree carried in the program, byte for byte, with a NUL behind it.
// The assembler looks for it on the include path, which holds the project's root. The compiler's
// dependency scan does not see it: the build file names it (OBJECT_DEPENDS).
#pragma once

#define EMBED(symbol, file)                                                                        \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global " #symbol "\n" #symbol ":\n"                                                  \
            ".incbin \"" file "\"\n"                                                               \
            ".byte 0\n"                                                                            \
            ".popsection\n")
