// SPDX-License-Identifier: Apache-2.0
#include "capture/meter.h"

void meter_add(Meter *meter, int64_t decode_us, size_t bytes)
{
    meter->frames[meter->next].decode_us = decode_us;
    meter->frames[meter->next].bytes = bytes;
    meter->next = (meter->next + 1) % METER_FRAMES;
    if (meter->n < METER_FRAMES)
        meter->n++;
}

static unsigned place(const Meter *meter, unsigned age)
{
    return (meter->next + METER_FRAMES - 1 - age) % METER_FRAMES;
}

// From the oldest frame to the newest; the newest one's own duration is not in it.
static int64_t span_us(const Meter *meter)
{
    if (meter->n < 2)
        return 0;
    return meter->frames[place(meter, 0)].decode_us -
           meter->frames[place(meter, meter->n - 1)].decode_us;
}

double meter_fps(const Meter *meter)
{
    int64_t span = span_us(meter);
    return span > 0 ? (meter->n - 1) * 1e6 / (double)span : 0;
}

int64_t meter_kbit(const Meter *meter)
{
    int64_t span = span_us(meter);
    size_t bytes = 0;
    for (unsigned age = 1; age < meter->n; age++)
        bytes += meter->frames[place(meter, age)].bytes;
    return span > 0 ? (int64_t)((double)bytes * 8000.0 / (double)span) : 0;
}

void meter_reset(Meter *meter)
{
    meter->n = 0;
}
