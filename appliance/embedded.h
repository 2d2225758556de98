// SPDX-License-Identifier: Apache-2.0
// Embedded: files of the source tree that the program carries, as NUL-terminated text, byte for
// byte.
#pragma once

extern const char embedded_nginx_conf[]; // appliance/nginx.conf.in
extern const char embedded_config[];     // packaging/hallwatch.yaml
