#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int kapo_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int kapo_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

// PIDFD_SIGNAL_PROCESS_GROUP of linux/pidfd.h, which older headers lack.
enum { TO_PROCESS_GROUP = 1 << 2 };

int kapo_pidfd_send_signal_to_group(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, TO_PROCESS_GROUP);
}

pid_t kapo_fork(void) { return fork(); }

int kapo_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int kapo_contains(const void *bytes, size_t count, const void *sought, size_t length) {
    return memmem(bytes, count, sought, length) != NULL;
}

int kapo_memory_file(void) { return memfd_create("kapo", MFD_CLOEXEC); }

int kapo_set_pipe_size(int descriptor, int bytes) { return fcntl(descriptor, F_SETPIPE_SZ, bytes); }

ssize_t kapo_tee(int from, int to, size_t count) { return tee(from, to, count, SPLICE_F_NONBLOCK); }

ssize_t kapo_splice(int from, int to, size_t count) {
    return splice(from, NULL, to, NULL, count, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
}

const void *kapo_last_newline(const void *bytes, size_t count) { return memrchr(bytes, '\n', count); }

int64_t kapo_birth(int descriptor) {
    struct statx status;
    if (statx(descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &status) < 0) return INT64_MAX;
    if (!(status.stx_mask & STATX_BTIME)) return INT64_MAX;
    return status.stx_btime.tv_sec * INT64_C(1000000000) + status.stx_btime.tv_nsec;
}

int kapo_open_working_directory(void) { return open(".", O_PATH | O_DIRECTORY | O_CLOEXEC); }

int kapo_open_directory(const char *path) { return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC); }

int kapo_peer(int descriptor, struct kapo_peer *peer) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *peer = (struct kapo_peer){.process = credentials.pid, .user = credentials.uid, .group = credentials.gid};
    return 0;
}

int kapo_peer_groups(int descriptor, gid_t *groups, size_t room) {
    socklen_t length = (socklen_t)(room * sizeof *groups);
    // The C library of Debian 12 has this number; ERANGE comes with the length that would do.
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0 && errno != ERANGE) return -1;
    return (int)(length / sizeof *groups);
}

int kapo_open_directory_at(int parent, const char *name) {
    return openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int kapo_lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

int kapo_terminal_size(int descriptor, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int kapo_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int kapo_leave_terminal(void) { return ioctl(STDIN_FILENO, TIOCNOTTY); }

ssize_t kapo_receive_with_user(int descriptor, void *bytes, size_t count, uid_t *user) {
    // No room for descriptors: the kernel closes those that come along, as who sends `BARRIER=1` waits for.
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(struct ucred))]; } control;
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *user = (uid_t)-1;
    ssize_t received = recvmsg(descriptor, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (received < 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS)
        *user = ((struct ucred *)CMSG_DATA(header))->uid;
    return received;
}

int kapo_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int kapo_signalfd(const sigset_t *signals) { return signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC); }

int kapo_signalfd_read(int descriptor) {
    struct signalfd_siginfo info;
    return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

const char *kapo_signal_name(int number) { return sigabbrev_np(number); }

int kapo_wait_exited(int status) { return WIFEXITED(status); }
int kapo_wait_exit_code(int status) { return WEXITSTATUS(status); }
int kapo_wait_signalled(int status) { return WIFSIGNALED(status); }
int kapo_wait_signal(int status) { return WTERMSIG(status); }
int kapo_wait_stop_signal(int status) { return WSTOPSIG(status); }
int kapo_wait_continued(int status) { return WIFCONTINUED(status); }
int kapo_wait_option_continued(void) { return WCONTINUED; }

char **kapo_environment(void) { return environ; }

struct kapo_heap kapo_heap(void) {
    struct mallinfo2 info = mallinfo2();
    return (struct kapo_heap){
        .taken = info.arena + info.hblkhd,
        .used = info.uordblks + info.hblkhd,
        .free = info.fordblks,
        .top = info.keepcost,
    };
}

void kapo_heap_trim(void) { malloc_trim(0); }

// The program itself is the first object that dl_iterate_phdr(3) tells of, and the only one of interest.
static int unmap_read_only(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & -page;
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & -page;
        // MADV_DONTNEED loses what was written to a private mapping; to a read-only segment nothing was.
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 1;
}

void kapo_unmap_program(void) { dl_iterate_phdr(unmap_read_only, NULL); }
