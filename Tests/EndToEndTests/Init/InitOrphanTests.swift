import Glibc
import Testing

@Suite struct InitOrphanTests {
    @Test(
        "10,000 orphans leave no zombie a second later, and one that lives is Kapo's child",
        arguments: ["run", "supervise"], Place.allCases)
    func tenThousand(mode: String, place: Place) throws {
        try Sandbox.run { box in
            let (kapo, pid) = try box.kapo([mode, "sh", "-c", Leftovers.tenThousand], at: place)
            #expect(try Leftovers.expectReaped(kapo.process, by: pid).count == 2)
            #expect(try kapo.entry().Status == "running")
        }
    }

    @Test("500 quick restarts, each with orphans, leave no process, no zombie, no descriptor and no memory")
    func quickRestarts() throws {
        try Sandbox.run { box in
            // Runs 50 and 550 stay, so that the two looks are at the same situation.
            try Files.write(box.path("runs"), "1\n".utf8)
            let script = """
                cd '\(box.directory)'
                read -r run <runs
                echo $((run + 1)) >runs
                case $run in 50|550) exec sleep 600 ;; esac
                setsid sleep 1000 &
                sleep 1000 &
                exit 3
                """
            let kapo = try box.kapo(["supervise", "--wait", "0", "sh", "-c", script])
            func look(_ restarts: Int) throws -> (descriptors: Int, memory: Int) {
                let entry = try kapo.entry("run \(restarts + 1)", within: .seconds(40)) {
                    $0.Restarts == restarts && ProcessTable.commandLine($0.PID) == "sleep 600"
                }
                #expect(ProcessTable.children(of: kapo.pid) == [entry.PID], "no zombie, and no orphan")
                #expect(Set(box.processes) == [kapo.pid, entry.PID])
                try eventually("one socket, the listener", that: { ProcessTable.sockets(kapo.pid) == 1 })
                let found = (ProcessTable.descriptors(kapo.pid), ProcessTable.residentKiB(kapo.pid))
                kill(entry.PID, SIGKILL)
                return found
            }
            let first = try look(49)
            let second = try look(549)
            #expect(second.descriptors == first.descriptors)
            #expect(second.memory - first.memory < 256, "KiB")
        }
    }
}
