// SPDX-License-Identifier: Apache-2.0
// Calendar: working days and the end of office hours, as pure functions on days.
//
// The announced days (rest days on weekdays, worked weekend days) come from a file in the form of
// data/working-days.tsv, or from the built-in copy. Outside the loaded years weekends alone are
// known: such a day is provisional. Immutable after loading: any thread. Every function takes
// constant time.
#pragma once
#include "base/config.h"

typedef struct Calendar Calendar;

// A date of the hall's zone (the process's TZ) as days since 1970-01-01. Dates outside 1970 to 2199
// are moved to the nearer end.
typedef int32_t CalendarDay;

// path NULL: the built-in copy. errors collects char * sentences "FILE:LINE: ..." (owned by the
// array; may be NULL). 0, -EINVAL (bad lines), or -errno when the file cannot be read.
int calendar_load(const char *path, GPtrArray *errors, Calendar **ret_calendar);
// The same, and then each YYYY.tsv of the folder (DIR/calendar; it need not be there), which stands
// for its whole year: what people have typed in or loaded. Bad ones are left out with their errors.
int calendar_load_years(const char *path, const char *folder, GPtrArray *errors,
                        Calendar **ret_calendar);
// The same from memory; name stands for the file in errors.
int calendar_parse(const char *name, const char *text, GPtrArray *errors, Calendar **ret_calendar);
void calendar_free(Calendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calendar, calendar_free)

CalendarDay calendar_day_of(int64_t wall_ms);
CalendarDay calendar_day_of_date(int year, int month, int day);
// "2026-11-24". False: no date of those years.
bool calendar_day_parse(const char *text, CalendarDay *ret_day);
int64_t calendar_day_start(CalendarDay day); // 00:00 in the hall's zone, Unix ms

bool calendar_is_working_day(const Calendar *calendar, CalendarDay day);
// The n-th working day after the day, n >= 1; n = 0 gives the day itself.
CalendarDay calendar_add(const Calendar *calendar, CalendarDay day, int n);
// Working days after from, up to and including to; 0 when to is not after from.
int calendar_between(const Calendar *calendar, CalendarDay from, CalendarDay to);
enum { CALENDAR_FIRST_YEAR = 1970, CALENDAR_LAST_YEAR = 2199 };
int calendar_year_of(CalendarDay day);
// Whether the year's announced days are known.
bool calendar_is_loaded(const Calendar *calendar, int year);
bool calendar_is_equal(const Calendar *a, const Calendar *b);
// The year whose days should be loaded by now, since they are announced each autumn: this one, or
// from 1 November on the next. 0: none is missing.
int calendar_missing_year(const Calendar *calendar, int64_t now_ms);
// True: the day lies outside the years that were loaded, so holidays are not known.
bool calendar_is_provisional(const Calendar *calendar, CalendarDay day);

// Unix ms of the end of office hours. A worked day whose weekday has no hours of its own (a worked
// Saturday) has those of the first weekday that has any; no hours at all: midnight at its end.
int64_t calendar_office_end(const Config *config, CalendarDay day);
// Unix ms when so many thousandths of the day's office minutes have passed (to the whole minute,
// rounded up); hours as above, without any: of the 24 hours. 1000: the end of office hours.
int64_t calendar_office_share(const Config *config, CalendarDay day, int thousandths);
// Whether the moment lies between the first and the last office hour of its day (the pause at noon
// is within), or so many minutes around them. A day without hours of its own, or a holiday: never.
bool calendar_is_office_time(const Calendar *calendar, const Config *config, int64_t wall_ms,
                             int grace_minutes);
// Whether the moment lies within a span of office hours itself (the pause at noon is not), and when
// that ends.
bool calendar_is_open(const Calendar *calendar, const Config *config, int64_t wall_ms,
                      int64_t *ret_until_ms);
