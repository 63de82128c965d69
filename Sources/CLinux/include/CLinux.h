// What Swift cannot call by itself: variadic functions, macros, and names that Glibc's module leaves out. No policy.
#ifndef KAPO_CLINUX_H
#define KAPO_CLINUX_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

// pidfd_open(2): a descriptor that becomes readable when the process ends, or -1 with errno.
int kapo_pidfd_open(pid_t pid);

// pidfd_send_signal(2): to the process, and to the process group that it leads (Linux 6.9, EINVAL before). 0, or -1
// with errno.
int kapo_pidfd_send_signal(int pidfd, int signal);
int kapo_pidfd_send_signal_to_group(int pidfd, int signal);

// fork(2), for a process of one thread.
pid_t kapo_fork(void);

// pipe2(2) with O_CLOEXEC: 0, or -1 with errno.
int kapo_pipe(int ends[2]);

/// memmem(3): 1 when the sought bytes are among the others, 0 when not.
int kapo_contains(const void *bytes, size_t count, const void *sought, size_t length);

/// memfd_create(2), close-on-exec. -1 and errno when it fails.
int kapo_memory_file(void);

// fcntl(2), F_SETPIPE_SZ: the bytes that a pipe holds from now on, or -1 with errno.
int kapo_set_pipe_size(int descriptor, int bytes);

// tee(2), without waiting: copies up to so many bytes from one pipe to another, and leaves them in the first. Returns
// the count, or -1 with errno.
ssize_t kapo_tee(int from, int to, size_t count);

// splice(2), without waiting: moves up to so many bytes out of a pipe. Returns the count, or -1 with errno.
ssize_t kapo_splice(int from, int to, size_t count);

// memrchr(3): the last newline of these bytes, or NULL.
const void *kapo_last_newline(const void *bytes, size_t count);

// statx(2): the wall time at which an open file was made, in nanoseconds; INT64_MAX where that is not known.
int64_t kapo_birth(int descriptor);

// What setrlimit(2) sets for a command: the number of a resource, and its limits; UINT64_MAX is none.
struct kapo_limit { int resource; uint64_t soft, hard; };

// The number of a resource by its name of setrlimit(2), in lower case and without RLIMIT_: `nofile`; -1 for no such.
int kapo_limit_number(const char *name);

// A command to start. Descriptors are -1 where there is nothing to do.
struct kapo_command {
    // Paths to try, one after the other, as execvp(3) does; and the words and the environment. NULL-terminated.
    char *const *files;
    char *const *arguments;
    char *const *environment;
    // What becomes standard input, output and error; all above is closed, but for `ready_number`.
    int input, output, error;
    // What becomes the descriptor `ready_number`, for the command to write a line to when it is ready.
    int ready, ready_number;
    // An open directory to start in.
    int directory;
    // An open directory that gets the file `running`, with the child's pid, its time on CLOCK_BOOTTIME in nanoseconds
    // and the text `record_system`, before any descriptor is closed.
    int record;
    const char *record_system;
    // A session of its own, or else a process group of its own; and the terminal whose foreground it gets.
    int has_session;
    int terminal;
    // What it gets when Kapo dies; 0 for nothing.
    int death_signal;
    // The signals that it starts with blocked and ignored; all others are neither.
    sigset_t mask, ignored;
    // Its limits, set in this order.
    const struct kapo_limit *limits;
    size_t limit_count;
    // Its nice value, -20 to 19, and its umask, if they are not to be Kapo's.
    int has_nice, nice;
    int has_umask;
    mode_t umask;
    // Who it runs as, for good, if that is not to be Kapo's user; all its groups are in the list.
    int has_account;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    size_t group_count;
    // The directory that it enters then; NULL for none. A relative one begins at `directory`.
    const char *path;
};

// Why a command could not be started: an errno, and the name of the call that gave it. The name is static.
struct kapo_start_failure { int code; const char *call; };

// Starts the command as vfork(2) does and returns its pid, or -1; nothing is left of the child then.
pid_t kapo_start(const struct kapo_command *command, struct kapo_start_failure *failure);

// open(2) of `.` with O_PATH, for which the directory need not be readable: a descriptor, or -1 with errno.
int kapo_open_working_directory(void);

// The same of the directory at `path`, which need not be readable.
int kapo_open_directory(const char *path);

// getsockopt(2), SO_PEERCRED: who has connected a unix socket, as it was then. 0, or -1 with errno.
struct kapo_peer { pid_t process; uid_t user; gid_t group; };
int kapo_peer(int descriptor, struct kapo_peer *peer);

// getsockopt(2), SO_PEERGROUPS: the supplementary groups of who has connected. Returns how many there are, which are
// only filled in if they are not more than `room`; or -1 with errno.
int kapo_peer_groups(int descriptor, gid_t *groups, size_t room);

// open(2) of the directory `name` below the open directory `parent` (or AT_FDCWD) with O_PATH and O_NOFOLLOW, for which
// it need not be readable: a descriptor, or -1 with errno.
int kapo_open_directory_at(int parent, const char *name);

// flock(2), LOCK_EX | LOCK_NB: 0, or -1 with errno, which is EWOULDBLOCK when somebody else holds the lock.
int kapo_lock(int descriptor);

// ioctl(2), TIOCGWINSZ: the size of a terminal in characters; 0, or -1 with errno.
int kapo_terminal_size(int descriptor, int *rows, int *columns);

// prctl(2), PR_SET_CHILD_SUBREAPER: orphans below this process become its children. 0, or -1 with errno.
int kapo_become_subreaper(void);

// prctl(2), PR_SET_PDEATHSIG: this process gets the signal when its parent ends. 0, or -1 with errno.
int kapo_die_with_parent(int signal);

// ioctl(2), TIOCNOTTY on standard input: gives up the controlling terminal. 0, or -1 with errno.
int kapo_leave_terminal(void);

// recvmsg(2) of one message from a socket with SO_PASSCRED, without waiting: its bytes, and the user that sent it, or
// -1 where that is not known. Returns the count, or -1 with errno.
ssize_t kapo_receive_with_user(int descriptor, void *bytes, size_t count, uid_t *user);

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
int kapo_wait_stop_signal(int status);
int kapo_wait_continued(int status);
int kapo_wait_option_continued(void);

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
