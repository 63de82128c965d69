import Glibc
import Testing

/// A service that cannot be had at first: it is there as soon as that can be.
@Suite struct ServicesAcceptanceTests {
    @Test("a second Kapo takes over what the first one leaves, and says once that it waits")
    func secondKapo() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            let first = try box.startDirectory()
            let pid = try box.control("web").pid()
            let second = try box.startDirectory()
            try eventually("its complaint") { second.errors.contains("belongs to a supervisor that runs") }
            // Two further attempts at least.
            usleep(2_300_000)
            first.signal(SIGKILL)
            try first.wait()
            try eventually("the second one has it: \(second.errors)") { second.errors.contains("runs already") }
            #expect(try box.control("web").pid() == pid)
            #expect(box.processes("sleep 600") == [pid])
            #expect(second.errors.components(of: "cannot be supervised") == 1, "\(second.errors)")
            second.signal(SIGTERM)
            #expect(try second.wait() == .code(0))
        }
    }

    @Test("without the directory of its log a service leaves nothing behind, and starts when there is one")
    func logDirectory() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600\nlog: {file: \(box.path("logs/web.log"))}")
            let kapo = try box.startDirectory()
            try eventually("its complaint") { kapo.errors.contains("web cannot be supervised") }
            try eventually("nothing of it") { !Files.exists(box.path("run/web")) }
            #expect(box.processes("sleep 600").isEmpty)
            #expect(unsafe mkdir(box.path("logs"), 0o755) == 0)
            let pid = try box.control("web").pid()
            #expect(box.processes("sleep 600") == [pid])
        }
    }

    @Test("a file with a mistake, and a service that cannot be had, keep all from being ready until they are mended")
    func notReady() throws {
        try Sandbox.run { box in
            try box.writeService("good", "cmd: sleep 600")
            try box.writeService("bad", "cmd: sleep 601\nlgo: {file: /dev/null}")
            try box.writeService("late", "cmd: sleep 602\nlog: {file: \(box.path("logs/late.log"))}")
            let kapo = try box.kapo(box.startKapo(["dir", box.services, "--port", "0"]))
            let said = try eventually("two are not ready") {
                let answer = try kapo.ask("/readyz")
                return answer.body.contains("bad") && answer.body.contains("late") ? answer : nil
            }
            #expect(said.status == 503 && said.body == "not ready: bad failed, late waiting", "\(said.body)")
            #expect(try kapo.ask("/readyz/good").status == 200)
            #expect(try kapo.ask("/readyz/bad").status == 503)
            #expect(try kapo.document().map(\.Status) == ["failed", "running", "waiting"])
            #expect(unsafe mkdir(box.path("logs"), 0o755) == 0)
            try box.writeService("bad", "cmd: sleep 601")
            try eventually("all are ready") { try kapo.ask("/readyz").status == 200 }
            #expect(try kapo.document().map(\.Status) == ["running", "running", "running"])
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("with a log that cannot be had, what an earlier Kapo left keeps its pipe and its record")
    func logDirectoryLater() throws {
        try Sandbox.run { box in
            #expect(unsafe mkdir(box.path("logs"), 0o755) == 0)
            let script = "while sleep 0.1; do echo line; done"
            try box.writeService("web", "cmd: [sh, -c, '\(script)']\nlog: {file: \(box.path("logs/web.log"))}")
            let first = try box.startDirectory()
            let pid = try box.control("web").pid()
            first.signal(SIGKILL)
            try first.wait()
            #expect(unsafe rename(box.path("logs"), box.path("other")) == 0)
            let second = try box.startDirectory()
            try eventually("its complaint") { second.errors.contains("web cannot be supervised") }
            #expect(ProcessTable.isAlive(pid))
            #expect(unsafe mkdir(box.path("logs"), 0o755) == 0)
            #expect(try box.control("web").pid() == pid)
            try eventually("its lines") { Files.text(box.path("logs/web.log")).contains("line\n") }
        }
    }

    @Test("a relative IMMORTAL_SDIR begins where Kapo was started, for services that come later too")
    func relativeHome() throws {
        try Sandbox.run { box in
            try box.writeService("one", "cmd: sleep 6001")
            let words = ["sh", "-c", "cd \(box.directory) && exec $KAPO dir services"]
            let relative = box.serviceEnvironment.merging(["IMMORTAL_SDIR": "run"]) { _, new in new }
            let kapo = try box.start(words, environment: relative)
            _ = try box.control("one").pid()
            try box.writeService("two", "cmd: sleep 6002")
            _ = try box.control("two").pid()
            kapo.signal(SIGTERM)
            #expect(try kapo.wait() == .code(0))
            #expect(!Files.exists(box.path("run/one")) && !Files.exists(box.path("run/two")))
        }
    }

    /// The PID namespace is another one than that of /proc, so that a record cannot be compared with a process.
    @Test("where nobody can tell whether the command runs, no second copy is started")
    func doubt() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            let script = """
                $KAPO dir $1 & first=$!
                until cat "$IMMORTAL_SDIR/web/running" 2>/dev/null; do sleep 0.1; done
                kill -9 $first; wait $first
                $KAPO dir $1
                """
            let words = Place.unshare + ["sh", "-c", script, "sh", box.services]
            let outer = try box.start(words, environment: box.serviceEnvironment)
            try eventually("its doubt") { outer.errors.contains("cannot tell whether it runs already") }
            let copies = box.processes("sleep 600")
            usleep(1_300_000)
            #expect(copies.count == 1 && box.processes("sleep 600") == copies)
            #expect(outer.errors.components(of: "cannot tell") == 1, "\(outer.errors)")
            for pid in copies { kill(pid, SIGKILL) }
            try eventually("another one: \(outer.errors)") {
                let now = box.processes("sleep 600")
                return now.count == 1 && now != copies
            }
        }
    }
}
