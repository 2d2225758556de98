// SPDX-License-Identifier: Apache-2.0
// Plan: what the demonstration hall is made of: counters, pads, cameras, staff and service items.
// All names are invented.
#pragma once
#include <stddef.h>

#define PLAN_HALL_ID   "qingshi"
#define PLAN_HALL_NAME "青石镇为民服务中心"
#define PLAN_ZONE      "Asia/Shanghai" // which is also the config's default

typedef struct {
    const char *id, *name;
    const char *kind; // as in hallwatch.yaml
    const char *pad;
    const char *staff_number, *staff_name;
} PlanCounter;

typedef struct {
    const char *id, *name;
    const char *counters;  // ids divided by ", "; "" where it sees none
    const char *arguments; // of hallwatch-camera, divided by spaces
} PlanCamera;

// days: the promised limit in working days; 0: done at once.
typedef struct {
    const char *code, *name, *unit;
    const char *kind; // of the case: instant, promised ...
    int days;
} PlanItem;

// A lane of the hall's queue; counters: ids divided by ", ".
typedef struct {
    const char *id, *name, *prefix, *counters;
} PlanLane;

enum { PLAN_COUNTERS = 8, PLAN_CAMERAS = 4, PLAN_ITEMS = 14, PLAN_LANES = 5 };
extern const PlanLane plan_lanes[PLAN_LANES];
extern const PlanCounter plan_counters[PLAN_COUNTERS];
extern const PlanCamera plan_cameras[PLAN_CAMERAS];
extern const PlanItem plan_items[PLAN_ITEMS];

typedef struct {
    int door, broker, broker_plain, relay;
    int camera; // of the first camera; the others follow
} PlanPorts;

// Writes hallwatch.yaml for the hall into the folder. 0 or negative errno.
int plan_write_config(const char *folder, const char *address, const PlanPorts *ports);
