// SPDX-License-Identifier: Apache-2.0
// Listing: a list of the API as a file for a spreadsheet (?format=csv|xlsx, ?language=en): its
// columns as a table, its rows by the list's own reading, page by page, on the press's thread. Who
// saved what is on the audit record before the file is made. In words that people wrote, longer
// numbers are *** for whoever may not see persons, or is rated.
#pragma once
#include "dashboard/press.h"
#include "dashboard/query.h"

// How a row's place becomes a cell.
typedef enum {
    LISTING_TEXT,
    LISTING_WORDS, // that a person wrote
    LISTING_NUMBER,
    LISTING_TIME,
    LISTING_YES,
    LISTING_LEVEL,
    LISTING_TAGS, // [{"code","text"}]
    LISTING_JSON  // as it is
} ListingForm;

typedef struct {
    const char *word, *zh, *en;
} ListingWord;

typedef struct {
    const char *zh, *en, *path; // "counter/name"
    ListingForm form;
    const ListingWord *words; // what texts mean, up to one without word; NULL: as they are
} ListingColumn;

// What a page is read with.
typedef struct {
    Store *store;
    const Hall *hall;   // lent for this page
    const void *filter; // as it was given to listing_reply
    int64_t now_ms;
    bool sees_ratings;
    const char *staff; // own number of who asked; NULL: none
    bool sees_numbers; // as RatingReader
    Cursor cursor;
    int limit;
} ListingPage;

typedef struct {
    const char *key;                          // on the audit record
    const char *zh, *en;                      // of the file
    const ListingColumn *columns;             // up to one without zh
    json_t *(*read)(const ListingPage *page); // {"items","next"?,"total"?}
} Listing;

// Answers the request. filter: a struct whose texts the query keeps; it is copied, and the query's
// texts are taken.
void listing_reply(HttpRequest *request, Query *query, const char *format, const Listing *listing,
                   const void *filter, size_t filter_size);

// For a table of another make: writes the audit row and gives the file to the press. ctx is taken.
// title: of the file.
void listing_send(HttpRequest *request, const Query *query, const char *format, const char *key,
                  const char *title, PressMake make, void *ctx, GDestroyNotify free_ctx);

extern const ListingWord listing_channels[]; // of ratings
const char *listing_word(const ListingWord *words, const char *word, bool is_english);
const char *listing_level(int level, bool is_english); // 满意; "": none
