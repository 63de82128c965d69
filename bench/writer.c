// Writes to standard output at a steady rate until it is killed. When the reader is late, it catches up.
// writer MEGABYTES_PER_SECOND
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK_BYTES = 65536 };

int main(int argc, char **argv) {
    double rate = argc == 2 ? atof(argv[1]) : 0;
    if (rate <= 0) errx(64, "usage: writer MEGABYTES_PER_SECOND");
    uint64_t step = CHUNK_BYTES * 1e3 / rate;
    static char chunk[CHUNK_BYTES];
    memset(chunk, 'x', CHUNK_BYTES);
    for (size_t i = 79; i < CHUNK_BYTES; i += 80) chunk[i] = '\n';
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (uint64_t due = start.tv_sec * 1000000000ull + start.tv_nsec;; due += step) {
        struct timespec when = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
        for (size_t done = 0; done < CHUNK_BYTES;) {
            ssize_t count = write(STDOUT_FILENO, chunk + done, CHUNK_BYTES - done);
            if (count < 0 && errno != EINTR) err(1, "write");
            if (count > 0) done += count;
        }
    }
}
