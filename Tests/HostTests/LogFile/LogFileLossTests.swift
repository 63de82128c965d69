import Chance
import Glibc
import Testing

@testable import Host

@Suite("A full disk loses whole lines, which are counted")
struct LogFileLossTests {
    /// Has no file of this process be longer than that.
    private static func limit(_ bytes: rlim_t) {
        var limits = rlimit()
        // The struct lives through the calls.
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits)
        limits.rlim_cur = bytes
        #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits) == 0)
    }

    /// Has the signal of that limit be pending instead of deadly, as it is for Kapo.
    private static func block() {
        var set = sigset_t()
        // The set lives through the calls.
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGXFSZ)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    private static var hasSignal: Bool {
        var set = sigset_t()
        // As above.
        unsafe sigpending(&set)
        return unsafe sigismember(&set, SIGXFSZ) == 1
    }

    @Test("a line that was cut off ends, the others are counted, and a line says how many")
    func limit() async {
        await #expect(processExitsWith: .success) {
            Self.block()
            let rig = try LogFileRig()
            try rig.open(opening: "<time> ")
            rig.write("first\n")
            Self.limit(10)
            rig.write("second\nthird\nfou")
            #expect(rig.text() == "first\nseco")
            #expect(rig.news == ["losing: File too large"])
            #expect(!Self.hasSignal)
            rig.write("rth\nfifth\n")
            // Tried again, in vain, and at most once a second.
            rig.now += LogFileRig.second
            rig.write("sixth\n")
            Self.limit(1000)
            rig.write("seventh\neigh")
            rig.now += LogFileRig.second
            rig.write("th\nninth\n")
            #expect(
                rig.text() == "first\nseco\n<time> kapo: 7 lines were lost: File too large\nninth\n")
            #expect(rig.news == ["losing: File too large", "regained after 7"])
        }
    }

    @Test("what was lost is said at the end, if there is room then")
    func end() async {
        await #expect(processExitsWith: .success) {
            Self.block()
            let rig = try LogFileRig()
            try rig.open()
            Self.limit(4)
            rig.write("whole")
            Self.limit(1000)
            rig.log?.finish(at: rig.now)
            #expect(rig.text() == "whol\nkapo: 1 line was lost: File too large\n")
        }
    }

    /// unshare(2), CLONE_NEWNS, which Glibc's module leaves out.
    private static func unshareMounts() -> Int32 {
        guard let symbol = unsafe dlsym(nil, "unshare") else { return -1 }
        // The C library's function takes one int and returns one.
        return unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)(0x20000)
    }

    /// Calls the body with a rig in whose directory `disk` is a disk of 64 KiB. Nobody else sees it: it is in a name
    /// space of mounts of this thread alone, and goes with the process.
    private static func withDisk(_ body: (LogFileRig) throws -> Void) throws {
        let rig = try LogFileRig()
        #expect(unsafe mkdir(rig.path("disk"), 0o755) == 0)
        try #require(unshareMounts() == 0)
        try #require(unsafe mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0)
        try #require(unsafe mount("none", rig.path("disk"), "tmpfs", 0, "size=64k") == 0)
        try body(rig)
        #expect(unsafe umount2(rig.path("disk"), Int32(MNT_DETACH)) == 0)
        #expect(unsafe rmdir(rig.path("disk")) == 0)
    }

    private static let line = "0123456789abcdef\n"

    @Test(
        "a disk of 64 KiB that fills up and empties again and again loses whole lines",
        .enabled(if: getuid() == 0, "this is for root"))
    func disk() async {
        await #expect(processExitsWith: .success) {
            try Self.withDisk { rig in
                try rig.open("disk/log")
                var random = SeededGenerator(seed: 7)
                var (written, kept, lost) = (0, 0, 0)
                for turn in 0..<40 {
                    if turn % 10 == 4 { try? rig.make("disk/filler", String(repeating: "f", count: 40_000)) }
                    if turn % 10 == 8 { rig.remove("disk/filler") }
                    if turn % 10 == 8 { (kept, lost) = try Self.count(rig, kept, lost) }
                    let count = Int.random(in: 1...400, using: &random)
                    written += count
                    rig.write(String(repeating: Self.line, count: count))
                    rig.now += LogFileRig.second
                }
                rig.log?.finish(at: rig.now)
                (kept, lost) = try Self.count(rig, kept, lost)
                #expect(kept + lost == written && lost > 500 && kept > 5000)
                let begun = rig.news.count { $0 == "losing: No space left on device" }
                let ended = rig.news.count { $0.hasPrefix("regained") }
                #expect(begun > 2 && begun == ended && begun + ended == rig.news.count)
            }
        }
    }

    /// Adds the whole lines of the log, and those that it says are lost; and makes it empty.
    private static func count(_ rig: LogFileRig, _ kept: Int, _ lost: Int) throws -> (kept: Int, lost: Int) {
        var (kept, lost) = (kept, lost)
        for text in try #require(rig.text("disk/log")).split(separator: "\n") {
            if text.hasPrefix("kapo: "), text.hasSuffix(" lost: No space left on device") {
                lost += try #require(Int(text.split(separator: " ")[1]))
            } else {
                #expect(line.hasPrefix(text))
                if text.count == line.count - 1 { kept += 1 }
            }
        }
        #expect(unsafe truncate(rig.path("disk/log"), 0) == 0)
        return (kept, lost)
    }

    @Test("a log that is removed to make room makes room", .enabled(if: getuid() == 0, "this is for root"))
    func removed() async {
        await #expect(processExitsWith: .success) {
            try Self.withDisk { rig in
                try rig.open("disk/log")
                rig.write(String(repeating: Self.line, count: 5000))
                rig.remove("disk/log")
                rig.now += LogFileRig.second
                rig.write("after\n")
                let lines = try #require(rig.text("disk/log")).split(separator: "\n")
                #expect(lines.count == 2 && lines.last == "after")
                #expect(lines.first == "kapo: 1145 lines were lost: No space left on device")
            }
        }
    }
}
