// Asks at a constant rate and measures each answer from the time at which its check was due, so that a server that
// stands still is not asked less often for it. Prints one line of JSON; times are in microseconds.
// probe PORT CHECKS_PER_SECOND SECONDS keep-alive|new [PATH]
#include "http.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLOTS = 1024, EVENTS = 64 };
static const uint64_t second_ns = 1000000000, patience_ns = 5000000000;

// A connection. An idle one is on the `idle` stack, with `descriptor` -1 if it is not open.
struct slot {
    int descriptor;
    enum { IDLE, CONNECTING, ASKED } state;
    uint64_t due;
    size_t length;
    char bytes[ANSWER_BYTES + 1];
};

static struct slot slots[SLOTS], *idle[SLOTS];
static int idle_count, poller, opened;
static struct sockaddr_in address;
static bool keep_alive;
static char request[512];
static int request_length;
static uint64_t *latencies;
static long answered, failed;

static void watch(struct slot *slot, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = slot};
    if (epoll_ctl(poller, operation, slot->descriptor, &event) < 0) err(1, "epoll_ctl");
}

static void close_slot(struct slot *slot) {
    close(slot->descriptor);
    slot->descriptor = -1;
}

static void finish(struct slot *slot, bool good) {
    if (good)
        latencies[answered++] = now_ns() - slot->due;
    else
        failed++;
    if (!good || !keep_alive) close_slot(slot);
    slot->state = IDLE;
    idle[idle_count++] = slot;
}

static void ask(struct slot *slot) {
    slot->length = 0;
    slot->state = ASKED;
    if (send(slot->descriptor, request, request_length, MSG_NOSIGNAL) != request_length) finish(slot, false);
}

static void begin(struct slot *slot, uint64_t due) {
    slot->due = due;
    if (slot->descriptor >= 0) {
        ask(slot);
        return;
    }
    slot->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (slot->descriptor < 0) err(1, "socket");
    opened++;
    slot->state = CONNECTING;
    if (connect(slot->descriptor, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
        finish(slot, false);
    else
        watch(slot, EPOLL_CTL_ADD, EPOLLOUT);
}

static void receive(struct slot *slot) {
    ssize_t count = recv(slot->descriptor, slot->bytes + slot->length, ANSWER_BYTES - slot->length, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        finish(slot, false);
        return;
    }
    slot->length += count;
    enum answer_state state = answer_state(slot->bytes, slot->length);
    if (state != ANSWER_PARTIAL) finish(slot, state == ANSWER_WHOLE);
}

static void connected(struct slot *slot) {
    int problem = 0;
    getsockopt(slot->descriptor, SOL_SOCKET, SO_ERROR, &problem, &(socklen_t){sizeof problem});
    if (problem != 0) {
        finish(slot, false);
        return;
    }
    watch(slot, EPOLL_CTL_MOD, EPOLLIN);
    ask(slot);
}

static void advance(struct slot *slot) {
    switch (slot->state) {
    case IDLE: close_slot(slot); break;  // The server has ended the connection between two checks.
    case CONNECTING: connected(slot); break;
    case ASKED: receive(slot); break;
    }
}

static void wait_until(uint64_t when) {
    uint64_t now = now_ns(), left = when > now ? when - now : 0;
    struct timespec timeout = {.tv_sec = left / second_ns, .tv_nsec = left % second_ns};
    struct epoll_event events[EVENTS];
    int count = epoll_pwait2(poller, events, EVENTS, &timeout, NULL);
    for (int i = 0; i < count; i++) advance(events[i].data.ptr);
}

static int by_size(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static double percentile_us(double share) {
    return answered == 0 ? 0 : latencies[(long)(share * (answered - 1))] / 1e3;
}

int main(int argc, char **argv) {
    if (argc < 5 || argc > 6) errx(64, "usage: probe PORT CHECKS_PER_SECOND SECONDS keep-alive|new [PATH]");
    address = loopback(atoi(argv[1]));
    uint64_t step = second_ns / atoi(argv[2]);
    long checks = atol(argv[2]) * atol(argv[3]), begun = 0;
    keep_alive = strcmp(argv[4], "keep-alive") == 0;
    const char *end = keep_alive ? "" : "Connection: close\r\n";
    request_length = snprintf(
        request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", argc == 6 ? argv[5] : "/", end);
    if (request_length >= (int)sizeof request) errx(64, "the path is too long");
    latencies = calloc(checks, sizeof *latencies);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (latencies == NULL || poller < 0) err(1, "no memory or no descriptor");
    for (; idle_count < SLOTS; idle_count++) {
        slots[idle_count].descriptor = -1;
        idle[idle_count] = &slots[idle_count];
    }
    // The kernel may otherwise let timers be 50 µs late.
    prctl(PR_SET_TIMERSLACK, 1);
    uint64_t start = now_ns() + second_ns / 100, give_up = start + checks * step + patience_ns;
    while (answered + failed < checks && now_ns() < give_up) {
        for (; begun < checks && idle_count > 0 && start + begun * step <= now_ns(); begun++)
            begin(idle[--idle_count], start + begun * step);
        wait_until(begun < checks && idle_count > 0 ? start + begun * step : give_up);
    }
    qsort(latencies, answered, sizeof *latencies, by_size);
    printf("{\"checks\": %ld, \"answered\": %ld, \"errors\": %ld, \"connections\": %d, \"p50_us\": %.1f, "
           "\"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f}\n",
           checks, answered, checks - answered, opened, percentile_us(0.5), percentile_us(0.99), percentile_us(0.999),
           percentile_us(1));
}
