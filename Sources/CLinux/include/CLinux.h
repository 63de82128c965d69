// What Swift cannot call by itself: variadic functions, macros, and names that Glibc's module leaves out. No policy.
#ifndef KAPO_CLINUX_H
#define KAPO_CLINUX_H

#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/types.h>

// pidfd_open(2): a descriptor that becomes readable when the process ends, or -1 with errno.
int kapo_pidfd_open(pid_t pid);

// pipe2(2) with O_CLOEXEC: 0, or -1 with errno.
int kapo_pipe(int ends[2]);

// posix_spawn_file_actions_addclosefrom_np(3): the child closes `first` and all above it.
int kapo_spawn_closes_from(posix_spawn_file_actions_t *actions, int first);

// signalfd(2), non-blocking and close-on-exec: a descriptor, or -1 with errno; and one signal read from it, or 0.
int kapo_signalfd(const sigset_t *signals);
int kapo_signalfd_read(int descriptor);

// sigabbrev_np(3): "TERM" for 15, or NULL. The string is static.
const char *kapo_signal_name(int number);

// wait(2)'s macros.
int kapo_wait_exited(int status);
int kapo_wait_exit_code(int status);
int kapo_wait_signalled(int status);
int kapo_wait_signal(int status);

// argv as the process was started with it, NULL-terminated.
char **kapo_arguments(void);

// environ(7): NULL-terminated, as the process has it now.
char **kapo_environment(void);

// mallinfo2(3), in bytes: taken from the kernel, in use, free, and free at the top of the heap.
struct kapo_heap { uint64_t taken, used, free, top; };
struct kapo_heap kapo_heap(void);

// malloc_trim(3): gives free pages of the heap back to the kernel.
void kapo_heap_trim(void);

// Unmaps the pages of the program's own read-only segments. What is used again comes back from the page cache.
void kapo_unmap_program(void);

#endif
