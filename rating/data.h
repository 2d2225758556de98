// SPDX-License-Identifier: Apache-2.0
// Data: the files under data/ that the program carries, as NUL-terminated text, byte for byte.
#pragma once

extern const char data_working_days[];         // data/working-days.tsv
extern const char data_complaint_categories[]; // data/complaint-categories.tsv
extern const char data_rating_tags[];          // data/rating-tags.tsv
extern const char data_province_profiles[];    // data/province-profiles.tsv
extern const char data_one_window_profiles[];  // data/one-window-profiles.tsv
extern const char data_painpoint_tags[];       // data/painpoint-tags.tsv
