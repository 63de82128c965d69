import Glibc
import Testing

/// Kapo under strace(1), so that its system calls can be counted.
enum Tracer {
    /// Why no program can be traced here; nil when one can.
    static let obstacle: String? = findObstacle { box in
        let outcome = try box.finish(["strace", "-o", "/dev/null", "true"])
        return outcome.code == 0 ? nil : "strace: \(outcome.errors)"
    }

    /// Starts Kapo, traced from its first call on, and returns it with the path of the trace.
    static func start(_ words: [String], in box: Sandbox, replays: Bool) throws -> (kapo: Kapo, trace: String) {
        let trace = box.path("trace")
        let words = ["strace", "-o", trace, Programs.kapo, "-i", "127.0.0.1", "-p", "0"] + words
        return (try box.kapo(box.start(words, environment: ["KAPO_REPLAY": replays ? "1" : "0"])), trace)
    }
}

/// Kapo with a library before the C library's allocator that counts the calls of it.
enum AllocationCounter {
    /// Why allocations cannot be counted here; nil when they can.
    static let obstacle: String? = findObstacle { box in
        let library = try build(in: box)
        let count = try makeCount(in: box)
        let outcome = try box.finish([Programs.kapo, "--version"], environment: variables(library, count))
        guard outcome.code == 0 else { return outcome.errors }
        return read(count) > 0 ? nil : "no allocation of \(Programs.kapo) is seen; is it linked statically?"
    }

    /// Starts Kapo and returns it with the path of a file whose first eight bytes are the count, right now.
    static func start(_ words: [String], in box: Sandbox, replays: Bool) throws -> (kapo: Kapo, count: String) {
        let (library, count) = (try build(in: box), try makeCount(in: box))
        var variables = variables(library, count)
        variables["KAPO_REPLAY"] = replays ? "1" : "0"
        return (try box.kapo(words, environment: variables), count)
    }

    private static func variables(_ library: String, _ count: String) -> [String: String?] {
        ["LD_PRELOAD": library, "COUNT_FILE": count]
    }

    private static func makeCount(in box: Sandbox) throws -> String {
        let path = box.path("count")
        try Files.write(path, [UInt8](repeating: 0, count: 8))
        return path
    }

    private static func read(_ path: String) -> UInt64 {
        (Files.read(path) ?? []).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Swift brings a C compiler with it, so one is there as a rule.
    private static func build(in box: Sandbox) throws -> String {
        let (source, library) = (box.path("count.c"), box.path("count.so"))
        guard !Files.exists(library) else { return library }
        try Files.write(source, self.source.utf8)
        let directories = (Environment.clean["PATH"] ?? "").split(separator: ":")
        let compilers = ["cc", "gcc", "clang"].filter { name in
            directories.contains { Files.isExecutable("\($0)/\(name)") }
        }
        var errors = "no C compiler along \(directories)"
        for compiler in compilers {
            let outcome = try box.finish([compiler, "-O1", "-shared", "-fPIC", "-o", library, source])
            if outcome.code == 0 { return library }
            errors = "\(compiler): \(outcome.errors)"
        }
        throw HarnessError(errors)
    }

    /// Programs that Kapo starts do not count: the constructor takes the variable away.
    private static let source = """
        #include <fcntl.h>
        #include <stdatomic.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <sys/mman.h>

        void *__libc_malloc(size_t size);
        void *__libc_calloc(size_t count, size_t size);
        void *__libc_realloc(void *pointer, size_t size);
        void *__libc_memalign(size_t alignment, size_t size);

        static _Atomic uint64_t before;
        static _Atomic uint64_t *count = &before;

        __attribute__((constructor)) static void begin(void) {
            const char *path = getenv("COUNT_FILE");
            int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
            void *shared = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            if (shared == MAP_FAILED) abort();
            count = shared;
            unsetenv("LD_PRELOAD");
        }

        void *malloc(size_t size) { ++*count; return __libc_malloc(size); }
        void *calloc(size_t members, size_t size) { ++*count; return __libc_calloc(members, size); }
        void *realloc(void *old, size_t size) { ++*count; return __libc_realloc(old, size); }
        void *memalign(size_t alignment, size_t size) { ++*count; return __libc_memalign(alignment, size); }
        void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
        int posix_memalign(void **place, size_t alignment, size_t size) {
            return (*place = memalign(alignment, size)) ? 0 : 12;
        }

        """
}

/// What stands against a tool, in words for people; an error that is thrown does too.
func findObstacle(_ look: (Sandbox) throws -> String?) -> String? {
    var obstacle: String?
    do {
        try Sandbox.run { box in obstacle = try look(box) }
    } catch {
        obstacle = "\(error)"
    }
    return obstacle
}
