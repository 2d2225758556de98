// SPDX-License-Identifier: Apache-2.0
// Desk: the process that owns hall.db: pads, cases, ratings, flags, and the API behind the door.
//
// Reads DIR/run/hallwatch.yaml (the config in force) and DIR/secrets.json. SIGHUP reads the config
// again; SIGTERM ends it within 2 s with all queued jobs committed.
#pragma once

// Runs until SIGTERM. The exit status of the process. Call it before any thread is started.
int desk_main(const char *data_dir);
