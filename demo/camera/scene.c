// SPDX-License-Identifier: Apache-2.0
#include "demo/camera/scene.h"
#include "demo/camera/figure.h"
#include "demo/camera/room.h"
#include <math.h>

#define WALK_SPEED 150.0 // units a second
#define STEP_UNITS 55.0
#define OUTSIDE    120.0 // beyond the picture's edge
#define MAX_PLACES 12

typedef enum { STAY_SITTING, STAY_FACING, STAY_TURNED } Stay;

// Where somebody can be. Whoever uses it walks in along its lane, stays, and walks out.
typedef struct {
    double x, y; // while staying
    double lane; // y of the feet while walking
    double scale;
    Stay stay;
    int empty_s[2], stay_s[2]; // range of how long
} Place;

typedef enum { VISIT_NONE, VISIT_COMING, VISIT_STAYING, VISIT_GOING } VisitState;

typedef struct {
    VisitState state;
    FigureLook look;
    double since, until; // seconds; of this state
    double from, to;     // x, while walking
} Visit;

struct Scene {
    SceneKind kind;
    GRand *chance;
    Place places[MAX_PLACES];
    Visit visits[MAX_PLACES];
    int n_places;
    FigureLook clerks[2];
};

static void add_place(Scene *scene, Place place)
{
    g_assert(scene->n_places < MAX_PLACES);
    scene->visits[scene->n_places].until = g_rand_double_range(scene->chance, 0, 8);
    scene->places[scene->n_places++] = place;
}

static void furnish_counter(Scene *scene)
{
    static const double desks[] = ROOM_DESK_X;
    for (size_t i = 0; i < G_N_ELEMENTS(desks); i++) {
        add_place(scene,
                  (Place){ desks[i] + 30, 680, 690, 1.15, STAY_TURNED, { 2, 9 }, { 14, 40 } });
        scene->clerks[i] = figure_look_random(scene->chance);
    }
    add_place(scene, (Place){ 640, 715, 715, 1.2, STAY_FACING, { 15, 40 }, { 1, 3 } });
}

static void furnish_hall(Scene *scene)
{
    static const double seats[] = ROOM_SEAT_X;
    add_place(scene,
              (Place){ ROOM_MACHINE_X + 20, 610, 615, 0.95, STAY_TURNED, { 3, 9 }, { 3, 8 } });
    for (size_t i = 0; i < G_N_ELEMENTS(seats); i++)
        add_place(scene,
                  (Place){ seats[i], ROOM_SEAT_Y, 660, 0.95, STAY_SITTING, { 4, 30 }, { 20, 90 } });
    add_place(scene, (Place){ 700, 700, 705, 1.1, STAY_FACING, { 8, 20 }, { 2, 6 } });
}

Scene *scene_new(SceneKind kind, guint32 seed)
{
    Scene *scene = g_new0(Scene, 1);
    scene->kind = kind;
    scene->chance = g_rand_new_with_seed(seed);
    if (kind == SCENE_COUNTER)
        furnish_counter(scene);
    else
        furnish_hall(scene);
    return scene;
}

void scene_free(Scene *scene)
{
    if (!scene)
        return;
    g_rand_free(scene->chance);
    g_free(scene);
}

void scene_draw_room(Scene *scene, cairo_t *cairo)
{
    if (scene->kind == SCENE_COUNTER)
        room_draw_counter(cairo);
    else
        room_draw_hall(cairo);
}

static void walk(Visit *visit, double from, double to)
{
    visit->from = from;
    visit->to = to;
    visit->until = visit->since + fabs(to - from) / WALK_SPEED;
}

static double outside(Scene *scene)
{
    return g_rand_boolean(scene->chance) ? -OUTSIDE : SCENE_WIDTH + OUTSIDE;
}

static double some_seconds(Scene *scene, const int range[2])
{
    return g_rand_double_range(scene->chance, range[0], range[1]);
}

// The visit's state is over at visit->until: what comes next.
static void visit_next(Scene *scene, Visit *visit, const Place *place)
{
    visit->since = visit->until;
    visit->state = (visit->state + 1) % (VISIT_GOING + 1);
    switch (visit->state) {
    case VISIT_NONE:
        visit->until += some_seconds(scene, place->empty_s);
        break;
    case VISIT_COMING:
        visit->look = figure_look_random(scene->chance);
        walk(visit, outside(scene), place->x);
        break;
    case VISIT_STAYING:
        visit->until += some_seconds(scene, place->stay_s);
        break;
    case VISIT_GOING:
        walk(visit, place->x, outside(scene));
        break;
    }
}

static void draw_walking(cairo_t *cairo, const Visit *visit, const Place *place, double seconds)
{
    double way = (visit->to > visit->from ? 1 : -1) * WALK_SPEED * (seconds - visit->since);
    cairo_translate(cairo, visit->from + way, place->lane);
    cairo_scale(cairo, place->scale * (visit->to > visit->from ? 1 : -1), place->scale);
    figure_draw_standing(cairo, &visit->look, FIGURE_SIDE, way / STEP_UNITS);
}

static void draw_staying(cairo_t *cairo, const Visit *visit, const Place *place, double seconds)
{
    cairo_translate(cairo, place->x, place->y);
    cairo_scale(cairo, place->scale, place->scale);
    if (place->stay == STAY_SITTING)
        figure_draw_sitting(cairo, &visit->look, 2 * sin(seconds + place->x));
    else
        figure_draw_standing(cairo, &visit->look,
                             place->stay == STAY_TURNED ? FIGURE_BACK : FIGURE_FRONT,
                             seconds * 0.4);
}

static void draw_visit(cairo_t *cairo, const Visit *visit, const Place *place, double seconds)
{
    if (visit->state == VISIT_NONE)
        return;
    cairo_save(cairo);
    if (visit->state == VISIT_STAYING)
        draw_staying(cairo, visit, place, seconds);
    else
        draw_walking(cairo, visit, place, seconds);
    cairo_restore(cairo);
}

static void draw_clerks(Scene *scene, cairo_t *cairo, double seconds)
{
    static const double desks[] = ROOM_DESK_X;
    for (size_t i = 0; i < G_N_ELEMENTS(desks); i++) {
        bool is_busy = scene->visits[i].state == VISIT_STAYING;
        cairo_save(cairo);
        cairo_translate(cairo, desks[i], ROOM_DESK_EDGE_Y);
        cairo_scale(cairo, 1.1, 1.1);
        figure_draw_clerk(cairo, &scene->clerks[i], is_busy ? seconds * 0.7 : 0);
        cairo_restore(cairo);
    }
    room_draw_desks(cairo);
}

void scene_draw_people(Scene *scene, cairo_t *cairo, double seconds)
{
    if (scene->kind == SCENE_COUNTER)
        draw_clerks(scene, cairo, seconds);
    for (int i = 0; i < scene->n_places; i++)
        while (scene->visits[i].until <= seconds)
            visit_next(scene, &scene->visits[i], &scene->places[i]);
    // Who stays is behind who walks past.
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < scene->n_places; i++)
            if ((scene->visits[i].state == VISIT_STAYING) == (pass == 0))
                draw_visit(cairo, &scene->visits[i], &scene->places[i], seconds);
}
