import Glibc
import Testing

/// Orders that are given by the control socket.
@Suite struct ControlOrderTests {
    @Test("the status is immortal's, at / and at /status, by a name or without one")
    func status() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep   600")
            _ = try box.startDirectory()
            let control = box.control("web")
            let pid = try control.pid()
            for url in ["http:/status", "http://immortal/status", "http://immortal/"] {
                let answer = try control.ask(url)
                #expect(answer.status == 200 && answer.headers["content-type"]?.hasPrefix("application/json") == true)
                #expect(
                    answer.body.wholeMatch(
                        of: /\{"pid":(\d+),"up":"\d+\.\ds","cmd":"sleep 600","fpid":false,"count":1\}\n/
                    )?.1 == "\(pid)", "\(answer.body)")
            }
        }
    }

    @Test("d, down end it and it stays down; u, up, start have it run again", arguments: ["u", "up", "start"])
    func downAndUp(_ up: String) throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            _ = try box.startDirectory()
            let control = box.control("web")
            let first = try control.pid()
            #expect(try control.order(up == "u" ? "d" : "down", by: "GET") == "")
            let down = try control.status("down") { $0.down != nil }
            #expect(down.up == nil && down.count == 1 && down.pid == first)
            #expect(!ProcessTable.isAlive(first))
            #expect(try control.order(up) == "")
            let again = try control.status("up") { $0.up != nil }
            #expect(again.pid != first && again.count == 2 && again.down == nil)
            #expect(try control.order(up) == "", "it runs: there is nothing to do")
            #expect(try control.pid() == again.pid)
            Glibc.kill(again.pid, SIGKILL)
            try control.status("started again, as ever") { $0.up != nil && $0.count == 3 }
        }
    }

    @Test("o, once: what runs goes on, and is not started again", arguments: ["o", "once"])
    func once(_ name: String) throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            _ = try box.startDirectory()
            let control = box.control("web")
            let first = try control.pid()
            #expect(try control.order(name) == "")
            #expect(try control.pid() == first)
            Glibc.kill(first, SIGKILL)
            #expect(try control.status("down") { $0.down != nil }.count == 1)
            // Of a service that is down: it is started, once.
            #expect(try control.order(name) == "")
            let second = try control.status("up") { $0.up != nil }
            Glibc.kill(second.pid, SIGKILL)
            #expect(try control.status("down") { $0.down != nil }.count == 2)
        }
    }

    @Test("restart ends it and starts it, and starts one that is down")
    func restart() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            _ = try box.startDirectory()
            let control = box.control("web")
            let first = try control.pid()
            #expect(try control.order("restart") == "")
            let second = try control.status("another process") { $0.up != nil && $0.pid != first }
            #expect(second.count == 2 && !ProcessTable.isAlive(first))
            try control.order("d")
            try control.status("down") { $0.down != nil }
            #expect(try control.order("restart") == "")
            #expect(try control.status("up") { $0.up != nil }.count == 3)
        }
    }

    @Test("halt ends the command and Kapo, which answers first and leaves no directory behind")
    func halt() throws {
        try Sandbox.run { box in
            let kapo = try box.startKapo(["immortal", "-n", "-ctl", "web", "sleep", "600"])
            let control = box.control("web")
            let pid = try control.pid()
            #expect(try control.order("halt", by: "GET") == "")
            try kapo.wait()
            #expect(!ProcessTable.isAlive(pid))
            #expect(!Files.exists(box.path("run/web")))
        }
    }

    @Test("halt of a service that is down is answered as well")
    func haltWhileDown() throws {
        try Sandbox.run { box in
            let kapo = try box.startKapo(["immortal", "-n", "-ctl", "web", "sleep", "600"])
            let control = box.control("web")
            _ = try control.pid()
            try control.order("d")
            try control.status("down") { $0.down != nil }
            #expect(try control.order("halt") == "")
            try kapo.wait()
            #expect(!Files.exists(box.path("run/web")))
        }
    }

    @Test("halt in a directory starts the service anew after a second: its file is there")
    func haltInDirectory() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            try box.writeService("other", "cmd: sleep 601")
            _ = try box.startDirectory()
            let control = box.control("web")
            let (first, other) = (try control.pid(), try box.control("other").pid())
            let ordered = ContinuousClock.now
            #expect(try control.order("halt") == "")
            let second = try control.status("anew") { $0.up != nil && $0.pid != first }
            #expect(ContinuousClock.now - ordered >= .seconds(1))
            #expect(second.count == 1, "it is a new supervisor")
            #expect(try box.control("other").pid() == other)
        }
    }

    @Test("x, exit end Kapo alone, for a command line; the command runs on", arguments: ["x", "exit"])
    func exit(_ name: String) throws {
        try Sandbox.run { box in
            let kapo = try box.startKapo(["immortal", "-n", "-ctl", "web", "sleep", "600"])
            let control = box.control("web")
            let pid = try control.pid()
            #expect(try control.order(name) == "")
            #expect(try kapo.wait() == .code(0))
            #expect(ProcessTable.isAlive(pid))
            // The next one finds it.
            let next = try box.startKapo(["immortal", "-n", "-ctl", "web", "sleep", "600"])
            #expect(try control.pid() == pid, "\(next.errors)")
            #expect(box.processes("sleep 600").filter { !Programs.isKapo($0) } == [pid])
            #expect(try control.order("halt") == "")
            try next.wait()
            #expect(!ProcessTable.isAlive(pid))
        }
    }

    @Test("x of a file's service is refused, unless IMMORTAL_EXIT is set")
    func exitOfFile() throws {
        try Sandbox.run { box in
            let file = try box.write("run.yml", "cmd: sleep 600")
            let control = box.control("web")
            let words = ["immortal", "-n", "-ctl", "web", "-c", file]
            let refusing = try box.startKapo(words)
            let pid = try control.pid()
            #expect(try control.order("x") == "set environment variable IMMORTAL_EXIT to exit")
            #expect(refusing.isRunning)
            #expect(try control.order("halt") == "")
            try refusing.wait()
            #expect(!ProcessTable.isAlive(pid))
            let obeying = try box.startKapo(words, environment: ["IMMORTAL_EXIT": "1"])
            let second = try control.pid()
            #expect(try control.order("x") == "")
            #expect(try obeying.wait() == .code(0))
            #expect(ProcessTable.isAlive(second))
            Glibc.kill(second, SIGKILL)
        }
    }

    @Test("x in a directory leaves the service alone until its file changes, which adopts it")
    func exitInDirectory() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600\nretries: 7")
            let kapo = try box.startDirectory(environment: ["IMMORTAL_EXIT": "1"])
            let control = box.control("web")
            let pid = try control.pid()
            #expect(try control.order("x") == "")
            try eventually("no socket") { !control.isThere }
            #expect(ProcessTable.isAlive(pid) && kapo.isRunning)
            try box.writeService("web", "cmd: sleep 600\nretries: 8")
            #expect(try control.pid() == pid)
            #expect(box.processes("sleep 600") == [pid])
        }
    }

    @Test("while it waits for its start, the status says when that comes, and d calls it off")
    func startingIn() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600\nwait: 3600")
            _ = try box.startDirectory()
            let control = box.control("web")
            let waiting = try control.status("waiting") { $0.status != nil }
            #expect(waiting.status?.wholeMatch(of: /Starting in 3(600|599)\.\d seconds/) != nil, "\(waiting)")
            #expect(waiting.up == nil && waiting.down == nil && waiting.pid == 0 && waiting.count == 0)
            #expect(try control.order("d") == "")
            try control.status("down") { $0.status == nil && $0.down != nil }
        }
    }
}
