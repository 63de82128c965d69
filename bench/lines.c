// Writes so many numbered lines of 20 to 100 bytes to standard output, in blocks of 64 KiB.
// lines COUNT
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 65536, NUMBER_BYTES = 10, MOST_BYTES = 100, LEAST_BYTES = 20 };

static void put(const char *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t written = write(STDOUT_FILENO, bytes + done, count - done);
        if (written < 0 && errno != EINTR) err(1, "write");
        if (written > 0) done += (size_t)written;
    }
}

int main(int argc, char **argv) {
    long count = argc == 2 ? atol(argv[1]) : 0;
    if (count <= 0) errx(64, "usage: lines COUNT");
    static char block[BLOCK_BYTES + MOST_BYTES];
    char number[NUMBER_BYTES];
    memset(number, '0', sizeof number);
    size_t filled = 0;
    for (long line = 0; line < count; line++) {
        // The number, and as many letters as make the line's length: 20 to 100, in a fixed order.
        size_t length = LEAST_BYTES + (size_t)line * 37 % (MOST_BYTES - LEAST_BYTES + 1);
        memcpy(block + filled, number, sizeof number);
        memset(block + filled + sizeof number, 'x', length - sizeof number - 1);
        filled += length;
        block[filled - 1] = '\n';
        if (filled >= BLOCK_BYTES) {
            put(block, BLOCK_BYTES);
            filled -= BLOCK_BYTES;
            memcpy(block, block + BLOCK_BYTES, filled);
        }
        for (int digit = NUMBER_BYTES - 1; ++number[digit] > '9'; digit--) number[digit] = '0';
    }
    put(block, filled);
}
