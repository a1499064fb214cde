/* base64 as a filter: encodes standard input, or decodes it with -d. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value_of(int c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    return -1;
}

static bool encode(FILE *in, FILE *out, int width)
{
    unsigned char group[3];
    size_t read;
    int column = 0;
    while ((read = fread(group, 1, sizeof group, in)) > 0) {
        unsigned long bits = (unsigned long)group[0] << 16;
        if (read > 1)
            bits |= (unsigned long)group[1] << 8;
        if (read > 2)
            bits |= group[2];
        for (size_t k = 0; k < 4; k++) {
            int c = k <= read ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
            if (fputc(c, out) == EOF)
                return false;
            if (width > 0 && ++column == width) {
                fputc('\n', out);
                column = 0;
            }
        }
    }
    if (column > 0)
        fputc('\n', out);
    return !ferror(in);
}

static bool decode(FILE *in, FILE *out, const char **reason)
{
    unsigned long bits = 0;
    int count = 0;
    int padding = 0;
    for (int c = fgetc(in); c != EOF; c = fgetc(in)) {
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t')
            continue; /* white space may stand anywhere */
        if (c == '=') {
            padding++;
            continue;
        }
        int value = value_of(c);
        if (value < 0 || padding > 0) {
            *reason = value < 0 ? "not a base64 character" : "text after the padding";
            return false;
        }
        bits = bits << 6 | (unsigned long)value;
        if (++count == 4) {
            fputc((int)(bits >> 16 & 255), out);
            fputc((int)(bits >> 8 & 255), out);
            fputc((int)(bits & 255), out);
            bits = 0;
            count = 0;
        }
    }
    if (count == 1 || padding > 2) {
        *reason = "the input ends in the middle";
        return false;
    }
    if (count == 2)
        fputc((int)(bits >> 4 & 255), out);
    if (count == 3) {
        fputc((int)(bits >> 10 & 255), out);
        fputc((int)(bits >> 2 & 255), out);
    }
    return true;
}

int main(int argc, char **argv)
{
    bool decoding = false;
    for (int k = 1; k < argc; k++) {
        if (strcmp(argv[k], "-d") == 0) {
            decoding = true;
        } else {
            fprintf(stderr, "usage: %s [-d] < input > output\n", argv[0]);
            return 2;
        }
    }
    const char *reason = NULL;
    bool ok = decoding ? decode(stdin, stdout, &reason) : encode(stdin, stdout, 76);
    if (!ok) {
        fprintf(stderr, "%s: %s\n", argv[0], reason ? reason : strerror(errno));
        return 1;
    }
    return 0;
}
