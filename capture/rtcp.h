// SPDX-License-Identifier: Apache-2.0
// RTCP: reading what a sender reports (RFC 3550, 6.4.1, 6.6) and writing a receiver's report with
// its name (6.4.2, 6.5). Pure; input comes from the network.
#pragma once
#include "capture/rtp.h"

// A compound packet, as far as it concerns a receiver.
typedef struct {
    bool has_report;
    uint32_t ssrc;
    uint64_t ntp; // seconds since 1900 and their fraction, 32 bits each
    uint32_t timestamp;
    bool bye;
} RtcpNews;

// False: not RTCP. What follows a broken part is left out.
bool rtcp_parse(const uint8_t *data, size_t size, RtcpNews *ret_news);
int64_t rtcp_ntp_us(uint64_t ntp); // since 1900

// The last report that came from the sender, for the answer.
typedef struct {
    uint64_t ntp;       // 0: none yet
    int64_t arrival_us; // monotonic
} RtcpHeard;

enum { RTCP_REPORT_MAX = 128 };
// A receiver report and SDES with the CNAME (at most 63 bytes of it); begins the next interval of
// the receiver's figures. Bytes written into buffer, which has RTCP_REPORT_MAX.
size_t rtcp_write_report(RtpReceiver *receiver, const RtcpHeard *heard, uint32_t own_ssrc,
                         const char *cname, int64_t now_us, uint8_t *buffer);
