// SPDX-License-Identifier: Apache-2.0
// Rating reader: who reads a rating, and what of it they are not to know. Pages and files for
// spreadsheets go by the same. Source: domain rules "Ratings" (personal data of the rater).
#pragma once
#include "rating/hall.h"

typedef struct {
    Store *store;
    const Hall *hall;
    const char *staff; // the reader's own staff number; NULL: none
    bool sees_numbers; // longer numbers in what people wrote: telephones, id numbers
} RatingReader;

// Takes it out of a row of a rating, or of a bad rating as work: whoever was rated sees neither who
// rated nor words that tell it, whatever the role, also in the steps that were taken; others
// without the right see *** for longer numbers. row may be NULL.
void rating_reader_show(const RatingReader *reader, json_t *row);
void rating_reader_show_all(const RatingReader *reader, json_t *rows);
