/* A growing string that is always terminated. */
#ifndef STRBUF_H
#define STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
    char *data;
    size_t length;
    size_t capacity;
};

#define STRBUF_EMPTY { NULL, 0, 0 }

bool strbuf_reserve(struct strbuf *buf, size_t extra);
bool strbuf_append(struct strbuf *buf, const char *text, size_t length);
bool strbuf_append_string(struct strbuf *buf, const char *text);
bool strbuf_append_char(struct strbuf *buf, char c);
bool strbuf_printf(struct strbuf *buf, const char *format, ...);
bool strbuf_insert(struct strbuf *buf, size_t at, const char *text, size_t length);
void strbuf_trim(struct strbuf *buf);
void strbuf_clear(struct strbuf *buf);
void strbuf_free(struct strbuf *buf);

#endif
