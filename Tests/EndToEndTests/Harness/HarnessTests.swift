import Glibc
import Testing

/// The harness itself: what it is relied on to notice, it notices.
@Suite struct HarnessTests {
    @Test("a program that outlives its test is noticed and killed")
    func leftBehind() throws {
        var survivor: pid_t = 0
        try withKnownIssue {
            try Sandbox.run { box in
                _ = try box.shell("setsid sleep 600 >/dev/null 2>&1 & echo $!")
                survivor = try eventually("a process of the sandbox") { box.processes.first }
            }
        } matching: { issue in
            issue.description.contains("was left behind")
        }
        #expect(survivor > 0)
        try eventually("the end of \(survivor)", that: { !ProcessTable.isAlive(survivor) })
    }

    @Test("how a program ends, and what it writes, is told")
    func outcomes() throws {
        try Sandbox.run { box in
            let fine = try box.shell("echo out; echo err >&2; exit 3")
            #expect(fine.ending == .code(3))
            #expect(fine.output == "out\n")
            #expect(fine.errors == "err\n")
            #expect(try box.shell("kill -9 $$").ending == .signal(SIGKILL))
            #expect(throws: HarnessError.self) { try box.finish(["no-such-program-of-anybody"]) }
            #expect(throws: HarnessError.self) { try box.finish(["sleep", "600"], within: .milliseconds(50)) }
        }
    }

    @Test("times of the document are read to the nanosecond's neighbourhood")
    func times() {
        #expect(WallTime.seconds("1970-01-01T00:00:00Z") == 0)
        #expect(WallTime.seconds("2026-11-20T20:21:55.5Z") == 1_795_206_115.5)
        #expect(WallTime.seconds("2026-11-20T20:21:55.5") == nil)
        #expect(WallTime.seconds("yesterday") == nil)
    }
}
