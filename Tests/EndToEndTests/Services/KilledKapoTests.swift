import Glibc
import Testing

/// kill -9 of Kapo: what it supervises goes on, and the next Kapo finds it.
@Suite struct KilledKapoTests {
    @Test("the next Kapo adopts each process: none is started twice, and orders reach them")
    func adopts() throws {
        try Sandbox.run { box in
            for number in 1...5 { try box.writeService("s\(number)", "cmd: sleep 600\(number)") }
            let first = try box.startDirectory()
            let pids = try (1...5).map { try box.control("s\($0)").pid() }
            first.signal(SIGKILL)
            try first.wait()
            #expect(pids.allSatisfy(ProcessTable.isAlive))
            let second = try box.startDirectory()
            #expect(try (1...5).map { try box.control("s\($0)").pid() } == pids)
            #expect(Set(box.processes("sleep 600")) == Set(pids))
            #expect(second.errors.components(of: "runs already") == 5, "\(second.errors)")
            // The time of its start is that of the process, not of Kapo's.
            let status = try box.control("s1").status()
            #expect(status.count == 1 && status.up != nil)

            // Its end is noticed.
            kill(pids[0], SIGKILL)
            try box.control("s1").status("started again") { $0.up != nil && $0.pid != pids[0] && $0.count == 2 }
            // Signals and orders.
            #expect(try box.control("s2").order("t") == "")
            try box.control("s2").status("started again") { $0.up != nil && $0.pid != pids[1] }
            #expect(try box.control("s3").order("d") == "")
            try box.control("s3").status("down") { $0.down != nil }
            #expect(!ProcessTable.isAlive(pids[2]))
            // A change, and a file that went.
            try box.writeService("s4", "cmd: sleep 6009")
            try box.control("s4").status("the new one") { $0.cmd == "sleep 6009" && $0.up != nil }
            #expect(!ProcessTable.isAlive(pids[3]))
            try box.removeServiceAndWait("s5")
            #expect(!ProcessTable.isAlive(pids[4]))
            second.signal(SIGTERM)
            #expect(try second.wait() == .code(0))
            #expect(box.processes("sleep 600").isEmpty)
        }
    }

    @Test("what ended while no Kapo was there is started again, what was adopted leaves nobody behind")
    func sweeps() throws {
        try Sandbox.run { box in
            try box.writeService("group", "cmd: [sh, -c, 'sleep 6001 & sleep 6002 & wait']")
            try box.writeService("gone", "cmd: sleep 6003")
            let first = try box.startDirectory()
            let (group, gone) = (try box.control("group").pid(), try box.control("gone").pid())
            try eventually("the group") { box.processes("sleep 6001").count == 2 }
            let others = box.processes("sleep 600").filter { ProcessTable.group($0) == group && $0 != group }
            #expect(others.count == 2)
            first.signal(SIGKILL)
            try first.wait()
            kill(gone, SIGKILL)
            try eventually("its end") { !ProcessTable.isAlive(gone) }
            _ = try box.startDirectory()
            let again = try box.control("gone").pid()
            #expect(again != gone && box.processes("sleep 6003") == [again])
            #expect(try box.control("group").pid() == group)
            kill(group, SIGKILL)
            try box.control("group").status("started again") { $0.up != nil && $0.pid != group }
            #expect(!others.contains(where: ProcessTable.isAlive), "the rest of its group is swept")
        }
    }

    @Test("a file that changed while no Kapo was there: the old process goes on, until it is told otherwise")
    func changedMeanwhile() throws {
        try Sandbox.run { box in
            try box.writeService("web", "cmd: sleep 6001")
            let first = try box.startDirectory()
            let pid = try box.control("web").pid()
            first.signal(SIGKILL)
            try first.wait()
            try box.writeService("web", "cmd: sleep 6002")
            _ = try box.startDirectory()
            #expect(try box.control("web").pid() == pid)
            #expect(try box.control("web").order("restart") == "")
            let next = try box.control("web").status("anew") { $0.up != nil && $0.pid != pid }.pid
            #expect(box.processes("sleep 600") == [next] && ProcessTable.commandLine(next) == "sleep 6002")
        }
    }

    @Test("killed again and again while it starts hundreds, the last Kapo has exactly one of each")
    func whileStarting() throws {
        try Sandbox.run { box in
            let count = 200
            for number in 0..<count { try box.writeService("s\(number)", "cmd: sleep \(700_000 + number)") }
            for round in 1...4 {
                let kapo = try box.startDirectory()
                // Somewhere in the middle.
                try eventually("some of them") {
                    kapo.errors.components(of: "started sleep") + kapo.errors.components(of: "runs already")
                        >= round * 30
                }
                kapo.signal(SIGKILL)
                try kapo.wait()
            }
            let last = try box.startDirectory()
            try eventually("all of them: \(last.errors.suffix(300))") {
                last.errors.components(of: "started sleep") + last.errors.components(of: "runs already") >= count
            }
            try eventually("all to be executed") { box.processes("sleep 700").count == count }
            let commands = box.processes("sleep 700").map(ProcessTable.commandLine)
            #expect(Set(commands).count == count)
            #expect(!last.errors.contains("level=error"), "\(last.errors)")
            last.signal(SIGTERM)
            #expect(try last.wait() == .code(0))
            #expect(box.processes("sleep 700").isEmpty)
        }
    }

    @Test("an immortal that was killed finds its command as well")
    func lone() throws {
        try Sandbox.run { box in
            let words = ["immortal", "-n", "-name", "web", "sleep", "600"]
            let first = try box.startKapo(words)
            let control = box.control("web", in: "home/.immortal")
            let pid = try control.pid()
            first.signal(SIGKILL)
            try first.wait()
            let second = try box.startKapo(words)
            #expect(try control.pid() == pid)
            second.signal(SIGTERM)
            try second.wait()
            #expect(!ProcessTable.isAlive(pid))
        }
    }
}
