// What the clients have in common: a loopback address, a request, and whether an answer is whole.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ANSWER_BYTES = 65536 };
enum answer_state { ANSWER_PARTIAL, ANSWER_WHOLE, ANSWER_BAD };

static const char closing_request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

static inline uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static inline struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

// `bytes` must have room for a terminating zero behind `length`.
static inline enum answer_state answer_state(char *bytes, size_t length) {
    static const char good[] = "HTTP/1.1 200", header[] = "\r\ncontent-length:";
    bytes[length] = 0;
    size_t known = length < sizeof good - 1 ? length : sizeof good - 1;
    if (memcmp(bytes, good, known) != 0) return ANSWER_BAD;
    char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (end == NULL) return ANSWER_PARTIAL;
    char *announced = strcasestr(bytes, header);
    if (announced == NULL || announced > end) return ANSWER_BAD;
    size_t whole = end + 4 - bytes + strtoul(announced + sizeof header - 1, NULL, 10);
    return length < whole ? ANSWER_PARTIAL : length == whole ? ANSWER_WHOLE : ANSWER_BAD;
}
