import Glibc
import Testing

/// Every state in which a command can be, reached for real, and what is told of it at every place.
@Suite struct HealthStateTests {
    /// A way into a state that lasts.
    struct Situation: CustomTestStringConvertible, Sendable {
        let name: String
        let words: [String]
        /// What happens once Kapo listens.
        var then: @Sendable (Kapo) throws -> Void = { _ in }
        let why: String
        let isLive: Bool
        let part: String

        var testDescription: String { name }
    }

    /// Ends on its second TERM.
    private static let stubborn = ["sh", "-c", "trap 'n=x$n; [ $n = xx ] && exit' TERM; while :; do sleep 0.05; done"]

    private static let starting = [
        Situation(
            name: "not ready yet", words: ["run", "--ready", "fd:3", "sleep", "600"], why: "starting", isLive: true,
            part: "ready"),
        Situation(
            name: "not ready yet, supervised", words: ["supervise", "--ready", "notify", "sleep", "600"],
            why: "starting", isLive: true, part: "ready"),
        Situation(
            name: "a pre-start hook runs", words: ["run", "--pre-start", "exec sleep 600", "sleep", "600"],
            why: "starting", isLive: true, part: "ready"),
        Situation(
            name: "Kapo was told to end while a pre-start hook runs",
            words: [
                "supervise", "--pre-start", "trap 'n=x$n; [ $n = xx ] && exit 1' TERM; while :; do sleep 0.05; done",
                "x",
            ],
            then: { kapo in
                try eventually("the hook's loop", that: { ProcessTable.hasChild(of: kapo.pid, named: "sleep") })
                kapo.process.signal(SIGTERM)
            }, why: "stopping", isLive: false, part: "drain"),
    ]

    private static let ending = [
        Situation(
            name: "draining", words: ["run", "--drain", "600", "sleep", "600"], then: { $0.process.signal(SIGTERM) },
            why: "draining", isLive: true, part: "drain"),
        Situation(
            name: "draining, supervised", words: ["supervise", "--drain", "600", "sleep", "600"],
            then: { $0.process.signal(SIGTERM) }, why: "draining", isLive: true, part: "drain"),
        Situation(
            name: "stopping", words: ["run"] + stubborn,
            then: { kapo in
                try eventually("the loop", that: { ProcessTable.hasChild(of: try kapo.commandPid(), named: "sleep") })
                kapo.process.signal(SIGTERM)
            }, why: "stopping", isLive: true, part: "drain"),
        Situation(
            name: "its time is over", words: ["supervise", "--ttl", "1", "--kill-after", "600"] + stubborn,
            why: "stopping", isLive: true, part: "drain"),
        Situation(
            name: "it is not ready in time", words: ["run", "--ready", "fd:3", "--ready-timeout", "1"] + stubborn,
            why: "stopping", isLive: true, part: "drain"),
        Situation(
            name: "paused", words: ["run", "sleep", "600"], then: { kill(try $0.commandPid(), SIGSTOP) },
            why: "paused", isLive: true, part: "command"),
        Situation(
            name: "paused, supervised", words: ["supervise", "sleep", "600"],
            then: { kill(try $0.commandPid(), SIGSTOP) }, why: "paused", isLive: true, part: "command"),
    ]

    private static let ended = [
        Situation(
            name: "stopped, and about to come back", words: ["supervise", "--wait", "600", "true"], why: "stopped",
            isLive: true, part: "command"),
        Situation(
            name: "killed, and about to come back", words: ["supervise", "--wait", "600", "sleep", "600"],
            then: { kill(try $0.commandPid(), SIGKILL) }, why: "killed", isLive: true, part: "command"),
        Situation(
            name: "stopped for good", words: ["run", "--wait", "600", "true"], why: "stopped", isLive: false,
            part: "command"),
        Situation(
            name: "killed for good", words: ["run", "--wait", "600", "sleep", "600"],
            then: { kill(try $0.commandPid(), SIGKILL) }, why: "killed", isLive: false, part: "command"),
        Situation(
            name: "what it left behind is being stopped",
            words: ["run", "sh", "-c", "trap '' TERM; sleep 600 & exit 0"], why: "stopped", isLive: false,
            part: "command"),
        Situation(
            name: "what it left behind is being stopped before the next start",
            words: ["supervise", "sh", "-c", "trap '' TERM; sleep 600 & exit 0"], why: "stopped", isLive: true,
            part: "command"),
        Situation(
            name: "its post-exit hook runs", words: ["run", "--post-exit", "exec sleep 600", "true"], why: "stopped",
            isLive: false, part: "command"),
        Situation(
            name: "its post-exit hook runs before the next start",
            words: ["supervise", "--post-exit", "exec sleep 600", "true"], why: "stopped", isLive: true,
            part: "command"),
        Situation(
            name: "a start that failed is tried again",
            words: ["supervise", "--wait", "600", "--pre-start", "exit 1", "sleep", "600"], why: "waiting",
            isLive: true, part: "command"),
        Situation(
            name: "given up", words: ["supervise", "--restart", "never", "--on-failed", "hold", "sh", "-c", "exit 3"],
            why: "failed", isLive: false, part: "command"),
        Situation(
            name: "started too often",
            words: ["supervise", "--wait", "0", "--start-limit", "3/600", "--on-failed", "hold", "false"],
            why: "failed", isLive: false, part: "command"),
        Situation(
            name: "no such process", words: ["watch", "a-name-that-nobody-has"], why: "not running", isLive: false,
            part: "command"),
    ]

    @Test("each blocker has its situation here")
    func all() {
        let all = Self.starting + Self.ending + Self.ended
        #expect(
            Set(all.map { $0.why }) == [
                "starting", "draining", "stopping", "paused", "stopped", "killed", "waiting", "failed", "not running",
            ])
    }

    @Test("not ready, and everything says why", arguments: starting + ending + ended)
    func notReady(_ situation: Situation) throws {
        try Sandbox.run { box in
            let kapo = try box.kapoWithAgent(situation.words)
            try situation.then(kapo)
            try box.expectNotReady(kapo, situation.why, live: situation.isLive, part: situation.part)
            // Some of them would wait for long.
            kapo.process.signal(SIGTERM)
            for child in ProcessTable.children(of: kapo.pid) { kill(child, SIGKILL) }
        }
    }

    @Test("ready, and everything says so", arguments: ["run", "supervise"])
    func ready(_ mode: String) throws {
        try Sandbox.run { box in
            try box.expectReady(box.kapoWithAgent([mode, "sleep", "600"]))
        }
    }

    @Test("under watch ready means that such a process is there, or several")
    func watched() throws {
        try Sandbox.run { box in
            let name = "watched-\(box.identity.prefix(6))"
            let program = try box.writeExecutable(name, "#!/bin/sh\nwhile :; do sleep 0.05; done\n")
            let kapo = try box.kapoWithAgent(["watch", "--wait", "0.1", name])
            try box.expectNotReady(kapo, "not running", live: false, part: "command")
            let (first, second) = (try box.start([program]), try box.start([program]))
            try kapo.document("two") { $0.count == 2 }
            try box.expectReady(kapo)
            #expect(try kapo.get("/health").matches(of: /"componentId":"\d+"/).count == 2)
            first.signal(SIGKILL)
            try first.wait()
            try kapo.document("one") { $0.count == 1 && $0[0].PID == second.pid }
            try box.expectReady(kapo)
            second.signal(SIGKILL)
            try box.expectNotReady(kapo, "not running", live: false, part: "command")
        }
    }

    @Test("a command that becomes ready, is paused, goes on, fails and comes back is told as each in turn")
    func turns() throws {
        try Sandbox.run { box in
            let go = box.path("go")
            let script = "until [ -e \(go) ]; do sleep 0.02; done; echo >&3; exec sleep 600"
            let kapo = try box.kapoWithAgent(["supervise", "--wait", "0.1", "--ready", "fd:3", "sh", "-c", script])
            try box.expectNotReady(kapo, "starting", live: true, part: "ready")
            try Files.write(go, [])
            try box.expectReady(kapo)
            let pid = try kapo.commandPid()
            kill(pid, SIGSTOP)
            try box.expectNotReady(kapo, "paused", live: true, part: "command")
            kill(pid, SIGCONT)
            try box.expectReady(kapo)
            _ = try box.shell("rm \(go)")
            kill(pid, SIGKILL)
            try box.expectNotReady(kapo, "starting", live: true, part: "ready")
            try Files.write(go, [])
            try box.expectReady(kapo)
            #expect(try kapo.get("/health").contains(#""status":"warn""#), "it failed not long ago")
        }
    }
}

extension ProcessTable {
    /// True when a child of that process, or a child of a child, goes by that name.
    static func hasChild(of pid: pid_t, named name: String) -> Bool {
        children(of: pid).contains {
            Files.text("/proc/\($0)/comm") == "\(name)\n" || hasChild(of: $0, named: name)
        }
    }
}
