// The child side of a start: what posix_spawn(3) cannot say. The child shares the parent's memory until it executes the
// command, so it calls nothing that allocates, locks or changes what the parent will see. The parent waits for it: as
// long as chdir(2) and execve(2) take on the command's file system, Kapo does nothing else.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STACK_BYTES = 65536 };

struct start {
    const struct kapo_command *command;
    pid_t parent;
    // What the child writes before it gives up.
    struct kapo_start_failure *failure;
};

static void fail(struct start *start, const char *call) {
    start->failure->code = errno;
    start->failure->call = call;
    _exit(127);
}

// exec resets what is caught, not what is ignored: so each signal is ignored or not, as it was for Kapo at its start.
static void set_dispositions(const sigset_t *ignored) {
    for (int number = 1; number <= SIGRTMAX; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        struct sigaction action = {.sa_handler = sigismember(ignored, number) == 1 ? SIG_IGN : SIG_DFL};
        sigaction(number, &action, NULL);
    }
}

static void set_up_group(struct start *start) {
    const struct kapo_command *command = start->command;
    if (command->has_session) {
        if (setsid() < 0) fail(start, "setsid");
        // Fails when the terminal belongs to another session, that of a shell: then the command is without one.
        if (command->terminal >= 0) ioctl(command->terminal, TIOCSCTTY, 0);
    } else {
        if (setpgid(0, 0) < 0) fail(start, "setpgid");
        // All signals are blocked, so that the terminal does not stop a process that is not in its foreground yet.
        if (command->terminal >= 0 && tcsetpgrp(command->terminal, getpid()) < 0) fail(start, "tcsetpgrp");
    }
}

// Puts the number before `end`, and returns where it begins. printf(3) may allocate.
static char *put_number(char *end, uint64_t number) {
    do *--end = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return end;
}

// A new file, and no draft that takes its name: to replace a file by rename(2) costs milliseconds on ext4, which then
// writes it out. One that is not whole does not end in a newline. A child that fails leaves it to its parent.
static void write_record(struct start *start) {
    const struct kapo_command *command = start->command;
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    // Two numbers of at most 20 digits, each with a space behind it.
    char numbers[42];
    char *end = numbers + sizeof numbers;
    *--end = ' ';
    char *text = put_number(end, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
    *--text = ' ';
    text = put_number(text, (uint64_t)getpid());
    const struct iovec parts[] = {
        {.iov_base = text, .iov_len = (size_t)(numbers + sizeof numbers - text)},
        {.iov_base = (char *)command->record_system, .iov_len = strlen(command->record_system)},
        {.iov_base = "\n", .iov_len = 1},
    };
    // What is there is of a process that has ended.
    unlinkat(command->record, "running", 0);
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const int file = openat(command->record, "running", flags, 0644);
    if (file < 0) fail(start, "open the record");
    const ssize_t count = writev(file, parts, 3);
    if (count < 0) fail(start, "write the record");
    if ((size_t)count < parts[0].iov_len + parts[1].iov_len + parts[2].iov_len) {
        errno = ENOSPC;
        fail(start, "write the record");
    }
    close(file);
}

static void set_up_descriptors(struct start *start) {
    const struct kapo_command *command = start->command;
    if (command->directory >= 0 && fchdir(command->directory) < 0) fail(start, "fchdir");
    if (command->input >= 0 && dup2(command->input, STDIN_FILENO) < 0) fail(start, "dup2");
    if (command->output >= 0 && dup2(command->output, STDOUT_FILENO) < 0) fail(start, "dup2");
    if (command->error >= 0 && dup2(command->error, STDERR_FILENO) < 0) fail(start, "dup2");
    if (command->ready < 0) {
        closefrom(STDERR_FILENO + 1);
        return;
    }
    if (dup2(command->ready, command->ready_number) < 0) fail(start, "dup2");
    // dup2 does nothing at all when both are the same.
    if (command->ready == command->ready_number) fcntl(command->ready, F_SETFD, 0);
    for (int number = STDERR_FILENO + 1; number < command->ready_number; number++) close(number);
    closefrom(command->ready_number + 1);
}

// The names that people know, behind the call that fails.
static const char *const limit_calls[RLIM_NLIMITS] = {
    [RLIMIT_AS] = "setrlimit as",
    [RLIMIT_CORE] = "setrlimit core",
    [RLIMIT_CPU] = "setrlimit cpu",
    [RLIMIT_DATA] = "setrlimit data",
    [RLIMIT_FSIZE] = "setrlimit fsize",
    [RLIMIT_LOCKS] = "setrlimit locks",
    [RLIMIT_MEMLOCK] = "setrlimit memlock",
    [RLIMIT_MSGQUEUE] = "setrlimit msgqueue",
    [RLIMIT_NICE] = "setrlimit nice",
    [RLIMIT_NOFILE] = "setrlimit nofile",
    [RLIMIT_NPROC] = "setrlimit nproc",
    [RLIMIT_RSS] = "setrlimit rss",
    [RLIMIT_RTPRIO] = "setrlimit rtprio",
    [RLIMIT_RTTIME] = "setrlimit rttime",
    [RLIMIT_SIGPENDING] = "setrlimit sigpending",
    [RLIMIT_STACK] = "setrlimit stack",
};

int kapo_limit_number(const char *name) {
    for (int number = 0; number < RLIM_NLIMITS; number++) {
        if (limit_calls[number] != NULL && strcmp(limit_calls[number] + strlen("setrlimit "), name) == 0) return number;
    }
    return -1;
}

// What may need root, and so comes before the change of user.
static void set_up_resources(struct start *start) {
    const struct kapo_command *command = start->command;
    for (size_t index = 0; index < command->limit_count; index++) {
        const struct kapo_limit *limit = &command->limits[index];
        struct rlimit values = {.rlim_cur = limit->soft, .rlim_max = limit->hard};
        if (setrlimit(limit->resource, &values) < 0) fail(start, limit_calls[limit->resource]);
    }
    if (command->has_nice && setpriority(PRIO_PROCESS, 0, command->nice) < 0) fail(start, "setpriority");
    if (command->has_umask) umask(command->umask);
}

// By syscall(2): the C library would change the user of all threads that it knows of, and they are the parent's.
static void change_user(struct start *start) {
    const struct kapo_command *command = start->command;
    const uid_t user = command->user;
    const gid_t group = command->group;
    // Kapo's pipes become the user's, who may then open /dev/stdout and /dev/stderr. Without root it goes without.
    if (command->output >= 0) (void)!fchown(STDOUT_FILENO, user, -1);
    if (command->error >= 0) (void)!fchown(STDERR_FILENO, user, -1);
    if (syscall(SYS_setgroups, command->group_count, command->groups) < 0) fail(start, "setgroups");
    if (syscall(SYS_setresgid, group, group, group) < 0) fail(start, "setresgid");
    if (syscall(SYS_setresuid, user, user, user) < 0) fail(start, "setresuid");
    // For good. The way back would be open to capabilities that outlived the change, as securebits can have it.
    // root keeps the way to any group.
    const int undone = user != 0 && (syscall(SYS_setresuid, -1, 0, -1) == 0
                                     || (group != 0 && syscall(SYS_setresgid, -1, 0, -1) == 0));
    if (undone) {
        errno = EPERM;
        fail(start, "the change of user could be undone");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(start, "prctl PR_SET_NO_NEW_PRIVS");
}

static int run_child(void *context) {
    struct start *start = context;
    const struct kapo_command *command = start->command;
    set_dispositions(&command->ignored);
    set_up_group(start);
    // While the child still has all that Kapo has open, locks among it: who gets the lock finds the record.
    if (command->record >= 0) write_record(start);
    set_up_descriptors(start);
    set_up_resources(start);
    if (command->has_account) change_user(start);
    if (command->path != NULL && chdir(command->path) < 0) fail(start, "chdir");
    // The kernel forgets this signal when the user changes.
    if (command->death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, command->death_signal) < 0) fail(start, "prctl");
        // The parent may have gone before that, and will not go again.
        if (getppid() != start->parent) raise(command->death_signal);
    }
    sigprocmask(SIG_SETMASK, &command->mask, NULL);
    int code = ENOENT;
    for (char *const *file = command->files; *file != NULL; file++) {
        execve(*file, command->arguments, command->environment);
        // As execvp(3): what is not there is looked for further on, and what may not be executed is told of at the end.
        if (errno == EACCES) code = EACCES;
        else if (errno != ENOENT && errno != ENOTDIR && errno != ENODEV && errno != ESTALE && errno != ETIMEDOUT) {
            code = errno;
            break;
        } else if (command->files[1] == NULL) code = errno;
    }
    errno = code;
    fail(start, "execve");
    return 0;
}

pid_t kapo_start(const struct kapo_command *command, struct kapo_start_failure *failure) {
    struct start start = {.command = command, .parent = getpid(), .failure = failure};
    failure->code = 0;
    void *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) {
        *failure = (struct kapo_start_failure){.code = errno, .call = "mmap"};
        return -1;
    }
    // No signal may come to the child before its dispositions are set: it would run a handler in our memory.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    // A change of user makes the memory that both share undumpable, which takes Kapo's own /proc/self from it.
    const int dumpable = prctl(PR_GET_DUMPABLE);
    // The parent waits until the child has executed the command or has ended (CLONE_VFORK).
    pid_t pid = clone(run_child, (char *)stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
    if (pid < 0) *failure = (struct kapo_start_failure){.code = errno, .call = "clone"};
    if (dumpable == 1) prctl(PR_SET_DUMPABLE, 1);
    // A child that failed had the foreground already. TTOU is blocked here, and does not stop who takes it back.
    if (pid > 0 && failure->code != 0 && command->terminal >= 0 && tcgetpgrp(command->terminal) == pid)
        tcsetpgrp(command->terminal, getpgrp());
    sigprocmask(SIG_SETMASK, &before, NULL);
    munmap(stack, STACK_BYTES);
    if (pid > 0 && failure->code != 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
        if (command->record >= 0) unlinkat(command->record, "running", 0);
        return -1;
    }
    return pid;
}
