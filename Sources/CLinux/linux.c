#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int kapo_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int kapo_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int kapo_spawn_closes_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

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
