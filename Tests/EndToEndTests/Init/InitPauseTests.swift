import Glibc
import Testing

/// The signals that stop a job of a terminal, and a command that is stopped.
@Suite struct InitPauseTests {
    /// A command with a child, neither of which does anything about signals.
    private let command = ["sh", "-c", "sleep 600 & echo ready; wait"]

    private func start(
        _ box: Sandbox, _ mode: [String], at place: Place = .ordinary
    ) throws -> (
        kapo: Kapo, pid: pid_t, group: [pid_t]
    ) {
        let (kapo, pid) = try box.kapo(mode + command, at: place)
        try kapo.process.waitForOutput(containing: "ready")
        let shell = try #require(ProcessTable.children(of: pid).first)
        return (kapo, pid, [shell] + ProcessTable.children(of: shell))
    }

    @Test(
        "TSTP, TTIN and TTOU stop the command's group and Kapo; CONT wakes all, and Kapo answers again",
        arguments: ["run", "supervise"])
    func stopAndGoOn(mode: String) throws {
        try Sandbox.run { box in
            let (kapo, pid, group) = try start(box, [mode])
            #expect(group.count == 2)
            for number in [SIGTSTP, SIGTTIN, SIGTTOU] {
                Glibc.kill(pid, number)
                try ProcessTable.waitUntil(stopped: true, [pid] + group)
                Glibc.kill(pid, SIGCONT)
                try ProcessTable.waitUntil(stopped: false, [pid] + group)
                let entry = try kapo.entry()
                #expect(entry.Status == "running" && entry.PID == group[0] && entry.Restarts == 0)
            }
            #expect(try kapo.stop() == .code(128 + SIGTERM))
        }
    }

    @Test("as process 1 Kapo cannot be stopped: the command's group is, and Kapo goes on answering")
    func pidOne() throws {
        try Sandbox.run { box in
            let (kapo, pid, group) = try start(box, ["run"], at: .pidOne)
            for number in [SIGTSTP, SIGTTIN, SIGTTOU] {
                Glibc.kill(pid, number)
                try ProcessTable.waitUntil(stopped: true, group)
                #expect(try kapo.entry().Status == "running")
                Glibc.kill(pid, SIGCONT)
                try ProcessTable.waitUntil(stopped: false, group)
            }
        }
    }

    @Test("a TERM to Kapo ends a command that STOP had stopped: CONT follows", arguments: ["run", "supervise"])
    func termOfStopped(mode: String) throws {
        try Sandbox.run { box in
            let (kapo, _, group) = try start(box, [mode])
            for pid in group { Glibc.kill(pid, SIGSTOP) }
            try ProcessTable.waitUntil(stopped: true, group)
            // An answer says that Kapo has heard of it.
            #expect(try kapo.entry().Status == "running")
            let asked = ContinuousClock.now
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(ContinuousClock.now - asked < .seconds(5))
        }
    }

    @Test("the time to live ends a command that STOP had stopped: CONT follows TERM")
    func timeToLive() throws {
        try Sandbox.run { box in
            let (kapo, _, group) = try start(box, ["run", "--ttl", "1"])
            for pid in group { Glibc.kill(pid, SIGSTOP) }
            #expect(try kapo.process.wait(within: .seconds(8)) == .code(128 + SIGTERM))
            #expect(!kapo.log.contains("killing"))
        }
    }

    /// Starts Kapo, holds it as a debugger does while STOP comes to its command and TERM to Kapo, and lets it go:
    /// what Kapo then reads first is the TERM.
    private let holding = #"""
        import ctypes, os, signal, subprocess, sys, time
        SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

        def trace(request):
            assert libc.ptrace(request, kapo, None, None) == 0, os.strerror(ctypes.get_errno())

        def state(pid):
            return open("/proc/%d/stat" % pid).read().rpartition(") ")[2][0]

        def wait_for(condition):
            end = time.monotonic() + 15
            while not condition():
                assert time.monotonic() < end
                time.sleep(0.005)

        def children(pid):
            return [int(child) for child in open("/proc/%d/task/%d/children" % (pid, pid)).read().split()]

        process = subprocess.Popen(sys.argv[1:])
        kapo = process.pid
        wait_for(lambda: children(kapo))
        command, = children(kapo)
        trace(SEIZE)
        trace(INTERRUPT)
        os.waitpid(kapo, WALL)
        os.kill(command, signal.SIGSTOP)
        wait_for(lambda: state(command) == "T")
        os.kill(kapo, signal.SIGTERM)
        trace(DETACH)
        try:
            sys.exit(process.wait(5))
        except subprocess.TimeoutExpired:
            print("the command is in state", state(command), "5 s later", file=sys.stderr)
            process.send_signal(signal.SIGCONT)
            sys.exit(1)
        """#

    @Test("a TERM that Kapo hears of before it hears that its command was stopped ends the command as well")
    func termBeforeStopped() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(["python3", "-c", holding] + Sandbox.kapo(["run", "sleep", "600"]))
            #expect(outcome.ending == .code(128 + SIGTERM), "\(outcome.errors)")
        }
    }
}
