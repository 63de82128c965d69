import Glibc
import Testing

/// A command that does not do as it is told.
@Suite struct InitStubbornTests {
    private let stubborn = "stubborn(lambda: note('ready'))"

    @Test("supervise kills a command that ignores TERM after --kill-after", arguments: Place.allCases)
    func supervise(place: Place) throws {
        try Sandbox.run { box in
            let words = [
                "supervise", "--kill-after", "0.5", "python3", "-c", Leftovers.prelude + stubborn, box.directory,
            ]
            let (kapo, pid) = try box.kapo(words, at: place)
            try kapo.process.waitForOutput(containing: "ready")
            let asked = ContinuousClock.now
            Glibc.kill(pid, SIGTERM)
            #expect(try kapo.process.wait() == .code(128 + SIGKILL))
            #expect(ContinuousClock.now - asked >= .milliseconds(500))
            #expect(kapo.log.contains("killing python3 and its process group"))
        }
    }

    @Test("run leaves it the time that it takes, and a second TERM kills", arguments: Place.allCases)
    func run(place: Place) throws {
        try Sandbox.run { box in
            let words = ["run", "--kill-after", "0.1", "python3", "-c", Leftovers.prelude + stubborn, box.directory]
            let (kapo, pid) = try box.kapo(words, at: place)
            try kapo.process.waitForOutput(containing: "ready")
            Glibc.kill(pid, SIGTERM)
            pause(.milliseconds(500))
            let entry = try kapo.entry()
            #expect(entry.PID != 0 && entry.Status == "stopping", "\(entry)")
            #expect(!kapo.log.contains("killing"))
            Glibc.kill(pid, SIGTERM)
            #expect(try kapo.process.wait() == .code(128 + SIGKILL))
        }
    }

    @Test("supervise kills a command that goes on stopping itself when it is told to end")
    func stopsItself() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["supervise", "--kill-after", "0.5"],
                python: """
                    def stop(number, _):
                        while True:
                            os.kill(os.getpid(), signal.SIGSTOP)
                    signal.signal(signal.SIGTERM, stop)
                    note("ready")
                    signal.pause()
                    """)
            try kapo.process.waitForOutput(containing: "ready")
            #expect(try kapo.stop() == .code(128 + SIGKILL))
        }
    }

    @Test("a command that leaves Kapo's group and session is signalled all the same, and reaped")
    func leaves() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run"],
                python: """
                    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
                    # Another process keeps the number of the group, so that its first member may leave it.
                    if os.fork() == 0:
                        os.setpgid(0, 0)
                        note("ready")
                        signal.sigwait([signal.SIGTERM])
                        os._exit(0)
                    signal.sigwait([signal.SIGTERM])
                    os._exit(9)
                    """)
            try kapo.process.waitForOutput(containing: "ready")
            #expect(try kapo.stop() == .code(9))
        }
    }
}
