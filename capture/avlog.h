// SPDX-License-Identifier: Apache-2.0
// Avlog: what libav has to say, limited and without credentials.
#pragma once

// Sends libav's errors to our log at debug level, redacted. What matters to people is said by those
// who call libav, with the camera's name. Call once, before the first thread starts.
void avlog_init(void);
