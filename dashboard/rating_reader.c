// SPDX-License-Identifier: Apache-2.0
#include "dashboard/rating_reader.h"

#include "rating/actor.h"
#include "rating/redact.h"
#include "rating/words.h"

// The rating that a row is about.
typedef struct {
    const char *id, *case_number;
    bool is_own; // the reader was rated
} About;

static void clean(const RatingReader *reader, const About *about, json_t *object, const char *key)
{
    const char *said = json_string_value(json_object_get(object, key));
    g_autofree char *text = !said           ? NULL
                            : about->is_own ? words_unsigned(reader->store, reader->hall, about->id,
                                                             about->case_number, said)
                                            : redact_text(said);
    if (text)
        json_object_set_new(object, key, json_string(text));
}

static void clean_steps(const RatingReader *reader, const About *about, json_t *work)
{
    size_t i;
    json_t *step;
    json_array_foreach(json_object_get(work, "steps"), i, step) clean(reader, about, step, "why");
}

void rating_reader_show(const RatingReader *reader, json_t *row)
{
    const char *rated = json_string_value(json_object_get(json_object_get(row, "staff"), "number"));
    About about = { .is_own = actor_is_staff(rated, reader->staff) };
    if (!about.is_own && reader->sees_numbers)
        return;
    json_t *id = json_object_get(row, "id");
    about.id = json_string_value(id ? id : json_object_get(row, "rating"));
    about.case_number = json_string_value(json_object_get(row, "case_number"));
    clean(reader, &about, row, "text");
    clean(reader, &about, json_object_get(row, "follow_up"), "text");
    clean_steps(reader, &about, json_object_get(row, "rectification"));
    if (about.is_own && json_object_get(row, "rater"))
        json_object_set_new(row, "rater", json_null());
}

void rating_reader_show_all(const RatingReader *reader, json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) rating_reader_show(reader, row);
}
