// SPDX-License-Identifier: Apache-2.0
#include "rating/calendar.h"

#include "base/clock.h"
#include "base/file.h"
#include "rating/data.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    FIRST_YEAR = CALENDAR_FIRST_YEAR,
    LAST_YEAR = CALENDAR_LAST_YEAR,
    N_YEARS = LAST_YEAR - FIRST_YEAR + 1,
    NOVEMBER = 11,  // by then next year's days have been announced
    N_DAYS = 84006, // 1970-01-01 to 2199-12-31
    FILE_MAX = 256 * 1024,
    DAY_MS = 24 * 60 * 60 * 1000,
    MINUTE_MS = 60 * 1000,
};

struct Calendar {
    bool is_loaded[N_YEARS]; // by year
    int n_working;
    bool is_working[N_DAYS];
    int32_t until[N_DAYS];   // working days up to and including the day
    int32_t working[N_DAYS]; // the working days in order
};

static CalendarDay clamp_day(int64_t day)
{
    return (CalendarDay)CLAMP(day, 0, N_DAYS - 1);
}

CalendarDay calendar_day_of_date(int year, int month, int day)
{
    // GDate counts from 1 at 0001-01-01; 1970-01-01 is 719163.
    enum { EPOCH = 719163 };
    if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return 0;
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return clamp_day((int64_t)g_date_get_julian(&date) - EPOCH);
}

CalendarDay calendar_day_of(int64_t wall_ms)
{
    time_t seconds = (time_t)(CLAMP(wall_ms, 0, (int64_t)N_DAYS * DAY_MS) / 1000);
    struct tm local;
    localtime_r(&seconds, &local);
    return clamp_day((seconds + local.tm_gmtoff) / (24 * 60 * 60));
}

// Minutes may pass midnight.
static int64_t moment_of(CalendarDay day, int minutes)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)day + 719163);
    struct tm local = { .tm_year = g_date_get_year(&date) - 1900,
                        .tm_mon = (int)g_date_get_month(&date) - 1,
                        .tm_mday = g_date_get_day(&date),
                        .tm_min = minutes,
                        .tm_isdst = -1 };
    return (int64_t)mktime(&local) * 1000;
}

int64_t calendar_day_start(CalendarDay day)
{
    return moment_of(day, 0);
}

// Monday 0; 1970-01-01 was a Thursday.
static int weekday_of(CalendarDay day)
{
    return (day + 3) % 7;
}

bool calendar_is_working_day(const Calendar *calendar, CalendarDay day)
{
    return calendar->is_working[clamp_day(day)];
}

CalendarDay calendar_add(const Calendar *calendar, CalendarDay day, int n)
{
    if (n <= 0)
        return day;
    int64_t index = (int64_t)calendar->until[clamp_day(day)] + n - 1;
    return calendar->working[MIN(index, calendar->n_working - 1)];
}

int calendar_between(const Calendar *calendar, CalendarDay from, CalendarDay to)
{
    return to <= from ? 0 : calendar->until[clamp_day(to)] - calendar->until[clamp_day(from)];
}

static void date_of(CalendarDay day, GDate *ret_date)
{
    g_date_clear(ret_date, 1);
    g_date_set_julian(ret_date, (guint32)clamp_day(day) + 719163);
}

int calendar_year_of(CalendarDay day)
{
    GDate date;
    date_of(day, &date);
    return g_date_get_year(&date);
}

bool calendar_is_loaded(const Calendar *calendar, int year)
{
    return year >= FIRST_YEAR && year <= LAST_YEAR && calendar->is_loaded[year - FIRST_YEAR];
}

bool calendar_is_equal(const Calendar *a, const Calendar *b)
{
    return memcmp(a->is_working, b->is_working, sizeof a->is_working) == 0 &&
           memcmp(a->is_loaded, b->is_loaded, sizeof a->is_loaded) == 0;
}

int calendar_missing_year(const Calendar *calendar, int64_t now_ms)
{
    GDate date;
    date_of(calendar_day_of(now_ms), &date);
    int year = g_date_get_year(&date);
    if (!calendar_is_loaded(calendar, year))
        return year;
    bool is_announced = (int)g_date_get_month(&date) >= NOVEMBER;
    return is_announced && !calendar_is_loaded(calendar, year + 1) ? year + 1 : 0;
}

bool calendar_is_provisional(const Calendar *calendar, CalendarDay day)
{
    return !calendar_is_loaded(calendar, calendar_year_of(day));
}

static int end_of_weekday(const Config *config, int weekday)
{
    int end = 0;
    for (int i = 0; i < config->hours.n_spans[weekday]; i++)
        end = MAX(end, config->hours.spans[weekday][i].to);
    return end;
}

// The weekday whose hours a worked day has; -1: no day has any.
static int weekday_of_hours(const Config *config, CalendarDay day)
{
    int weekday = weekday_of(day);
    if (config->hours.n_spans[weekday] > 0)
        return weekday;
    for (weekday = 0; weekday < 7; weekday++) {
        if (config->hours.n_spans[weekday] > 0)
            return weekday;
    }
    return -1;
}

int64_t calendar_office_end(const Config *config, CalendarDay day)
{
    int weekday = weekday_of_hours(config, day);
    return moment_of(day, weekday < 0 ? 24 * 60 : end_of_weekday(config, weekday));
}

int64_t calendar_office_share(const Config *config, CalendarDay day, int thousandths)
{
    int weekday = weekday_of_hours(config, day), total = 0;
    if (weekday < 0)
        return moment_of(day, (24 * 60 * thousandths + 999) / 1000);
    const ConfigSpan *spans = config->hours.spans[weekday];
    int n = config->hours.n_spans[weekday];
    for (int i = 0; i < n; i++)
        total += spans[i].to - spans[i].from;
    int left = (total * thousandths + 999) / 1000, i = 0;
    for (; i < n - 1 && left > spans[i].to - spans[i].from; i++)
        left -= spans[i].to - spans[i].from;
    return moment_of(day, spans[i].from + left);
}

static int begin_of_weekday(const Config *config, int weekday)
{
    int begin = 24 * 60;
    for (int i = 0; i < config->hours.n_spans[weekday]; i++)
        begin = MIN(begin, config->hours.spans[weekday][i].from);
    return begin;
}

// The weekday whose hours the day has; -1: it has none. A worked Saturday has some, and so has any
// day at the weekend that was given hours of its own.
static int weekday_of_open(const Calendar *calendar, const Config *config, CalendarDay day)
{
    int weekday = weekday_of(day);
    bool is_open_weekend = weekday >= 5 && config->hours.n_spans[weekday] > 0;
    bool is_open = calendar_is_working_day(calendar, day) || is_open_weekend;
    return is_open ? weekday_of_hours(config, day) : -1;
}

bool calendar_is_office_time(const Calendar *calendar, const Config *config, int64_t wall_ms,
                             int grace_minutes)
{
    CalendarDay day = calendar_day_of(wall_ms);
    int weekday = weekday_of_open(calendar, config, day);
    int64_t minute = (wall_ms - calendar_day_start(day)) / 60000;
    return weekday >= 0 && minute >= begin_of_weekday(config, weekday) - grace_minutes &&
           minute < end_of_weekday(config, weekday) + grace_minutes;
}

bool calendar_is_open(const Calendar *calendar, const Config *config, int64_t wall_ms,
                      int64_t *ret_until_ms)
{
    CalendarDay day = calendar_day_of(wall_ms);
    int weekday = weekday_of_open(calendar, config, day);
    int64_t minute = (wall_ms - calendar_day_start(day)) / 60000;
    for (int i = 0; weekday >= 0 && i < config->hours.n_spans[weekday]; i++) {
        const ConfigSpan *span = &config->hours.spans[weekday][i];
        if (minute < span->from || minute >= span->to)
            continue;
        *ret_until_ms = moment_of(day, span->to);
        return true;
    }
    return false;
}

static void complain(GPtrArray *errors, const char *name, int line, const char *what,
                     const char *text)
{
    if (errors)
        g_ptr_array_add(errors,
                        g_strdup_printf("%s:%d: %s, found \"%.60s\"", name, line, what, text));
}

bool calendar_day_parse(const char *text, CalendarDay *ret_day)
{
    int year, month, day, end = 0;
    if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 ||
        end != 10)
        return false;
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || day < 1 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    *ret_day = calendar_day_of_date(year, month, day);
    return true;
}

// One line: blank, "# comment", or DATE TAB off|work. False: an error was noted.
static bool take_line(Calendar *calendar, const char *name, int number, char *line,
                      GPtrArray *errors)
{
    CalendarDay day;
    g_strchomp(line);
    if (!*line || *line == '#')
        return true;
    g_auto(GStrv) parts = g_strsplit_set(line, "\t ", 2);
    const char *kind = parts[1] ? g_strstrip(parts[1]) : "";
    if (!calendar_day_parse(parts[0], &day)) {
        complain(errors, name, number, "a date like 2026-10-01 is wanted", parts[0]);
        return false;
    }
    if (strcmp(kind, "off") != 0 && strcmp(kind, "work") != 0) {
        complain(errors, name, number, "the kind is off or work", kind);
        return false;
    }
    calendar->is_working[day] = kind[0] == 'w';
    calendar->is_loaded[calendar_year_of(day) - FIRST_YEAR] = true;
    return true;
}

static void count_days(Calendar *calendar)
{
    calendar->n_working = 0;
    for (CalendarDay day = 0; day < N_DAYS; day++) {
        if (calendar->is_working[day])
            calendar->working[calendar->n_working++] = day;
        calendar->until[day] = calendar->n_working;
    }
}

int calendar_parse(const char *name, const char *text, GPtrArray *errors, Calendar **ret_calendar)
{
    g_autoptr(Calendar) calendar = g_new0(Calendar, 1);
    for (CalendarDay day = 0; day < N_DAYS; day++)
        calendar->is_working[day] = weekday_of(day) < 5;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool good = true;
    for (int i = 0; lines[i]; i++)
        good = take_line(calendar, name, i + 1, lines[i], errors) && good;
    if (!good)
        return -EINVAL;
    count_days(calendar);
    *ret_calendar = g_steal_pointer(&calendar);
    return 0;
}

int calendar_load(const char *path, GPtrArray *errors, Calendar **ret_calendar)
{
    if (!path)
        return calendar_parse("working-days.tsv", data_working_days, errors, ret_calendar);
    g_autofree char *text = NULL;
    size_t size;
    int err = file_read(path, FILE_MAX, &text, &size);
    if (err < 0) {
        if (errors)
            g_ptr_array_add(errors,
                            g_strdup_printf("%s: cannot be read: %s", path, g_strerror(-err)));
        return err;
    }
    return calendar_parse(path, text, errors, ret_calendar);
}

// The year is what its own file says, whatever was known of it.
static void take_year(Calendar *calendar, const Calendar *from, int year)
{
    CalendarDay first = calendar_day_of_date(year, 1, 1), end = calendar_day_of_date(year, 12, 31);
    for (CalendarDay day = first; day <= end; day++)
        calendar->is_working[day] = from->is_working[day];
    calendar->is_loaded[year - FIRST_YEAR] = true;
}

static void load_year(Calendar *calendar, const char *folder, const char *name, GPtrArray *errors)
{
    int year = 0, end = 0;
    if (sscanf(name, "%4d.tsv%n", &year, &end) != 1 || end != 8 || name[end] || year < FIRST_YEAR ||
        year > LAST_YEAR)
        return;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(Calendar) from = NULL;
    if (calendar_load(path, errors, &from) == 0)
        take_year(calendar, from, year);
}

int calendar_load_years(const char *path, const char *folder, GPtrArray *errors,
                        Calendar **ret_calendar)
{
    int err = calendar_load(path, errors, ret_calendar);
    g_autoptr(GDir) dir = err == 0 ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;
    while (dir && (name = g_dir_read_name(dir)))
        load_year(*ret_calendar, folder, name, errors);
    if (err == 0)
        count_days(*ret_calendar);
    return err;
}

void calendar_free(Calendar *calendar)
{
    g_free(calendar);
}
