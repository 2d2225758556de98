// SPDX-License-Identifier: Apache-2.0
#include "dashboard/halls.h"

typedef struct {
    Hall hall;      // first: what is lent
    unsigned users; // under lock
} Lent;

struct Halls {
    // Under lock (a leaf).
    GMutex lock;
    GCond given_back;
    Lent *current;
};

static Lent *lent_new(const Hall *hall)
{
    Lent *lent = g_new0(Lent, 1);
    lent->hall = *hall;
    config_ref(lent->hall.config);
    return lent;
}

static void lent_free(Lent *lent)
{
    config_unref(lent->hall.config);
    g_free(lent);
}

Halls *halls_new(const Hall *hall)
{
    Halls *halls = g_new0(Halls, 1);
    g_mutex_init(&halls->lock);
    g_cond_init(&halls->given_back);
    halls->current = lent_new(hall);
    return halls;
}

void halls_free(Halls *halls)
{
    if (!halls)
        return;
    lent_free(halls->current);
    g_cond_clear(&halls->given_back);
    g_mutex_clear(&halls->lock);
    g_free(halls);
}

const Hall *halls_take(Halls *halls)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&halls->lock);
    halls->current->users++;
    return &halls->current->hall;
}

void halls_give_back(Halls *halls, const Hall *hall)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&halls->lock);
    Lent *lent = (Lent *)hall;
    if (--lent->users == 0)
        g_cond_broadcast(&halls->given_back);
}

void halls_replace(Halls *halls, const Hall *hall)
{
    Lent *next = lent_new(hall);
    g_mutex_lock(&halls->lock);
    Lent *before = halls->current;
    halls->current = next;
    while (before->users > 0)
        g_cond_wait(&halls->given_back, &halls->lock);
    g_mutex_unlock(&halls->lock);
    lent_free(before);
}
