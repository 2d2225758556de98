// SPDX-License-Identifier: Apache-2.0
// Demo: the demonstration hall. Plays the people of a small hall on a running box, through the
// public interfaces only (HTTP API with a key, MQTT as pads, RTSP as cameras), as any integrator
// would.
#pragma once

// The `hallwatch demo` command; argv[0] is "demo". The exit status: 0, 1 failed, 2 wrong usage.
int demo_main(int argc, char **argv);
