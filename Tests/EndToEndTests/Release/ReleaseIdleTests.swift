import Glibc
import Testing

/// What an idle Kapo does: nothing.
@Suite struct ReleaseIdleTests {
    /// The system calls that a process finishes during ten seconds, as strace(1) shows them.
    private func calls(_ box: Sandbox, _ kapos: [Kapo]) throws -> [[Substring]] {
        let tracers = try kapos.map { kapo in
            let path = box.path("\(kapo.pid).strace")
            return (path, try box.start(["strace", "-f", "-o", path, "-p", "\(kapo.pid)"]))
        }
        for (_, tracer) in tracers { try tracer.waitForErrors(containing: "attached") }
        sleep(10)
        return try tracers.map { path, tracer in
            tracer.signal(SIGINT)
            try tracer.wait()
            // The wait that strace interrupts when it leaves is not finished.
            return Files.text(path).split(separator: "\n").filter { !$0.contains("<detached") }
        }
    }

    @Test("run, supervise and watch --pid make no system call in 10 s; watch by name wakes for its interval")
    func silence() throws {
        try Sandbox.run { box in
            let sleeper = try box.start(["sleep", "600"])
            let silent = try [
                ["run", "--", "sleep", "1000"], ["supervise", "--", "sleep", "1000"],
                ["watch", "--pid", "\(sleeper.pid)", "sleep"],
            ].map { try box.kapo($0, program: Programs.release) }
            let watcher = try box.kapo(
                ["watch", "--wait", "4", "no-program-has-this-name"], program: Programs.release)
            for kapo in silent { try kapo.entry("a process that runs") { $0.Status == "running" } }
            // The timer of the connection that asked fires once more.
            sleep(11)
            let calls = try calls(box, silent + [watcher])
            for (kapo, calls) in zip(silent, calls) {
                #expect(calls.isEmpty, "\(kapo.process.words): \(calls.joined(separator: "\n"))")
            }
            let looks = calls[silent.count].filter { $0.contains("openat(AT_FDCWD, \"/proc\"") }
            let waits = calls[silent.count].filter { $0.contains("epoll_wait(") }
            #expect((2...3).contains(looks.count), "\(calls[silent.count].joined(separator: "\n"))")
            // The loop's clock ticks every 4 ms: a wait may end that much too early, and is taken up again.
            #expect(waits.count <= looks.count * 5, "\(waits.joined(separator: "\n"))")
        }
    }
}
