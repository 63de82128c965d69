import Glibc
import Testing

/// What hooks and probes take, and what they leave.
@Suite struct SideCommandTests {
    @Test("hooks and probes read nothing: the input is the command's")
    func input() throws {
        try Sandbox.run { box in
            let script = #"""
                printf 'one\ntwo\n' | "$KAPO" -i 127.0.0.1 -p 0 run --pre-start 'read x; echo "hook: $x"' \
                    --ready 'exec:read x; echo "probe: $x" >&2' --post-exit 'read x; echo "end: $x"' \
                    sh -c 'sleep 0.3; read a; read b; echo "command: $a $b"'
                """#
            let outcome = try box.finish(["sh", "-c", script], environment: ["KAPO": Programs.kapo])
            #expect(outcome.output == "hook: \ncommand: one two\nend: \n")
            #expect(outcome.errors.contains("probe: \n"))
        }
    }

    @Test("what a hook leaves in its process group is ended with it", arguments: ["--pre-start", "--post-exit"])
    func leftovers(hook: String) throws {
        try Sandbox.run { box in
            // The hook's child has been started when the hook ends; the sandbox would find it at the end.
            let left = "sleep 600 & echo $! >\(box.path("left"))"
            let outcome = try box.finish(Sandbox.kapo(["run", hook, left, "true"]))
            #expect(outcome.ending == .code(0), "\(outcome.errors)")
            let pid = try #require(pid_t(Files.text(box.path("left")).dropLast()))
            try eventually("the end of what the hook left", that: { !ProcessTable.isAlive(pid) })
        }
    }

    @Test("a hook that is stopped is woken to hear the TERM")
    func stopped() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "--pre-start", "echo $$ >\(box.path("hook")); exec sleep 600", "true"])
            let pid = try eventually("the hook's pid") { pid_t(Files.text(box.path("hook")).dropLast()) }
            kill(pid, SIGSTOP)
            try ProcessTable.waitUntil(stopped: true, [pid])
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(!kapo.log.contains("takes too long"))
        }
    }
}
