#include "strbuf.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool strbuf_reserve(struct strbuf *buf, size_t extra)
{
    if (extra > SIZE_MAX - buf->length - 1)
        return false;
    size_t needed = buf->length + extra + 1;
    if (needed <= buf->capacity)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : 32;
    while (capacity < needed) {
        if (capacity > SIZE_MAX / 2)
            return false;
        capacity *= 2;
    }
    char *data = realloc(buf->data, capacity);
    if (!data)
        return false;
    buf->data = data;
    buf->capacity = capacity;
    buf->data[buf->length] = '\0';
    return true;
}

bool strbuf_append(struct strbuf *buf, const char *text, size_t length)
{
    if (!strbuf_reserve(buf, length))
        return false;
    memcpy(buf->data + buf->length, text, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
    return true;
}

bool strbuf_append_string(struct strbuf *buf, const char *text)
{
    return strbuf_append(buf, text, strlen(text));
}

bool strbuf_append_char(struct strbuf *buf, char c)
{
    return strbuf_append(buf, &c, 1);
}

bool strbuf_printf(struct strbuf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    bool ok = length >= 0 && strbuf_reserve(buf, (size_t)length);
    if (ok) {
        /* The second pass writes; the first one only measured. */
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    return ok;
}

bool strbuf_insert(struct strbuf *buf, size_t at, const char *text, size_t length)
{
    if (at > buf->length)
        return false;
    if (!strbuf_reserve(buf, length))
        return false;
    memmove(buf->data + at + length, buf->data + at, buf->length - at + 1);
    memcpy(buf->data + at, text, length);
    buf->length += length;
    return true;
}

void strbuf_trim(struct strbuf *buf)
{
    if (buf->length == 0)
        return;
    size_t start = 0;
    size_t end = buf->length;
    while (start < end && isspace((unsigned char)buf->data[start]))
        start++;
    while (end > start && isspace((unsigned char)buf->data[end - 1]))
        end--;
    memmove(buf->data, buf->data + start, end - start);
    buf->length = end - start;
    buf->data[buf->length] = '\0';
}

void strbuf_clear(struct strbuf *buf)
{
    buf->length = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void strbuf_free(struct strbuf *buf)
{
    free(buf->data);
    buf->data = NULL;
    buf->length = 0;
    buf->capacity = 0;
}
