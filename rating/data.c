// SPDX-License-Identifier: Apache-2.0
#include "rating/data.h"
#include "base/embed.h"

EMBED(data_working_days, "data/working-days.tsv");
EMBED(data_complaint_categories, "data/complaint-categories.tsv");
EMBED(data_rating_tags, "data/rating-tags.tsv");
EMBED(data_province_profiles, "data/province-profiles.tsv");
EMBED(data_one_window_profiles, "data/one-window-profiles.tsv");
EMBED(data_painpoint_tags, "data/painpoint-tags.tsv");
