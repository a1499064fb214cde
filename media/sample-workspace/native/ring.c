/* A ring of bytes between one writer and one reader, and a line splitter that reads from it. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ring {
    unsigned char *data;
    size_t capacity; /* a power of two */
    size_t head;     /* written in total */
    size_t tail;     /* read in total */
};

bool ring_init(struct ring *ring, size_t capacity)
{
    if (capacity == 0 || (capacity & (capacity - 1)) != 0)
        return false;
    ring->data = malloc(capacity);
    ring->capacity = capacity;
    ring->head = 0;
    ring->tail = 0;
    return ring->data != NULL;
}

size_t ring_used(const struct ring *ring)
{
    return ring->head - ring->tail;
}

size_t ring_free_space(const struct ring *ring)
{
    return ring->capacity - ring_used(ring);
}

/* Writes what fits and returns how much that was. */
size_t ring_write(struct ring *ring, const void *bytes, size_t length)
{
    if (length > ring_free_space(ring))
        length = ring_free_space(ring);
    size_t at = ring->head & (ring->capacity - 1);
    size_t first = ring->capacity - at;
    if (first > length)
        first = length;
    memcpy(ring->data + at, bytes, first);
    memcpy(ring->data, (const unsigned char *)bytes + first, length - first);
    ring->head += length;
    return length;
}

size_t ring_read(struct ring *ring, void *bytes, size_t length)
{
    if (length > ring_used(ring))
        length = ring_used(ring);
    size_t at = ring->tail & (ring->capacity - 1);
    size_t first = ring->capacity - at;
    if (first > length)
        first = length;
    memcpy(bytes, ring->data + at, first);
    memcpy((unsigned char *)bytes + first, ring->data, length - first);
    ring->tail += length;
    return length;
}

/* Distance to a byte from the reading end, or -1. */
long ring_find(const struct ring *ring, unsigned char wanted)
{
    for (size_t k = 0; k < ring_used(ring); k++) {
        if (ring->data[(ring->tail + k) & (ring->capacity - 1)] == wanted)
            return (long)k;
    }
    return -1;
}

/* Takes one line without its end into `line`. False where no whole line has arrived. */
bool ring_take_line(struct ring *ring, char *line, size_t size)
{
    long end = ring_find(ring, '\n');
    if (end < 0)
        return false;
    size_t length = (size_t)end;
    size_t kept = length < size - 1 ? length : size - 1;
    ring_read(ring, line, kept);
    ring->tail += length - kept + 1; /* what did not fit, and the newline */
    if (kept > 0 && line[kept - 1] == '\r')
        kept--;
    line[kept] = '\0';
    return true;
}

int main(void)
{
    struct ring ring;
    if (!ring_init(&ring, 64)) {
        fprintf(stderr, "no memory for the ring\n");
        return 1;
    }
    char line[32];
    const char *parts[] = { "first li", "ne\nsecond line\r\nthi", "rd", " line\n", "without an end" };
    size_t lines = 0;
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        size_t written = ring_write(&ring, parts[k], strlen(parts[k]));
        assert(written == strlen(parts[k]));
        while (ring_take_line(&ring, line, sizeof line)) {
            lines++;
            printf("%zu: \"%s\"\n", lines, line);
        }
    }
    printf("%zu lines, %zu bytes left\n", lines, ring_used(&ring));
    free(ring.data);
    return lines == 3 ? 0 : 1;
}
