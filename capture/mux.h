// SPDX-License-Identifier: Apache-2.0
// Mux: one fragmented MP4 (ISO/IEC 14496-12; a CMAF-like profile: moof + mdat with
// default-base-is-moof) of a stream, made once for the recorder and all live viewers.
//
// A fragment ends before each key frame and otherwise after about half a second. A packet is
// written when the next one of its track is there, so that every sample's duration is the true one
// and fragments join without a gap; this costs no delay, since a fragment ends with the arrival of
// its successor's first frame. One thread.
#pragma once
#include "capture/stream.h"

typedef struct Mux Mux;

// Called from mux_write and mux_free, on their thread.
typedef void (*MuxEmit)(void *ctx, Fragment *take_fragment);

// Fills info->init; holds a reference on info, which must have its tracks. 0 or a negative AVERROR.
int mux_new(StreamInfo *info, MuxEmit emit, void *ctx, Mux **ret_mux);
// Emits what is left.
void mux_free(Mux *mux);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mux, mux_free)

// unit: in microseconds; decode times of a track must grow. jump: the wall time does not continue
// (only at key frames). 0 or a negative AVERROR.
int mux_write(Mux *mux, const Unit *unit, bool jump);
