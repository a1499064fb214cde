/* Decoding and encoding of UTF-8, strict: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT 0xFFFDu

struct utf8_reader {
    const unsigned char *bytes;
    size_t length;
    size_t at;
    size_t invalid;
};

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Next code point, or -1 at the end. An invalid byte counts as one replacement character. */
int32_t utf8_next(struct utf8_reader *reader)
{
    if (reader->at >= reader->length)
        return -1;
    unsigned char lead = reader->bytes[reader->at];
    if (lead < 0x80) {
        reader->at++;
        return lead;
    }

    int extra;
    uint32_t point;
    uint32_t least;
    if ((lead & 0xE0) == 0xC0) {
        extra = 1;
        point = lead & 0x1F;
        least = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
        extra = 2;
        point = lead & 0x0F;
        least = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
        extra = 3;
        point = lead & 0x07;
        least = 0x10000;
    } else {
        reader->at++;
        reader->invalid++;
        return REPLACEMENT;
    }

    if ((size_t)extra >= reader->length - reader->at) {
        reader->at++;
        reader->invalid++;
        return REPLACEMENT;
    }
    for (int k = 1; k <= extra; k++) {
        unsigned char byte = reader->bytes[reader->at + (size_t)k];
        if (!is_continuation(byte)) {
            reader->at++;
            reader->invalid++;
            return REPLACEMENT;
        }
        point = point << 6 | (byte & 0x3F);
    }
    if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        reader->at++;
        reader->invalid++;
        return REPLACEMENT;
    }
    reader->at += (size_t)extra + 1;
    return (int32_t)point;
}

/* Writes up to four bytes, returns how many; 0 where the code point does not exist. */
size_t utf8_encode(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point >= 0xD800 && point <= 0xDFFF)
        return 0;
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    if (point > 0x10FFFF)
        return 0;
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

size_t utf8_count(const char *text)
{
    struct utf8_reader reader = { (const unsigned char *)text, strlen(text), 0, 0 };
    size_t count = 0;
    while (utf8_next(&reader) >= 0)
        count++;
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s TEXT...\n", argv[0]);
        return 2;
    }
    for (int k = 1; k < argc; k++) {
        struct utf8_reader reader = { (const unsigned char *)argv[k], strlen(argv[k]), 0, 0 };
        printf("\"%s\": %zu code points\n", argv[k], utf8_count(argv[k]));
        for (int32_t point = utf8_next(&reader); point >= 0; point = utf8_next(&reader)) {
            char bytes[4];
            size_t length = utf8_encode((uint32_t)point, bytes);
            printf("  U+%04X '%.*s'\n", (unsigned)point, (int)length, bytes);
        }
        if (reader.invalid > 0)
            printf("  %zu invalid bytes\n", reader.invalid);
    }
    return 0;
}
