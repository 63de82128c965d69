import Glibc
import Testing

/// What a command leaves behind ends with it.
@Suite struct InitSweepTests {
    @Test("when the command has ended, its group and adopted orphans get TERM and the time to clean up")
    func cleanUp() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run"],
                python: """
                    orphan(tidy("inside"))
                    orphan(tidy("outside"), session=True)
                    os._exit(42)
                    """)
            for name in ["inside", "outside"] { try kapo.process.waitForOutput(containing: "\(name) heard") }
            let entry = try kapo.entry()
            #expect(entry.PID == 0 && entry.Status == "stopped" && entry.ExitCode == 42, "\(entry)")
            #expect(try #require(WallTime.seconds(entry.EndTime)) >= #require(WallTime.seconds(entry.StartTime)))
            #expect(!Files.exists(box.path("inside")) && !Files.exists(box.path("outside")))
            try box.go()
            #expect(try kapo.process.wait() == .code(42))
            #expect(Files.exists(box.path("inside")) && Files.exists(box.path("outside")))
            #expect(box.processes.isEmpty, "at once")
            #expect(kapo.log.contains("stopping what python3 left behind"))
            #expect(!kapo.log.contains("killing"))
        }
    }

    /// A command that leaves two that ignore TERM, and that a signal ends.
    private let stubborn = """
        orphan(stubborn)
        orphan(stubborn, session=True)
        os.kill(os.getpid(), signal.SIGUSR1)
        """

    @Test("what ignores TERM gets KILL after --kill-after, and is gone when Kapo ends")
    func kill() throws {
        try Sandbox.run { box in
            let started = ContinuousClock.now
            let kapo = try box.kapo(["run", "--kill-after", "0.7"], python: stubborn)
            try kapo.process.waitForErrors(containing: "left behind")
            #expect(box.processes.count == 3, "Kapo and two others")
            #expect(try kapo.process.wait() == .code(128 + SIGUSR1))
            #expect(box.processes.isEmpty, "at once")
            #expect(ContinuousClock.now - started >= .milliseconds(700))
            #expect(kapo.log.contains("killing what python3 left behind"))
        }
    }

    @Test("without --kill-after it is ten seconds; under supervise the wait for the restart comes after them")
    func killByDefault() throws {
        try Sandbox.run { box in
            let started = ContinuousClock.now
            let run = try box.kapo(["run"], python: stubborn)
            let supervise = try box.kapo(["supervise", "--wait", "3600"], python: stubborn)
            for kapo in [run, supervise] {
                let entry = try kapo.entry("killed") { $0.Status != "running" }
                #expect(entry.PID == 0 && entry.Status == "killed" && entry.Signal == SIGUSR1, "\(entry)")
            }
            #expect(box.processes.count == 6, "two times Kapo and two others")
            #expect(try run.process.wait() == .code(128 + SIGUSR1))
            #expect(ContinuousClock.now - started >= .seconds(10))
            let log = try supervise.process.waitForErrors(containing: "again in 3600 s")
            #expect(ContinuousClock.now - started >= .seconds(10))
            #expect(log.contains("killing what python3 left behind"))
            #expect(box.processes == [supervise.pid])
            #expect(try supervise.stop() == .code(128 + SIGUSR1))
        }
    }

    @Test("whom a killed process leaves behind is killed as well, and so on")
    func killedChain() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run", "--kill-after", "0.3"],
                python: """
                    orphan(chain(stubborn, stubborn, stubborn, stubborn), session=True)
                    os._exit(42)
                    """)
            #expect(try kapo.process.wait() == .code(42))
            #expect(box.processes.isEmpty, "at once")
        }
    }

    @Test("whom a process leaves behind that ended on TERM gets TERM as well, and the time to clean up")
    func endedChain() throws {
        try Sandbox.run { box in
            try box.go()
            let kapo = try box.kapo(
                ["run", "--kill-after", "2"],
                python: """
                    def meek(ready):
                        while True:
                            signal.pause()
                    orphan(chain(meek, meek, tidy("last")), session=True)
                    os._exit(42)
                    """)
            #expect(try kapo.process.wait() == .code(42))
            #expect(Files.exists(box.path("last")), "\(kapo.log)")
            #expect(!kapo.log.contains("killing"))
        }
    }

    @Test("what a signal had stopped is woken by a CONT, and hears TERM")
    func stopped() throws {
        try Sandbox.run { box in
            try box.go()
            let kapo = try box.kapo(
                ["run", "--kill-after", "2"],
                python: """
                    os.kill(orphan(tidy("inside")), signal.SIGSTOP)
                    os.kill(orphan(tidy("outside"), session=True), signal.SIGSTOP)
                    os._exit(42)
                    """)
            #expect(try kapo.process.wait() == .code(42))
            #expect(Files.exists(box.path("inside")) && Files.exists(box.path("outside")), "\(kapo.log)")
            #expect(!kapo.log.contains("killing"))
        }
    }

    @Test("a second TERM kills at once what the command left behind", arguments: ["run", "supervise"])
    func secondTerm(mode: String) throws {
        try Sandbox.run { box in
            let script = """
                orphan(stubborn)
                orphan(stubborn, session=True)
                note("ready")
                signal.pause()
                """
            let kapo = try box.kapo([mode], python: script)
            try kapo.process.waitForOutput(containing: "ready")
            kapo.process.signal(SIGTERM)
            try kapo.process.waitForErrors(containing: "left behind")
            let asked = ContinuousClock.now
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(ContinuousClock.now - asked < .seconds(5), "not the ten of the grace period")
            #expect(kapo.log.contains("killing what python3 left behind"))
            #expect(box.processes.isEmpty, "at once")
        }
    }

    @Test(
        "a first TERM that comes during the sweep ends Kapo after it; a second kills", arguments: ["run", "supervise"])
    func termDuringTheSweep(mode: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([mode], python: "orphan(stubborn); os._exit(42)")
            try kapo.process.waitForErrors(containing: "left behind")
            let asked = ContinuousClock.now
            kapo.process.signal(SIGTERM)
            // An answer says that Kapo has taken the signal: two that wait are one.
            #expect(try kapo.entry().PID == 0)
            #expect(!kapo.log.contains("killing"))
            #expect(box.processes.count == 2, "Kapo and the other")
            #expect(try kapo.stop() == .code(42))
            #expect(ContinuousClock.now - asked < .seconds(5), "not the ten of the grace period")
            #expect(box.processes.isEmpty, "at once")
        }
    }

    @Test("supervise starts the next run only when the rest of the last one is gone")
    func restart() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["supervise", "--wait", "0"],
                python: """
                    try:
                        before = [int(pid) for pid in open(box + "/pids").read().split()]
                    except FileNotFoundError:
                        pids = [orphan(tidy("inside")), orphan(tidy("outside"), session=True)]
                        open(box + "/pids", "w").write("%d %d" % tuple(pids))
                        os._exit(42)
                    note("alone" if not any(os.path.exists("/proc/%d" % pid) for pid in before) else "not alone")
                    signal.pause()
                    """)
            for name in ["inside", "outside"] { try kapo.process.waitForOutput(containing: "\(name) heard") }
            pause(.milliseconds(200))
            let entry = try kapo.entry()
            #expect(entry.PID == 0 && entry.ExitCode == 42 && entry.Restarts == 0, "\(entry)")
            try box.go()
            try kapo.process.waitForOutput(containing: "alone")
            #expect(!kapo.process.output.contains("not alone"))
            #expect(try kapo.entry().Restarts == 1)
        }
    }
}
