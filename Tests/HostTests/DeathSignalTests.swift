import Glibc
import Testing

@testable import Host

/// The parent that dies is the process of an exit test: it says which child it started on its standard output.
@Suite("What a command gets when its parent dies", .serialized)
struct DeathSignalTests {
    /// A process, told from another one that has its pid later.
    private struct Sleeper {
        var pid: Int32
        var startTicks: UInt64

        init?(_ output: [UInt8]?) {
            let lines = String(decoding: output ?? [], as: UTF8.self).split(separator: "\n")
            let words = lines.last { $0.hasPrefix("sleeper ") }?.split(separator: " ") ?? []
            guard words.count == 3, let pid = Int32(words[1]), let startTicks = UInt64(words[2]) else { return nil }
            self.pid = pid
            self.startTicks = startTicks
        }

        var isAlive: Bool { processStat(pid).map { $0.startTicks == startTicks && !$0.isDead } ?? false }
    }

    /// Starts a sleeper and tells of it, in the process of an exit test.
    private static func start(deathSignal: Int32?) throws {
        let pid = try Start.sleeper(deathSignal: deathSignal)
        guard let stat = processStat(pid), stat.parent == getpid() else { exit(90) }
        let text = Array("\nsleeper \(pid) \(stat.startTicks)\n".utf8)
        // The kernel reads the array during the call.
        guard unsafe write(STDOUT_FILENO, text, text.count) == text.count else { exit(91) }
        // It lives as long as its parent does.
        usleep(100_000)
        guard let now = processStat(pid), now.startTicks == stat.startTicks, !now.isDead else { exit(92) }
    }

    @Test("KILL ends it when its parent has ended by itself")
    func exited() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try Self.start(deathSignal: SIGKILL)
            exit(0)
        }
        let sleeper = try #require(Sleeper(result?.standardOutputContent))
        #expect(holdsInTime { !sleeper.isAlive })
    }

    @Test("KILL ends it when its parent was killed")
    func killed() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try Self.start(deathSignal: SIGKILL)
            kill(getpid(), SIGKILL)
        }
        let sleeper = try #require(Sleeper(result?.standardOutputContent))
        #expect(holdsInTime { !sleeper.isAlive })
    }

    @Test("without a death signal it goes on")
    func none() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try Self.start(deathSignal: nil)
            exit(0)
        }
        let sleeper = try #require(Sleeper(result?.standardOutputContent))
        usleep(300_000)
        #expect(sleeper.isAlive)
        if sleeper.isAlive { kill(sleeper.pid, SIGKILL) }
    }
}
