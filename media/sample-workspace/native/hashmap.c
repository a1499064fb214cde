/* Strings to pointers, by open addressing with linear probing. Keys are copied. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    char *key; /* NULL: free; TOMBSTONE: something was deleted here */
    void *value;
    uint32_t hash;
};

struct hashmap {
    struct slot *slots;
    size_t capacity; /* a power of two */
    size_t used;     /* entries and tombstones */
    size_t count;
};

static char tombstone_mark;
#define TOMBSTONE (&tombstone_mark)

/* FNV-1a */
static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (const unsigned char *p = (const unsigned char *)key; *p; p++) {
        hash ^= *p;
        hash *= 16777619u;
    }
    return hash;
}

void hashmap_init(struct hashmap *map)
{
    memset(map, 0, sizeof *map);
}

static struct slot *find(const struct hashmap *map, const char *key, uint32_t hash)
{
    struct slot *reusable = NULL;
    if (map->capacity == 0)
        return NULL;
    for (size_t k = 0; k < map->capacity; k++) {
        struct slot *slot = &map->slots[(hash + k) & (map->capacity - 1)];
        if (slot->key == NULL)
            return reusable ? reusable : slot;
        if (slot->key == TOMBSTONE) {
            if (!reusable)
                reusable = slot;
        } else if (slot->hash == hash && strcmp(slot->key, key) == 0) {
            return slot;
        }
    }
    return reusable;
}

static bool grow(struct hashmap *map)
{
    size_t capacity = map->count * 2 < map->capacity ? map->capacity : map->capacity * 2;
    if (capacity < 8)
        capacity = 8;
    struct slot *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return false;
    for (size_t k = 0; k < map->capacity; k++) {
        struct slot *old = &map->slots[k];
        if (old->key == NULL || old->key == TOMBSTONE)
            continue;
        size_t at = old->hash & (capacity - 1);
        while (slots[at].key)
            at = (at + 1) & (capacity - 1);
        slots[at] = *old;
    }
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    map->used = map->count;
    return true;
}

void *hashmap_get(const struct hashmap *map, const char *key)
{
    struct slot *slot = find(map, key, hash_of(key));
    if (!slot || slot->key == NULL || slot->key == TOMBSTONE)
        return NULL;
    return slot->value;
}

bool hashmap_set(struct hashmap *map, const char *key, void *value)
{
    /* At most three quarters full: probes stay short. */
    if ((map->used + 1) * 4 > map->capacity * 3 && !grow(map))
        return false;
    uint32_t hash = hash_of(key);
    struct slot *slot = find(map, key, hash);
    if (slot->key != NULL && slot->key != TOMBSTONE) {
        slot->value = value;
        return true;
    }
    char *copy = malloc(strlen(key) + 1);
    if (!copy)
        return false;
    strcpy(copy, key);
    if (slot->key == NULL)
        map->used++;
    slot->key = copy;
    slot->value = value;
    slot->hash = hash;
    map->count++;
    return true;
}

bool hashmap_delete(struct hashmap *map, const char *key)
{
    struct slot *slot = find(map, key, hash_of(key));
    if (!slot || slot->key == NULL || slot->key == TOMBSTONE)
        return false;
    free(slot->key);
    slot->key = TOMBSTONE;
    slot->value = NULL;
    map->count--;
    return true;
}

void hashmap_each(const struct hashmap *map, void (*visit)(const char *key, void *value, void *context), void *context)
{
    for (size_t k = 0; k < map->capacity; k++) {
        const struct slot *slot = &map->slots[k];
        if (slot->key != NULL && slot->key != TOMBSTONE)
            visit(slot->key, slot->value, context);
    }
}

void hashmap_free(struct hashmap *map)
{
    for (size_t k = 0; k < map->capacity; k++) {
        if (map->slots[k].key != TOMBSTONE)
            free(map->slots[k].key);
    }
    free(map->slots);
    hashmap_init(map);
}

static void print_entry(const char *key, void *value, void *context)
{
    (void)context;
    printf("  \"%s\" = %d\n", key, *(int *)value);
}

int main(void)
{
    struct hashmap map;
    hashmap_init(&map);
    static int numbers[] = { 1, 2, 3, 4 };
    const char *names[] = { "one", "two", "three", "four" };
    for (size_t k = 0; k < 4; k++) {
        if (!hashmap_set(&map, names[k], &numbers[k])) {
            fprintf(stderr, "out of memory\n");
            return 1;
        }
    }
    if (hashmap_get(&map, "five") != NULL)
        return 1;
    hashmap_delete(&map, "two");
    printf("%zu entries\n", map.count);
    hashmap_each(&map, print_entry, NULL);
    hashmap_free(&map);
    return 0;
}
