import Glibc
import Testing

/// `kapo dir`: what becomes of services when their files change.
@Suite struct DirectoryFileTests {
    @Test("a new file starts a service, however it comes, and one that goes stops it")
    func comeAndGo() throws {
        try Sandbox.run { box in
            _ = unsafe mkdir(box.services, 0o755)
            let kapo = try box.startDirectory()
            try box.writeService("renamed", "cmd: sleep 601")
            _ = try box.control("renamed").pid()
            let file = try box.write("copied", "cmd: sleep 602")
            _ = try box.finish(["cp", file, "\(box.services)/copied.yml"])
            _ = try box.control("copied").pid()
            _ = try box.shell("echo cmd: sleep 603 >\(box.services)/written.yml")
            let written = try box.control("written").pid()
            _ = unsafe symlink(file, "\(box.services)/linked.yml")
            _ = try box.control("linked").pid()
            _ = try box.shell(
                "cd \(box.services) && echo cmd: sleep 604 >.draft.yml && echo cmd: sleep 604 >other.yaml")

            let moved = box.path("moved")
            _ = unsafe rename("\(box.services)/written.yml", moved)
            try eventually("the end of the service") {
                !ProcessTable.isAlive(written) && !box.control("written").isThere
            }
            #expect(!Files.exists(box.path("run/written")))
            _ = unsafe rename(moved, "\(box.services)/again.yml")
            _ = try box.control("again").pid()
            #expect(box.processes("sleep 604").isEmpty, "such names are no services")
            #expect(kapo.isRunning)
        }
    }

    @Test("a changed file restarts its service alone; a touched one, and one with other words, restarts nothing")
    func changes() throws {
        try Sandbox.run { box in
            try box.writeService("one", "cmd: sleep 601")
            try box.writeService("two", "cmd: sleep 602")
            let kapo = try box.startDirectory()
            let (one, two) = (box.control("one"), box.control("two"))
            let (first, second) = (try one.pid(), try two.pid())
            _ = try box.finish(["touch", "\(box.services)/one.yml"])
            try box.writeService("one", "# The same.\ncmd: [sleep, '601']")
            try box.writeService("two", "cmd: sleep 603")
            let changed = try two.status("the new one") { $0.cmd == "sleep 603" && $0.up != nil }
            #expect(changed.pid != second && !ProcessTable.isAlive(second))
            #expect(try one.status().pid == first)
            #expect(kapo.errors.contains("two has changed: it is started anew"), "\(kapo.errors)")
            #expect(!kapo.errors.contains("one has changed"))
            // In place, as some editors write.
            try Files.write("\(box.services)/one.yml", "cmd: sleep 604\n".utf8)
            try one.status("the new one") { $0.cmd == "sleep 604" && $0.up != nil }
            #expect(try two.status().pid == changed.pid)
        }
    }

    @Test("environment, directory and user are the command's: a change to them restarts it")
    func surroundings() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600\nenv: {A: 1}")
            _ = try box.startDirectory()
            let control = box.control("web")
            let first = try control.pid()
            try box.writeService("web", "cmd: sleep 600\nenv: {A: 2}")
            let second = try control.status("restarted") { $0.up != nil && $0.pid != first }.pid
            try eventually("the variable") { Files.text("/proc/\(second)/environ").contains("A=2\0") }
            try box.writeService("web", "cmd: sleep 600\ncwd: \(box.directory)\nenv: {A: 2}")
            let third = try control.status("restarted") { $0.up != nil && $0.pid != second }.pid
            try eventually("the directory") { Files.target(ofLink: "/proc/\(third)/cwd") == box.directory }
        }
    }

    @Test("a change of policy alone is applied without a restart")
    func policy() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            let kapo = try box.startDirectory()
            let control = box.control("web")
            let first = try control.pid()
            try box.writeService("web", "cmd: sleep 600\nretries: 0")
            // What is asked for holds: it ends, and is not started again.
            try box.writeService("marker", "cmd: sleep 601")
            _ = try box.control("marker").pid()
            #expect(try control.pid() == first)
            kill(first, SIGKILL)
            try control.status("down") { $0.down != nil && $0.count == 1 }
            // And that it may be started again holds as well, from the next start on.
            try box.writeService("web", "cmd: sleep 600\nretries: -1")
            try box.removeServiceAndWait("marker")
            #expect(try control.order("u") == "")
            let second = try control.pid()
            kill(second, SIGKILL)
            try control.status("started again") { $0.up != nil && $0.pid != second }
            #expect(!kapo.errors.contains("has changed"), "\(kapo.errors)")
        }
    }

    @Test("a file that cannot be read leaves the service alone, and the log says where the mistake is")
    func mistakes() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            let kapo = try box.startDirectory()
            let control = box.control("web")
            let pid = try control.pid()
            try box.writeService("web", "cmd: sleep 600\nwait: soon")
            try kapo.waitForErrors(containing: "\(box.services)/web.yml:2:7: ")
            try box.writeService("new", "cdm: sleep 600")
            try kapo.waitForErrors(containing: "\(box.services)/new.yml:1:1: ")
            try box.writeService("web", "cmd: sleep 600\nkapo: {port: 80}")
            try kapo.waitForErrors(containing: "\(box.services)/web.yml:2:8: 'port' is not for one")
            #expect(try control.pid() == pid)
            try box.writeService("new", "cmd: sleep 601")
            _ = try box.control("new").pid()
            #expect(try control.pid() == pid)
        }
    }

    @Test("a service that was stopped stays so while its file stays; a change of the command starts it anew")
    func stopped() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            try box.writeService("other", "cmd: sleep 601")
            _ = try box.startDirectory()
            let control = box.control("web")
            let first = try control.pid()
            #expect(try box.finishKapo(["ctl", "stop", "web"]).ending == .code(0))
            try control.status("down") { $0.down != nil }
            _ = try box.finish(["touch", "\(box.services)/web.yml"])
            try box.writeService("other", "cmd: sleep 602")
            try box.control("other").status("the new one") { $0.cmd == "sleep 602" && $0.up != nil }
            #expect(try control.status().down != nil)
            try box.writeService("web", "cmd: sleep 603")
            let second = try control.status("anew") { $0.up != nil }
            #expect(second.pid != first && second.cmd == "sleep 603")
        }
    }

    @Test("the directory may be removed, and made again: its services end, and new ones start")
    func directoryComesAgain() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            let kapo = try box.startDirectory()
            let first = try box.control("web").pid()
            box.removeService("web")
            try eventually("the end of the service") { !ProcessTable.isAlive(first) }
            guard unsafe rmdir(box.services) == 0 else { throw HarnessError.system("rmdir") }
            try kapo.waitForErrors(containing: "\(box.services) cannot be read")
            try box.writeService("web", "cmd: sleep 601")
            try box.control("web").status("the new one") { $0.cmd == "sleep 601" && $0.up != nil }
            // That it cannot be read does not mean that it is empty.
            let pid = try box.control("web").pid()
            _ = unsafe rename(box.services, box.path("away"))
            try eventually("a look") { kapo.errors.components(of: "cannot be read") >= 2 }
            #expect(try box.control("web").pid() == pid)
            _ = unsafe rename(box.path("away"), box.services)
            try box.writeService("late", "cmd: sleep 602")
            _ = try box.control("late").pid()
            #expect(try box.control("web").pid() == pid)
        }
    }

    @Test("changes of other files without end do not keep a new service waiting")
    func otherChanges() throws {
        try Sandbox.run { box in
            try box.writeService("first", "cmd: sleep 601")
            _ = try box.startDirectory()
            _ = try box.control("first").pid()
            let noise = try (1...4).map {
                try box.start(["sh", "-c", "while :; do echo >\(box.services)/noise\($0); done"])
            }
            try eventually("noise") { Files.names(in: box.services).filter { $0.hasPrefix("noise") }.count == 4 }
            try box.writeService("web", "cmd: sleep 600")
            _ = try box.control("web").pid()
            #expect(noise.allSatisfy { $0.isRunning })
        }
    }

    @Test("a second kapo of the same place gets no service, and says whose they are")
    func second() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 600")
            let first = try box.startDirectory()
            let pid = try box.control("web").pid()
            let second = try box.startDirectory()
            try second.waitForErrors(
                containing: "\(box.path("run/web")) belongs to a supervisor that runs (process \(first.pid))")
            second.signal(SIGTERM)
            #expect(try second.wait() == .code(0))
            #expect(try box.control("web").pid() == pid)
            #expect(box.processes("sleep 600") == [pid])
        }
    }

    @Test("a directory that is not there is an error at the start")
    func noDirectory() throws {
        try Sandbox.run { box in
            for words in [
                ["dir", box.path("none")],
                ["-i", "127.0.0.1", "-p", "0", "supervise", "--config-dir", box.path("none")],
            ] {
                let outcome = try box.finishKapo(words)
                #expect(outcome.code != 0 && outcome.errors.contains("none"), "\(words): \(outcome.errors)")
            }
        }
    }

    @Test("a status socket is there with --port alone, and has an entry for each service")
    func statusSocket() throws {
        try Sandbox.run { box in
            try box.writeService("b", "cmd: sleep 601")
            try box.writeService("a", "cmd: sleep 602")
            let silent = try box.startDirectory()
            _ = (try box.control("a").pid(), try box.control("b").pid())
            #expect(Kapo.port(in: silent.errors) == nil)
            silent.signal(SIGTERM)
            #expect(try silent.wait() == .code(0))
            let running = try box.startKapo(["-i", "127.0.0.1", "-p", "0", "dir", box.services])
            let kapo = try box.kapo(running)
            let entries = try kapo.document("both") { $0.map(\.Status) == ["running", "running"] }
            #expect(entries.map(\.Name) == ["a", "b"])
            let pids = try ["a", "b"].map { try box.control($0).pid() }
            #expect(entries.map(\.PID) == pids)
        }
    }
}

extension Sandbox {
    /// Removes the file of a service, and waits until the service is gone.
    func removeServiceAndWait(_ name: String) throws {
        removeService(name)
        try eventually("the end of \(name)") { !Files.exists(path("run/\(name)")) }
    }
}

extension String {
    /// How often that is in it.
    func components(of text: String) -> Int { ranges(of: text).count }
}
