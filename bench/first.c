// Starts a command and prints how many microseconds pass from its exec to the first whole answer on a port.
// first CORE PORT COMMAND [ARGUMENT…]
#include "http.h"

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t give_up_ns = 10000000000;

// A process group of its own, so that what the command starts can be ended with it.
static void become(int core, char **command, uint64_t *started) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) < 0) err(126, "sched_setaffinity");
    int null = open("/dev/null", O_RDWR);
    for (int descriptor = 0; descriptor < 3; descriptor++) dup2(null, descriptor);
    if (null > 2) close(null);
    *started = now_ns();
    execvp(command[0], command);
    _exit(127);
}

static bool answered(const struct sockaddr_in *address) {
    static char bytes[ANSWER_BYTES + 1];
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) err(1, "socket");
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 5}, sizeof(struct timeval));
    enum answer_state state = ANSWER_PARTIAL;
    if (connect(descriptor, (const struct sockaddr *)address, sizeof *address) == 0 &&
        send(descriptor, closing_request, sizeof closing_request - 1, MSG_NOSIGNAL) > 0) {
        size_t length = 0;
        ssize_t count;
        while (state == ANSWER_PARTIAL && length < ANSWER_BYTES &&
               (count = recv(descriptor, bytes + length, ANSWER_BYTES - length, 0)) > 0) {
            length += count;
            state = answer_state(bytes, length);
        }
    }
    close(descriptor);
    return state == ANSWER_WHOLE;
}

static void end_group(pid_t child) {
    kill(-child, SIGTERM);
    for (int i = 0; i < 500; i++) {
        if (waitpid(child, NULL, WNOHANG) == child) return;
        usleep(10000);
    }
    kill(-child, SIGKILL);
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv) {
    if (argc < 4) errx(64, "usage: first CORE PORT COMMAND [ARGUMENT…]");
    uint64_t *started = mmap(NULL, sizeof *started, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (started == MAP_FAILED) err(1, "mmap");
    struct sockaddr_in address = loopback(atoi(argv[2]));
    uint64_t give_up = now_ns() + give_up_ns;
    pid_t child = fork();
    if (child < 0) err(1, "fork");
    if (child == 0) become(atoi(argv[1]), argv + 3, started);
    bool good = false;
    while (!(good = answered(&address)) && now_ns() < give_up && waitpid(child, NULL, WNOHANG) == 0) continue;
    uint64_t end = now_ns();
    end_group(child);
    if (!good) errx(1, "no answer");
    printf("%.1f\n", (end - *started) / 1e3);
}
