// SPDX-License-Identifier: Apache-2.0
#include "capture/pace.h"

#include <glib.h>

void pace_packet(Pace *pace, AVPacket *packet)
{
    if (pace->is_begun) {
        packet->dts = MAX(packet->dts, pace->dts + 1);
        pace->step = packet->dts - pace->dts;
    }
    packet->pts = MAX(packet->pts, packet->dts);
    if (packet->duration <= 0)
        packet->duration = pace->step;
    pace->is_begun = true;
    pace->dts = packet->dts;
}
