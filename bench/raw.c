// The baseline: a plain epoll loop, as people write it by hand, that reads whole requests and sends a prepared answer.
// raw PORT KEEP_ALIVE_ANSWER_FILE CLOSING_ANSWER_FILE
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, EVENTS = 512, REQUEST_BYTES = 4096, ANSWER_BYTES = 65536 };

struct answer {
    size_t length;
    char bytes[ANSWER_BYTES];
};

struct connection {
    struct connection *next_spare;
    int descriptor;
    size_t length;
    char bytes[REQUEST_BYTES];
};

static struct answer keep_alive_answer, closing_answer;
static struct connection *spare;

static void load(struct answer *answer, const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) err(1, "%s", path);
    answer->length = fread(answer->bytes, 1, ANSWER_BYTES, file);
    if (answer->length == 0 || answer->length == ANSWER_BYTES) errx(1, "%s is empty or too long", path);
    fclose(file);
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0) err(1, "socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) err(1, "bind");
    if (listen(listener, BACKLOG) < 0) err(1, "listen");
    return listener;
}

// Closed connections are kept for the next ones; given back to the allocator they would cost page faults.
static struct connection *new_connection(void) {
    struct connection *connection = spare;
    if (connection != NULL)
        spare = connection->next_spare;
    else if ((connection = malloc(sizeof *connection)) == NULL)
        err(1, "malloc");
    return connection;
}

static void accept_all(int poller, int listener) {
    int descriptor;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = new_connection();
        connection->descriptor = descriptor;
        connection->length = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) < 0) err(1, "epoll_ctl");
    }
}

static bool asks_to_close(const char *request, const char *end) {
    static const char header[] = "Connection: close";
    const char *line = request;
    while ((line = memchr(line, '\n', end - line)) != NULL) {
        line++;
        if ((size_t)(end - line) >= sizeof header && strncasecmp(line, header, sizeof header - 1) == 0) return true;
    }
    return false;
}

// Answers each whole request in the buffer; false says that the connection is to be closed.
static bool answer_requests(struct connection *connection) {
    char *request = connection->bytes, *end;
    size_t left = connection->length;
    while ((end = memmem(request, left, "\r\n\r\n", 4)) != NULL) {
        end += 4;
        bool closing = asks_to_close(request, end);
        const struct answer *answer = closing ? &closing_answer : &keep_alive_answer;
        ssize_t sent = send(connection->descriptor, answer->bytes, answer->length, MSG_NOSIGNAL);
        if (closing || sent != (ssize_t)answer->length) return false;
        left -= end - request;
        request = end;
    }
    if (left > 0) memmove(connection->bytes, request, left);
    connection->length = left;
    return left < REQUEST_BYTES;
}

static void serve(struct connection *connection) {
    ssize_t count = recv(
        connection->descriptor, connection->bytes + connection->length, REQUEST_BYTES - connection->length, 0);
    if (count > 0) {
        connection->length += count;
        if (answer_requests(connection)) return;
    }
    close(connection->descriptor);
    connection->next_spare = spare;
    spare = connection;
}

int main(int argc, char **argv) {
    if (argc != 4) errx(64, "usage: raw PORT KEEP_ALIVE_ANSWER_FILE CLOSING_ANSWER_FILE");
    load(&keep_alive_answer, argv[2]);
    load(&closing_answer, argv[3]);
    int listener = listen_on(atoi(argv[1]));
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) err(1, "epoll_create1");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
    if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) err(1, "epoll_ctl");
    for (;;) {
        int count = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == NULL)
                accept_all(poller, listener);
            else
                serve(events[i].data.ptr);
        }
    }
}
