// Asks many questions at once that take long, each on a connection of its own and with a query of its own, and measures
// how long each answer takes from its question on. Prints one line of JSON; times are in microseconds.
// hang PORT PATH COUNT PATIENCE_SECONDS
#include "http.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// Few connect at a time, so that no backlog is full. An answer is known by its first bytes, and whole at its end.
enum { CONNECTING = 64, EVENTS = 256, KNOWN = 12 };

struct question {
    int descriptor;
    uint64_t asked;
    size_t length;
    char bytes[KNOWN];
};

static struct question *questions;
static double *times;
static int poller, begun, connecting, answered, expected, broken;
static const char *path;
static struct sockaddr_in address;

static void watch(struct question *question, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = question};
    if (epoll_ctl(poller, operation, question->descriptor, &event) < 0) err(1, "epoll_ctl");
}

static void finish(struct question *question, bool good) {
    if (question->asked == 0) connecting--;
    if (good)
        times[answered++] = (now_ns() - question->asked) / 1e3;
    else
        broken++;
    if (good && memcmp(question->bytes, "HTTP/1.1 503", KNOWN) == 0) expected++;
    close(question->descriptor);
}

static void begin(struct question *question) {
    question->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (question->descriptor < 0) err(1, "socket");
    connecting++;
    if (connect(question->descriptor, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
        finish(question, false);
    else
        watch(question, EPOLL_CTL_ADD, EPOLLOUT);
}

static void ask(struct question *question) {
    char request[512];
    int number = question - questions;
    int length = snprintf(request, sizeof request,
        "GET %s?%d HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path, number);
    if (send(question->descriptor, request, length, MSG_NOSIGNAL) != length) {
        finish(question, false);
        return;
    }
    connecting--;
    question->asked = now_ns();
    watch(question, EPOLL_CTL_MOD, EPOLLIN);
}

static void receive(struct question *question) {
    char piece[4096];
    ssize_t count = recv(question->descriptor, piece, sizeof piece, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        finish(question, count == 0 && question->length == KNOWN);
        return;
    }
    size_t room = KNOWN - question->length;
    size_t kept = (size_t)count < room ? (size_t)count : room;
    memcpy(question->bytes + question->length, piece, kept);
    question->length += kept;
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv) {
    if (argc != 5) errx(64, "usage: hang PORT PATH COUNT PATIENCE_SECONDS");
    address = loopback(atoi(argv[1]));
    path = argv[2];
    int count = atoi(argv[3]);
    questions = calloc(count, sizeof *questions);
    times = calloc(count, sizeof *times);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (questions == NULL || times == NULL || poller < 0) err(1, "no memory or no descriptor");
    uint64_t give_up = now_ns() + atoi(argv[4]) * 1000000000ull;
    while (answered + broken < count && now_ns() < give_up) {
        while (begun < count && connecting < CONNECTING) begin(&questions[begun++]);
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, 100);
        for (int i = 0; i < ready; i++) {
            struct question *question = events[i].data.ptr;
            if (question->asked == 0)
                ask(question);
            else
                receive(question);
        }
    }
    qsort(times, answered, sizeof *times, by_size);
    printf("{\"questions\": %d, \"answered\": %d, \"unavailable\": %d, \"least_us\": %.1f, \"median_us\": %.1f, "
           "\"most_us\": %.1f}\n",
        count, answered, expected, answered ? times[0] : 0, answered ? times[answered / 2] : 0,
        answered ? times[answered - 1] : 0);
}
