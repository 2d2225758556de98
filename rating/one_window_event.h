// SPDX-License-Identifier: Apache-2.0
// One-window event: what a message of the one-window system 一窗受理平台 says about a case, as
// bodies of case.h. Pure: from the message's facts (profile.h) alone. The tables of results are
// here.
//
// Source: field practice of provinces' case libraries 办件库 (receiveBasicInfo, receiveProc,
// receiveSpecialnode, receiveDone); docs/one-window.md says the fields and codes.
#pragma once
#include "rating/profile.h"

typedef enum {
    ONE_WINDOW_BASIC,   // receiveBasicInfo 基本信息
    ONE_WINDOW_PROC,    // receiveProc 过程信息
    ONE_WINDOW_SPECIAL, // receiveSpecialnode 特别程序
    ONE_WINDOW_DONE,    // receiveDone 办结信息
    N_ONE_WINDOW_CALLS,
} OneWindowCall;
const char *one_window_call_name(OneWindowCall call); // "receiveBasicInfo"
bool one_window_call_parse(const char *name, OneWindowCall *ret_call);

enum { ONE_WINDOW_ERROR_SIZE = 600 };

// The number of the case; NULL, with a sentence in error (ONE_WINDOW_ERROR_SIZE bytes): none.
// Borrowed from facts.
const char *one_window_number(const Profile *profile, const json_t *facts, char *error);
// The body of PUT case. ret_note: what was left out of it and why; NULL: nothing. NULL, with a
// sentence in error: something is missing or cannot be understood. New reference; the caller frees
// the note.
json_t *one_window_case(const Profile *profile, const json_t *facts, char **ret_note, char *error);
// The events that the message tells, an array that may be empty; each with an id by which the same
// step of the case is known again. NULL, with a sentence in error. New reference.
json_t *one_window_events(OneWindowCall call, const Profile *profile, const json_t *facts,
                          char *error);
// The meaning of a fact, in Chinese: 承诺时限.
const char *one_window_words(const char *fact);
