// SPDX-License-Identifier: Apache-2.0
// Video: the process that touches all bytes of cameras: capture, recorder, playback, relay, and
// their HTTP interface on DIR/run/video.sock.
//
// Reads DIR/run/hallwatch.yaml (the config in force) and DIR/secrets.json. SIGHUP reads the config
// again; SIGTERM ends it, with all open segments finished.
#pragma once

// Runs until SIGTERM. The exit status of the process.
int video_main(const char *data_dir);
