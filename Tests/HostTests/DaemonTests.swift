import Glibc
import Testing

@testable import Host

/// In processes of their own. What the daemon finds, it writes into a file, for the test to read.
@Suite("Becoming a daemon", .serialized)
struct DaemonTests {
    /// The file of the test process `pid`, which the process of an exit test knows as its parent.
    private static func place(_ pid: Int32) -> String { "/tmp/kapo-daemon-\(pid)" }

    private static func text() -> String {
        String(decoding: (try? File.read(Word(place(getpid())), limit: 10_000)) ?? [], as: UTF8.self)
    }

    private static func remove() {
        unsafe unlink(place(getpid()))
    }

    @Test("the first process ends with 0 once the daemon says that it has started, and not before")
    func started() async {
        defer { Self.remove() }
        await #expect(processExitsWith: .exitCode(0)) {
            let place = Self.place(getppid())
            let announcement = try Daemon.begin(Start.plain)
            // Late, so that a first process that does not wait is caught.
            usleep(200_000)
            try File.replace(Word(place), with: Array("before".utf8))
            announcement.started()
            _exit(7)
        }
        #expect(Self.text() == "before")
    }

    @Test("a daemon has a session without a terminal that it does not lead, no output, and the same directory")
    func surroundings() async {
        defer { Self.remove() }
        await #expect(processExitsWith: .exitCode(0)) {
            let place = Self.place(getppid())
            let first = getpid()
            let directory = File.link(Word("/proc/self/cwd"))
            let announcement = try Daemon.begin(Start.plain)
            let isNull = (0...2).map { File.link(Word("/proc/self/fd/\($0)")) == Array("/dev/null".utf8) }
            let facts = [
                getpid() != first, getsid(0) != getpid(), getsid(0) != getsid(first), getpgid(0) == getsid(0),
                isNull == [true, true, true], File.link(Word("/proc/self/cwd")) == directory,
            ]
            try File.replace(Word(place), with: Array("\(facts)".utf8))
            announcement.started()
            _exit(0)
        }
        #expect(Self.text() == "[true, true, true, true, true, true]")
    }

    @Test("a failure is a line of the first process, which ends with 1")
    func failed() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            try Daemon.begin(Start.plain).failed("kapo: the lock is taken")
            _exit(0)
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.hasSuffix("kapo: the lock is taken\n"), "\(said)")
    }

    @Test("a daemon that ends without a word has failed, whatever its exit code")
    func silent() async throws {
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            _ = try Daemon.begin(Start.plain)
            _exit(0)
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.hasSuffix("kapo: the daemon ended before it had started\n"), "\(said)")
    }

    @Test("a test has a parent that is not init")
    func parent() {
        #expect(!Daemon.parentIsInit)
    }
}
