// SPDX-License-Identifier: Apache-2.0
// Scene: what the simulated camera sees. People come and go by a seeded chance: the same seed plays
// the same hour.
#pragma once
#include <cairo.h>
#include <glib.h>

typedef struct Scene Scene;

typedef enum { SCENE_COUNTER, SCENE_HALL } SceneKind;

Scene *scene_new(SceneKind kind, guint32 seed);
void scene_free(Scene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scene, scene_free)

// Scenes are drawn in units of a 1280 x 720 picture.
enum { SCENE_WIDTH = 1280, SCENE_HEIGHT = 720 };

// What never moves; drawn once.
void scene_draw_room(Scene *scene, cairo_t *cairo);
// seconds since the start, never going back.
void scene_draw_people(Scene *scene, cairo_t *cairo, double seconds);
