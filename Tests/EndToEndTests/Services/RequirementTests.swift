import Glibc
import Testing

/// `kapo dir`: services that require others, and in which order they start and stop.
@Suite struct RequirementTests {
    /// A service that writes a line when it starts and one when it ends.
    private func service(_ box: Sandbox, _ name: String, _ more: String = "") throws {
        let log = box.path("log")
        let script = """
            trap "echo \(name) ends >>\(log); exit" TERM; echo \(name) starts >>\(log); while :; do sleep 0.02; done
            """
        try box.writeService(name, "cmd: [sh, -c, '\(script)']\n\(more)")
    }

    private func lines(_ box: Sandbox) -> [String] {
        Files.text(box.path("log")).split(separator: "\n").map(String.init)
    }

    @Test("a service waits for what it requires to be ready, and starts when it is")
    func waits() throws {
        try Sandbox.run { box in
            try service(box, "a", "require: [b]")
            try service(box, "b", "kapo: {ready: 'exec:test -f \(box.path("ready"))'}")
            try service(box, "c", "require: [a, late]")
            _ = try box.startDirectory()
            try box.control("b").status("running") { $0.up != nil }
            let waiting = try box.control("a").status("waiting") { $0.status == "Waiting for b" }
            #expect(waiting.up == nil && waiting.count == 0)
            #expect(
                try box.control("a").order("u") == "a is not started yet: it waits for b")
            try eventually("the start of b") { lines(box) == ["b starts"] }
            try box.write("ready", "")
            _ = try box.control("a").pid()
            #expect(lines(box) == ["b starts", "a starts"])
            #expect(try box.control("c").status().status == "Waiting for a, late")
            try service(box, "late")
            _ = try box.control("c").pid()
            try eventually("all to have started") { lines(box).count == 4 }
            #expect(Set(lines(box).dropFirst(2)) == ["late starts", "c starts"])
        }
    }

    @Test("what runs goes on when a service that it requires ends")
    func goesOn() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: sleep 600\nrequire: b")
            try box.writeService("b", "cmd: sleep 601")
            _ = try box.startDirectory()
            let pid = try box.control("a").pid()
            try box.control("b").order("d")
            try box.control("b").status("down") { $0.down != nil }
            #expect(try box.control("a").pid() == pid)
            // Once it has to start anew, it waits.
            try box.writeService("a", "cmd: sleep 602\nrequire: b")
            try box.control("a").status("waiting") { $0.status == "Waiting for b" }
            try box.control("b").order("u")
            try box.control("a").status("started") { $0.up != nil && $0.cmd == "sleep 602" }
        }
    }

    @Test("a cycle is named in the log, and the others run; mended, all run")
    func cycle() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: sleep 600\nrequire: b")
            try box.writeService("b", "cmd: sleep 600\nrequire: c")
            try box.writeService("c", "cmd: sleep 600\nrequire: a")
            try box.writeService("free", "cmd: sleep 601")
            let kapo = try box.startDirectory()
            try kapo.waitForErrors(containing: "a -> b -> c -> a")
            _ = try box.control("free").pid()
            #expect(try box.control("a").status().count == 0)
            try box.writeService("c", "cmd: sleep 600")
            for name in ["a", "b", "c"] { _ = try box.control(name).pid() }
            #expect(kapo.errors.components(of: " -> ") == 3, "said once: \(kapo.errors)")
        }
    }

    @Test("a file that goes while its service waits takes the service with it")
    func goesWhileWaiting() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: sleep 600\nrequire: never")
            let kapo = try box.startDirectory()
            try box.control("a").status("waiting") { $0.status == "Waiting for never" }
            try box.removeServiceAndWait("a")
            try box.writeService("b", "cmd: sleep 601\nrequire: never")
            try box.control("b").status("waiting") { $0.status == "Waiting for never" }
            kapo.signal(SIGTERM)
            #expect(try kapo.wait() == .code(0))
            #expect(Files.names(in: box.path("run")).isEmpty)
        }
    }

    @Test("TERM and INT stop all, each before what it requires; the exit code is 0", arguments: [SIGTERM, SIGINT])
    func stops(_ signal: Int32) throws {
        try Sandbox.run { box in
            try service(box, "a")
            try service(box, "b", "require: a")
            try service(box, "c", "require: b")
            let kapo = try box.startDirectory()
            try eventually("all three") { lines(box).count == 3 }
            for name in ["a", "b", "c"] { _ = try box.control(name).pid() }
            kapo.signal(signal)
            #expect(try kapo.wait() == .code(0))
            #expect(Set(lines(box).prefix(3)) == ["a starts", "b starts", "c starts"])
            #expect(lines(box).dropFirst(3) == ["c ends", "b ends", "a ends"])
            #expect(Files.names(in: box.path("run")).isEmpty)
        }
    }

    @Test("a second TERM kills those that do not end")
    func second() throws {
        try Sandbox.run { box in
            let stubborn = "cmd: [sh, -c, 'trap \"\" TERM; >\(box.path("on")); while :; do sleep 0.05; done']"
            try box.writeService("stubborn", stubborn)
            try box.writeService("fine", "cmd: sleep 600")
            let kapo = try box.startDirectory()
            try eventually("the stubborn one") { Files.exists(box.path("on")) }
            _ = (try box.control("fine").pid(), try box.control("stubborn").pid())
            kapo.signal(SIGTERM)
            try eventually("the end of the other one") { !box.control("fine").isThere }
            #expect(kapo.isRunning)
            kapo.signal(SIGTERM)
            #expect(try kapo.wait() == .code(0))
            #expect(kapo.errors.contains("killing sh"), "\(kapo.errors)")
        }
    }

    @Test("require_cmd holds a service up until it succeeds, and nothing else")
    func command() throws {
        try Sandbox.run { box in
            try box.writeService("a", "cmd: sleep 600\nrequire_cmd: test -f \(box.path("there"))")
            try box.writeService("b", "cmd: sleep 601")
            let kapo = try box.startDirectory()
            _ = try box.control("b").pid()
            let waiting = try box.control("a").status("waiting") { $0.status != nil }
            #expect(waiting.count == 0 && waiting.status?.hasPrefix("Starting in ") == true, "\(waiting)")
            try box.write("there", "")
            #expect(try box.control("a").order("u") == "")
            _ = try box.control("a").pid()
            #expect(kapo.errors.components(of: "is not started before what it requires is there") == 1)
        }
    }
}
