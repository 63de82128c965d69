import Glibc
import Testing

/// Where an init is started.
enum Place: String, CaseIterable {
    /// As any process.
    case ordinary
    /// As process 1 of a PID namespace with a /proc of its own.
    case pidOne

    /// What a program is started with to be there. Nothing outlives the end of process 1, nor that of unshare(1).
    var words: [String] { self == .ordinary ? [] : Self.unshare + ["--mount-proc"] }

    /// Into a PID namespace that sees the /proc of the old one.
    static let unshare =
        ["unshare"] + (getuid() == 0 ? [] : ["--map-root-user"]) + ["--pid", "--fork", "--kill-child"]
}

extension Sandbox {
    /// Kapo as it is started at that place, on a port of 127.0.0.1 that the kernel chooses.
    static func kapo(_ words: [String], at place: Place = .ordinary) -> [String] {
        place.words + [Programs.kapo, "--interface", "127.0.0.1", "--port", "0"] + words
    }

    /// Starts Kapo at that place and waits until it listens. The pid is Kapo's own, seen from here.
    func kapo(_ words: [String], at place: Place) throws -> (kapo: Kapo, pid: pid_t) {
        let kapo = try kapo(start(Self.kapo(words, at: place)))
        return (kapo, try pid(of: kapo.process, at: place))
    }

    /// The pid, seen from here, of what was started at that place.
    func pid(of running: Running, at place: Place) throws -> pid_t {
        guard place == .pidOne else { return running.pid }
        return try eventually("a child of unshare") {
            ProcessTable.children(of: running.pid).first { !ProcessTable.commandLine($0).hasPrefix("unshare ") }
        }
    }

    /// Starts Kapo with a Python script behind the prelude as its command.
    func kapo(_ mode: [String], python script: String) throws -> Kapo {
        try kapo(mode + ["python3", "-c", Leftovers.prelude + script, directory])
    }

    /// Lets go on what waits for it.
    func go() throws { try Files.write(path("go"), "".utf8) }
}

extension ProcessTable {
    /// The children of a process; those that have ended and are not reaped are among them.
    static func children(of parent: pid_t) -> [pid_t] {
        Files.names(in: "/proc").compactMap { pid_t($0) }.filter { stat($0).map { $0[1] == "\(parent)" } ?? false }
    }

    /// R, S, T, Z or another letter of proc(5); nil when there is no such process.
    static func state(_ pid: pid_t) -> Substring? { stat(pid)?.first }

    /// Waits until all of them are stopped as STOP does it, or until none is.
    static func waitUntil(stopped: Bool, _ pids: [pid_t]) throws {
        let what = "\(pids) \(stopped ? "" : "not ")stopped"
        try eventually(
            "\(what), but \(pids.map { state($0) ?? "gone" })",
            that: { pids.allSatisfy { (state($0) == "T") == stopped } })
    }
}

/// Programs that leave others behind.
enum Leftovers {
    /// A script of sh(1) that leaves 10,000 orphans, which end at once, and one more that lives in a session of its
    /// own; then it says `made` and stays.
    static let tenThousand = """
        (setsid sleep 600 &)
        i=0
        while [ $i -lt 100 ]; do
            (j=0; while [ $j -lt 100 ]; do : & j=$((j + 1)); done)
            i=$((i + 1))
        done
        echo made
        exec sleep 600
        """

    /// Expects that of the script's orphans the process `parent` has reaped all but the one that lives.
    static func expectReaped(_ running: Running, by parent: pid_t) throws -> [pid_t] {
        try running.waitForOutput(containing: "made")
        var children: [pid_t] = []
        try eventually(
            "all reaped, but \(children.count) children are left", within: .seconds(1),
            that: {
                children = ProcessTable.children(of: parent)
                return children.map(ProcessTable.commandLine) == ["sleep 600", "sleep 600"]
            })
        return children
    }

    /// What scripts of commands share. Their argument is the directory of the sandbox.
    static let prelude = #"""
        import os, signal, sys, time
        box = sys.argv[1]
        kapo = os.getppid()

        def note(text):
            os.write(1, text.encode() + b"\n")

        def orphan(body, session=False):
            """Runs the body in a process whose parent has ended; its pid, once the body has called what it is given."""
            reader, writer = os.pipe()
            parent = os.fork()
            if parent == 0:
                if os.fork() == 0:
                    if session:
                        os.setsid()
                    body(lambda: os.write(writer, b"%d" % os.getpid()))
                os._exit(0)
            os.waitpid(parent, 0)
            return int(os.read(reader, 20))

        def stubborn(ready):
            """Ignores TERM, and stays."""
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            ready()
            while True:
                signal.pause()

        def tidy(name):
            """After a TERM says so, waits for the test to let it go on, writes a file of that name, and ends."""
            def body(ready):
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
                ready()
                signal.sigwait([signal.SIGTERM])
                note(name + " heard")
                while not os.path.exists(box + "/go"):
                    time.sleep(0.01)
                open(box + "/" + name, "w").close()
                os._exit(0)
            return body

        def chain(*bodies):
            """The first body, with a child that is a chain of the others: each in a session of its own."""
            def body(ready):
                if len(bodies) > 1 and os.fork() == 0:
                    os.setsid()
                    chain(*bodies[1:])(ready)
                bodies[0](ready if len(bodies) == 1 else lambda: None)
            return body


        """#
}
