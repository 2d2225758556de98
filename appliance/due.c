// SPDX-License-Identifier: Apache-2.0
// `hallwatch calendar due`: the due day as the box reckons it, for people who are asked why.
#include "appliance/commands.h"
#include "appliance/embedded.h"
#include "base/clock.h"
#include "base/config.h"
#include "rating/calendar.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_DAYS = 3660 };

// The config in force; for a folder in which no box was started, that of a new one.
static int load_config(const char *data_dir, GPtrArray *errors, Config **ret_config)
{
    g_autofree char *path = g_build_filename(data_dir, "run", "hallwatch.yaml", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return config_load(path, errors, ret_config);
    return config_parse("hallwatch.yaml", embedded_config, strlen(embedded_config), errors,
                        ret_config);
}

static int load(const char *data_dir, Config **ret_config, Calendar **ret_calendar)
{
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *years = g_build_filename(data_dir, "calendar", NULL);
    int err = load_config(data_dir, errors, ret_config);
    if (err == 0)
        err = calendar_load_years((*ret_config)->calendar, years, errors, ret_calendar);
    for (guint i = 0; i < errors->len; i++)
        fprintf(stderr, "%s\n", (const char *)errors->pdata[i]);
    if (err < 0 && errors->len == 0)
        fprintf(stderr, "the calendar cannot be read: %s\n", g_strerror(-err));
    return err;
}

static void print_due(const Config *config, const Calendar *calendar, CalendarDay day, int n)
{
    CalendarDay due = calendar_add(calendar, day, n);
    g_autofree char *text = clock_format(calendar_office_end(config, due));
    printf("due %.10s %.5s\n", text, text + strlen("2026-02-27T"));
    printf("%d rest days lie between\n", due - day - n);
    if (calendar_is_provisional(calendar, due))
        printf("provisional: the holidays of %.4s are not in the calendar yet; put the announced "
               "days in on the page Master data, Calendar\n",
               text);
}

int command_calendar_due(const Arguments *arguments)
{
    g_autoptr(Config) config = NULL;
    g_autoptr(Calendar) calendar = NULL;
    CalendarDay day;
    char *end = NULL;
    long n = strtol(arguments->days, &end, 10);
    if (!*arguments->days || *end || n < 0 || n > MAX_DAYS) {
        fprintf(stderr, "%s: the number of working days must be 0 to %d\n", arguments->days,
                MAX_DAYS);
        return EXIT_USAGE;
    }
    if (load(arguments->data_dir, &config, &calendar) < 0)
        return EXIT_FAILED;
    g_setenv("TZ", config->hall.zone, TRUE);
    tzset();
    if (!calendar_day_parse(arguments->operand, &day)) {
        fprintf(stderr, "%s: a date is wanted, such as 2026-02-13\n", arguments->operand);
        return EXIT_USAGE;
    }
    print_due(config, calendar, day, (int)n);
    return EXIT_DONE;
}
