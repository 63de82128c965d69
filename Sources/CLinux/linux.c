#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int kapo_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int kapo_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int kapo_open_working_directory(void) { return open(".", O_PATH | O_DIRECTORY | O_CLOEXEC); }

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
