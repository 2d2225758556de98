// SPDX-License-Identifier: Apache-2.0
// Order notice 督办通知单: an order on an A4 page, in Chinese, with the receipt to be torn off and
// sent back. Any thread.
#pragma once
#include <glib.h>
#include <jansson.h>

// order: as order_get reads it. NULL: it could not be drawn.
GBytes *order_notice_pdf(const char *hall, const json_t *order);
