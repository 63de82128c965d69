import FoundationEssentials
import Glibc
import Testing

/// The files of examples/: each is used as it stands there.
@Suite struct ExamplesTests {
    private let worker = "\(Repository.root)/examples/worker.sh"

    @Test("the worker says that it works, and ends with 0 on TERM and on INT", arguments: [SIGTERM, SIGINT])
    func workerEndsCleanly(on signal: Int32) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "--", worker, "0.01"])
            try kapo.process.waitForOutput(containing: "worker: 10 jobs done\n")
            #expect(try kapo.stop(signal) == .code(0))
            #expect(kapo.process.output.hasSuffix("worker: stopping\n"))
        }
    }

    @Test("the worker ends at once, however long its job is, and leaves nothing behind", arguments: [SIGTERM, SIGINT])
    func workerEndsPromptly(on signal: Int32) throws {
        try Sandbox.run { box in
            // Without Kapo the signal goes to the shell alone, and the worker must end its job itself.
            let running = try box.start([worker, "600"])
            // A shell that was forked and is not yet sleep(1) could lose the signal.
            try eventually("a job") {
                let job = Files.text("/proc/\(running.pid)/task/\(running.pid)/children").filter(\.isNumber)
                return !job.isEmpty && Files.text("/proc/\(job)/comm") == "sleep\n"
            }
            running.signal(signal)
            #expect(try running.wait() == .code(0))
            try eventually("the end of the job") { box.processes.isEmpty }
        }
    }

    @Test("systemd accepts the units, and they name each other, the socket and Kapo")
    func units() throws {
        try Sandbox.run { box in
            // systemd-analyze looks for the programs, so they are named where they are now.
            for name in ["kapo.service", "kapo.socket", "kapo-dir.service"] {
                let text = Repository.text("examples/\(name)")
                    .replacing("/usr/local/bin/kapo", with: Programs.kapo)
                    .replacing("/usr/local/bin/worker.sh", with: worker)
                try Files.write(box.path(name), text.utf8)
            }
            let outcome = try box.finish(
                [
                    "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", box.path("kapo.service"),
                    box.path("kapo.socket"), box.path("kapo-dir.service"),
                ])
            #expect(outcome.code == 0)
            #expect(outcome.errors == "")
        }
    }

    @Test("the service's command line is one that Kapo takes, with the sockets of the socket unit")
    func serviceCommand() throws {
        try Sandbox.run { box in
            let line = try #require(Repository.text("examples/kapo.service").firstMatch(of: /(?m)^ExecStart=(.*)$/)).1
            let words = line.split(separator: " ").map {
                ["/usr/local/bin/kapo": Programs.kapo, "/usr/local/bin/worker.sh": worker][String($0)] ?? String($0)
            }
            let listeners = Repository.text("examples/kapo.socket").matches(of: /(?m)^ListenStream=(.*)$/).map {
                $0.1.hasPrefix("/") ? box.path("kapo.sock") : "127.0.0.1:\((try? FreePort.one(box)) ?? 0)"
            }
            #expect(listeners.count == 2)
            let activated = try Activated(words, on: listeners, in: box)
            let entry = try activated.entry(over: listeners[0])
            #expect(entry.Mode == "supervise")
            #expect(try activated.entry(over: listeners[1]) == entry)
            #expect(try activated.stop() == .code(0))
        }
    }

    @Test("the image has a static program as ENTRYPOINT, and CMD is the command that it runs")
    func containerfile() throws {
        try Sandbox.run { box in
            let text = Repository.text("examples/Containerfile")
            #expect(text.contains(/(?m)^FROM scratch$/))
            var words = try line("ENTRYPOINT", of: text) + line("CMD", of: text)
            #expect(words.first == "/kapo")
            let copied = text.matches(of: /(?m)^COPY (\S+) (\S+)$/).map { [String($0.1), String($0.2)] }
            #expect(copied == [[".build/kapo", "/kapo"], ["worker", words[words.count - 1]]])
            words[0] = Programs.kapo
            words[words.count - 1] = worker
            // The image listens on 6666 by default; here the kernel chooses.
            let process = try box.start(words, environment: ["KAPO_PORT": "0", "KAPO_INTERFACE": "127.0.0.1"])
            let kapo = Kapo(process, in: box)
            try kapo.waitUntilListening()
            #expect(try kapo.entry().Command == worker)
            #expect(try kapo.entry().Mode == "run")
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("the image's health check is a command of Kapo's, healthy while the worker runs, with time to say why not")
    func healthCheck() throws {
        try Sandbox.run { box in
            let text = Repository.text("examples/Containerfile")
            let check = try #require(text.firstMatch(of: /(?m)^HEALTHCHECK .*--timeout=(\d+)s .*CMD (\[.*\])$/))
            var words = try JSONDecoder().decode([String].self, from: Data(String(check.2).utf8))
            #expect(words.first == "/kapo")
            #expect(Repository.text("docs/check.md").contains(check.0), "the manual shows the same")
            words[0] = Programs.kapo
            let kapo = try box.kapo(["run", "--", worker])
            let healthy = try box.finish(words, environment: ["KAPO_PORT": "\(kapo.port)"])
            #expect(healthy.ending == .code(0), "\(healthy.errors)")
            let silent = try CheckServer(box, "time.sleep(600)")
            let time = try #require(Int64(check.1))
            let ill = try box.finish(
                words, environment: ["KAPO_PORT": "\(silent.port)"], within: .seconds(time))
            #expect(ill.ending == .code(1))
            #expect(ill.errors.contains("no answer within 5 s"))
        }
    }

    @Test("HAProxy accepts its configuration")
    func haproxy() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(["haproxy", "-c", "-f", "\(Repository.root)/examples/haproxy.cfg"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(outcome.errors == "")
        }
    }

    private func line(_ instruction: String, of text: String) throws -> [String] {
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(instruction) ") })
        return try JSONDecoder().decode([String].self, from: Data(line.dropFirst(instruction.count + 1).utf8))
    }
}
