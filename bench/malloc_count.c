// Preloaded, counts the allocations of a program in the first eight bytes of the file that MALLOC_COUNT_FILE names.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Atomic uint64_t early_count;
static _Atomic uint64_t *count = &early_count;

static void add_one(void) { atomic_fetch_add_explicit(count, 1, memory_order_relaxed); }

// Children are not counted: the variable that preloads this library is taken away before the program starts any.
__attribute__((constructor)) static void open_count(void) {
    const char *path = getenv("MALLOC_COUNT_FILE");
    unsetenv("LD_PRELOAD");
    int descriptor = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *shared = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (shared != MAP_FAILED) count = shared;
}

void *malloc(size_t size) {
    add_one();
    return __libc_malloc(size);
}

void *calloc(size_t members, size_t size) {
    add_one();
    return __libc_calloc(members, size);
}

void *realloc(void *pointer, size_t size) {
    add_one();
    return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
    add_one();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **pointer, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *result = memalign(alignment, size);
    if (result == NULL) return ENOMEM;
    *pointer = result;
    return 0;
}
