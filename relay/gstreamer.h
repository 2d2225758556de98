// SPDX-License-Identifier: Apache-2.0
// GStreamer's start, in one place.
#pragma once

// Any number of times, from any thread.
void gstreamer_init(void);
