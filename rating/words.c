// SPDX-License-Identifier: Apache-2.0
#include "rating/words.h"

#include "rating/person.h"
#include "rating/redact.h"

// Of one character it would be in every sentence.
static bool is_name(const char *name)
{
    return name && g_utf8_strlen(name, -1) > 1;
}

static void take_name(Store *store, const Hall *hall, const char *subject, GString *text)
{
    g_auto(Person) person = { 0 };
    if (person_open(store, hall, subject, &person) == 0 && is_name(person.name))
        g_string_replace(text, person.name, "***", 0);
}

static void take_applicant(Store *store, const Hall *hall, const char *case_number, GString *text)
{
    g_autofree char *applicant = g_strconcat("case:", case_number, NULL);
    take_name(store, hall, applicant, text);
}

char *words_of_case(Store *store, const Hall *hall, const char *case_number, const char *text)
{
    g_autofree char *clean = redact_text(text);
    if (!clean)
        return NULL;
    GString *words = g_string_new(clean);
    take_applicant(store, hall, case_number, words);
    return g_string_free(words, FALSE);
}

char *words_unsigned(Store *store, const Hall *hall, const char *rating, const char *case_number,
                     const char *text)
{
    g_autofree char *clean = redact_text(text);
    if (!clean || !*clean)
        return g_steal_pointer(&clean);
    GString *words = g_string_new(clean);
    g_autofree char *rater = g_strconcat("rating:", rating, NULL);
    take_name(store, hall, rater, words);
    if (case_number)
        take_applicant(store, hall, case_number, words);
    return g_string_free(words, FALSE);
}
