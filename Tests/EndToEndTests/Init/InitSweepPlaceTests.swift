import Glibc
import Testing

/// The sweep, in each mode and place; and what is left without one.
@Suite struct InitSweepPlaceTests {
    /// A command that leaves everything that there is to be left: in its group and in sessions of their own, stubborn,
    /// meek, stopped, and orphans of orphans that end on TERM.
    private let everything = """
        def meek(ready):
            while True:
                signal.pause()
        orphan(stubborn)
        orphan(stubborn, session=True)
        orphan(tidy("inside"))
        orphan(tidy("outside"), session=True)
        orphan(chain(meek, meek, tidy("last")), session=True)
        os.kill(orphan(tidy("stopped inside")), signal.SIGSTOP)
        os.kill(orphan(tidy("stopped outside"), session=True), signal.SIGSTOP)
        os._exit(42)
        """

    @Test(
        "stubborn, meek and stopped leftovers, in the group and outside of it, and whom they leave, are ended",
        arguments: [["run"], ["supervise", "--wait", "3600"]], Place.allCases)
    func everything(mode: [String], place: Place) throws {
        try Sandbox.run { box in
            try box.go()
            let words = ["python3", "-c", Leftovers.prelude + everything, box.directory]
            let (kapo, pid) = try box.kapo(mode + ["--kill-after", "1.5"] + words, at: place)
            let log = try kapo.process.waitForErrors(containing: "killing what python3 left behind")
            #expect(log.contains("stopping what python3 left behind"))
            if mode[0] == "run" {
                #expect(try kapo.process.wait() == .code(42))
            } else {
                try kapo.process.waitForErrors(containing: "again in 3600 s")
                #expect(ProcessTable.children(of: pid) == [])
                Glibc.kill(pid, SIGTERM)
                #expect(try kapo.process.wait() == .code(42))
            }
            for name in ["inside", "outside", "last", "stopped inside", "stopped outside"] {
                #expect(Files.exists(box.path(name)), "\(name) had the time to clean up")
            }
            #expect(box.processes.isEmpty, "at once")
        }
    }

    /// A command that leaves a process in its group and one in a session of its own, and says who they are.
    private let two = """
        note("left %d %d" % (orphan(stubborn), orphan(stubborn, session=True)))
        os._exit(42)
        """

    /// The pids that each run has said.
    private func pids(_ kapo: Kapo) -> [pid_t] {
        kapo.process.output.split(separator: "\n").flatMap { $0.split(separator: " ").dropFirst() }
            .compactMap { pid_t($0) }
    }

    @Test(
        "with --no-sweep, or KAPO_SWEEP=0, run ends without them, and they stay",
        arguments: [(["--no-sweep"], nil), ([], "0"), (["--no-sweep"], "1")] as [([String], String?)])
    func noSweep(options: [String], variable: String?) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run"] + options + ["python3", "-c", Leftovers.prelude + two, box.directory],
                environment: ["KAPO_SWEEP": variable])
            #expect(try kapo.process.wait() == .code(42))
            #expect(!kapo.log.contains("left behind"))
            let left = pids(kapo)
            #expect(left.count == 2 && Set(box.processes) == Set(left))
            for pid in left { Glibc.kill(pid, SIGKILL) }
        }
    }

    @Test("with --no-sweep supervise starts the next run beside them, and reaps them when they end")
    func noSweepSupervised() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0.05", "--no-sweep"], python: two)
            try kapo.entry("three runs") { $0.Restarts >= 3 }
            try eventually("six others", that: { pids(kapo).count >= 6 })
            kapo.process.signal(SIGTERM)
            let ending = try kapo.process.wait()
            #expect([.code(42), .code(128 + SIGTERM)].contains(ending))
            let left = pids(kapo)
            #expect(Set(left).isSubset(of: box.processes), "none of them was ended")
            for pid in box.processes { Glibc.kill(pid, SIGKILL) }
        }
    }

    @Test("a command that forks away is swept with its end: a supervisor of daemons would not know them")
    func daemon() throws {
        try Sandbox.run { box in
            try box.go()
            let kapo = try box.kapo(["run"], python: "orphan(tidy('daemon'), session=True); os._exit(0)")
            #expect(try kapo.process.wait() == .code(0))
            #expect(Files.exists(box.path("daemon")) && box.processes.isEmpty)
        }
    }
}
