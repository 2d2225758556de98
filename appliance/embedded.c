// SPDX-License-Identifier: Apache-2.0
#include "appliance/embedded.h"
#include "base/embed.h"

EMBED(embedded_nginx_conf, "appliance/nginx.conf.in");
EMBED(embedded_config, "packaging/hallwatch.yaml");
