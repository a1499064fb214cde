/* Counts words of standard input and prints the most frequent ones. A trie keeps the counts. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS 27 /* a … z and the apostrophe */
#define LONGEST 63

struct node {
    struct node *children[LETTERS];
    unsigned long count;
};

struct result {
    char word[LONGEST + 1];
    unsigned long count;
};

struct results {
    struct result *items;
    size_t length;
    size_t capacity;
};

static int letter_of(int c)
{
    if (c == '\'')
        return 26;
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    return -1;
}

static struct node *child_of(struct node *node, int letter)
{
    if (!node->children[letter])
        node->children[letter] = calloc(1, sizeof *node);
    return node->children[letter];
}

static bool count_words(FILE *in, struct node *root, unsigned long *total)
{
    struct node *current = root;
    size_t length = 0;
    for (;;) {
        int c = fgetc(in);
        int letter = c == EOF ? -1 : letter_of(tolower(c));
        if (letter >= 0) {
            if (length < LONGEST) {
                current = child_of(current, letter);
                if (!current)
                    return false;
            }
            length++;
            continue;
        }
        if (length > 0) {
            current->count++;
            *total += 1;
        }
        current = root;
        length = 0;
        if (c == EOF)
            return !ferror(in);
    }
}

static bool collect(const struct node *node, char *word, size_t depth, struct results *out)
{
    if (node->count > 0) {
        if (out->length == out->capacity) {
            size_t capacity = out->capacity ? 2 * out->capacity : 64;
            struct result *items = realloc(out->items, capacity * sizeof *items);
            if (!items)
                return false;
            out->items = items;
            out->capacity = capacity;
        }
        struct result *result = &out->items[out->length++];
        memcpy(result->word, word, depth);
        result->word[depth] = '\0';
        result->count = node->count;
    }
    for (int letter = 0; letter < LETTERS; letter++) {
        if (!node->children[letter])
            continue;
        word[depth] = letter == 26 ? '\'' : (char)('a' + letter);
        if (!collect(node->children[letter], word, depth + 1, out))
            return false;
    }
    return true;
}

static int by_count(const void *left, const void *right)
{
    const struct result *a = left;
    const struct result *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->word, b->word);
}

static void free_nodes(struct node *node)
{
    if (!node)
        return;
    for (int letter = 0; letter < LETTERS; letter++)
        free_nodes(node->children[letter]);
    free(node);
}

int main(int argc, char **argv)
{
    size_t shown = 10;
    if (argc > 1) {
        char *end;
        shown = strtoul(argv[1], &end, 10);
        if (*end != '\0' || shown == 0) {
            fprintf(stderr, "\"%s\" is no number of words\n", argv[1]);
            return 2;
        }
    }
    struct node *root = calloc(1, sizeof *root);
    struct results results = { NULL, 0, 0 };
    unsigned long total = 0;
    char word[LONGEST + 1];
    if (!root || !count_words(stdin, root, &total) || !collect(root, word, 0, &results)) {
        fprintf(stderr, "could not count: no memory, or the input broke off\n");
        return 1;
    }
    if (results.length > 0)
        qsort(results.items, results.length, sizeof *results.items, by_count);
    for (size_t k = 0; k < results.length && k < shown; k++) {
        double share = 100.0 * (double)results.items[k].count / (double)total;
        printf("%8lu %5.2f%%  %s\n", results.items[k].count, share, results.items[k].word);
    }
    printf("%lu words, %zu different\n", total, results.length);
    free(results.items);
    free_nodes(root);
    return 0;
}
