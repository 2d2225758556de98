// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include "base/fault.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MS_A_SECOND = 1000, SECONDS_A_DAY = 86400 };

int64_t clock_wall_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + fault_clock_us();
}

int64_t clock_wall_ms(void)
{
    return clock_wall_us() / 1000;
}

int64_t clock_mono_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MS_A_SECOND + now.tv_nsec / 1000000;
}

int64_t clock_boot_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

char *clock_format(int64_t wall_ms)
{
    time_t seconds = (time_t)floor_div(wall_ms, MS_A_SECOND);
    int ms = (int)(wall_ms - (int64_t)seconds * MS_A_SECOND);
    struct tm local;
    if (!localtime_r(&seconds, &local))
        return g_strdup("");
    long offset = local.tm_gmtoff / 60;
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02ld:%02ld", local.tm_year + 1900,
                           local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
                           local.tm_sec, ms, offset < 0 ? '-' : '+', ABS(offset) / 60,
                           ABS(offset) % 60);
}

// Days from 1970-01-01 of a proleptic Gregorian date, after the well-known era arithmetic.
static int64_t days_of_date(int year, int month, int day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

// Exactly n digits.
static bool take_digits(const char **text, int n, int *ret_value)
{
    *ret_value = 0;
    for (int i = 0; i < n; i++, (*text)++) {
        if (!g_ascii_isdigit(**text))
            return false;
        *ret_value = *ret_value * 10 + (**text - '0');
    }
    return true;
}

static bool take_char(const char **text, const char *allowed)
{
    if (!**text || !strchr(allowed, **text))
        return false;
    (*text)++;
    return true;
}

static bool parse_digits_only(const char *text, int64_t *ret_ms)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 15 || text[n])
        return false;
    *ret_ms = g_ascii_strtoll(text, NULL, 10);
    return true;
}

// Milliseconds of a fraction of any length; further digits are dropped.
static bool take_fraction(const char **text, int *ret_ms)
{
    *ret_ms = 0;
    if (**text != '.')
        return true;
    (*text)++;
    int scale = 100;
    if (!g_ascii_isdigit(**text))
        return false;
    for (; g_ascii_isdigit(**text); (*text)++, scale /= 10)
        *ret_ms += (**text - '0') * scale;
    return true;
}

static bool take_offset(const char **text, int *ret_minutes)
{
    *ret_minutes = 0;
    if (take_char(text, "Zz"))
        return true;
    int sign = **text == '-' ? -1 : 1, hours, minutes;
    if (!take_char(text, "+- ")) // a blank is what is left of an unescaped plus in a query
        return false;
    if (!take_digits(text, 2, &hours) || !take_char(text, ":") || !take_digits(text, 2, &minutes))
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return hours < 24 && minutes < 60;
}

bool clock_parse(const char *text, int64_t *ret_wall_ms)
{
    if (!text)
        return false;
    if (parse_digits_only(text, ret_wall_ms))
        return true;
    int year, month, day, hour, minute, second, ms, offset;
    if (!take_digits(&text, 4, &year) || !take_char(&text, "-") || !take_digits(&text, 2, &month) ||
        !take_char(&text, "-") || !take_digits(&text, 2, &day) || !take_char(&text, "Tt ") ||
        !take_digits(&text, 2, &hour) || !take_char(&text, ":") ||
        !take_digits(&text, 2, &minute) || !take_char(&text, ":") ||
        !take_digits(&text, 2, &second) || !take_fraction(&text, &ms) ||
        !take_offset(&text, &offset) || *text)
        return false;
    if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year) || hour > 23 ||
        minute > 59 || second > 60)
        return false;
    int64_t seconds = days_of_date(year, month, day) * SECONDS_A_DAY + hour * 3600 +
                      (minute - offset) * 60 + second;
    *ret_wall_ms = seconds * MS_A_SECOND + ms;
    return true;
}

// The length of "2026-11-24[ 09:12[:30[.0]]]" as read into the struct; 0: it is none.
static int scan_local(const char *text, struct tm *ret_local)
{
    char dash1, dash2;
    int end = 0;
    int n = sscanf(text, "%4d%c%2d%c%2d%n %2d:%2d%n:%2d%n", &ret_local->tm_year, &dash1,
                   &ret_local->tm_mon, &dash2, &ret_local->tm_mday, &end, &ret_local->tm_hour,
                   &ret_local->tm_min, &end, &ret_local->tm_sec, &end);
    bool dated = (n == 5 || n == 7 || n == 8) && dash1 == dash2 && (dash1 == '-' || dash1 == '/');
    if (n == 8 && text[end] == '.')
        end += 1 + (int)strspn(text + end + 1, "0123456789");
    return dated ? end : 0;
}

bool clock_parse_local(const char *text, int64_t *ret_wall_ms)
{
    struct tm local = { .tm_isdst = -1 };
    g_autofree char *plain = g_strdup(text);
    if (strlen(plain) > 10 && plain[10] == 'T')
        plain[10] = ' ';
    int end = scan_local(plain, &local);
    if (end == 0 || plain[end] || local.tm_year < 1970 || local.tm_mon < 1 || local.tm_mon > 12 ||
        local.tm_mday < 1 || local.tm_hour < 0 || local.tm_hour > 23 || local.tm_min < 0 ||
        local.tm_min > 59 || local.tm_sec < 0 || local.tm_sec > 59 ||
        !g_date_valid_dmy((GDateDay)local.tm_mday, (GDateMonth)local.tm_mon,
                          (GDateYear)local.tm_year))
        return false;
    local.tm_year -= 1900;
    local.tm_mon -= 1;
    *ret_wall_ms = (int64_t)mktime(&local) * MS_A_SECOND;
    return true;
}

int64_t clock_day_start(int64_t wall_ms)
{
    time_t seconds = (time_t)floor_div(wall_ms, MS_A_SECOND);
    struct tm local;
    localtime_r(&seconds, &local);
    local.tm_hour = local.tm_min = local.tm_sec = 0;
    local.tm_isdst = -1;
    return (int64_t)mktime(&local) * MS_A_SECOND;
}
