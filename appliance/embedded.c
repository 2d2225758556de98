// SPDX-License-Identifier: Apache-2.0
#include "appliance/embedded.h"

// The assembler looks for the files on the include path, which holds the project's root. The build
// file names them as what this object depends on.
#define EMBED(symbol, file)                                                                        \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global " #symbol "\n" #symbol ":\n"                                                  \
            ".incbin \"" file "\"\n"                                                               \
            ".byte 0\n"                                                                            \
            ".popsection\n")

EMBED(embedded_nginx_conf, "appliance/nginx.conf.in");
EMBED(embedded_config, "packaging/hallwatch.yaml");
