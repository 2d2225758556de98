// SPDX-License-Identifier: Apache-2.0
// Live: one viewer of a stream as fragmented MP4 over HTTP: init segment, the kept GOP, then what
// comes.
//
// A viewer that is too slow continues at a later key frame. When the stream becomes another
// (reconnection, other codec) the answer ends cleanly, and the viewer asks again.
#pragma once
#include "base/http_server.h"
#include "capture/stream.h"

// info: what the stream is now; fragments of other generations are not for this viewer. Refers to
// both.
HttpStream *live_new(Stream *stream, StreamInfo *info);
