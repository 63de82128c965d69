import Glibc
import Testing

/// `GET /events`: Server-Sent Events, read by curl.
@Suite struct EventsTests {
    /// curl that writes what it hears as it hears it.
    private func listen(_ box: Sandbox, _ kapo: Kapo, _ options: [String] = []) throws -> Running {
        try box.start(
            ["curl", "--silent", "--show-error", "--no-buffer", "--noproxy", "*"] + options
                + ["http://127.0.0.1:\(kapo.port)/events"])
    }

    /// The data of each event, in order; each event has an `id`, its kind and one line of data.
    private func documents(_ text: String) throws -> [String] {
        try text.components(separatedBy: "\n\n").dropLast().map { event in
            let lines = event.split(separator: "\n").map(String.init)
            try #require(lines.count == 3 && lines[0].hasPrefix("id: ") && lines[1] == "event: status", "\(event)")
            return String(try #require(lines[2].hasPrefix("data: ") ? lines[2].dropFirst(6) : nil))
        }
    }

    @Test("who listens hears the document at once, each change of it, and the end of Kapo", arguments: ["1.1", "1.0"])
    func changes(version: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "0.05", "sleep", "600"])
            let first = try kapo.entry("running") { $0.Status == "running" }
            let listener = try listen(box, kapo, ["--http\(version)"])
            try listener.waitForOutput(containing: "\"PID\":\(first.PID),")
            kill(first.PID, SIGKILL)
            let second = try kapo.entry("running again") { $0.Restarts == 1 && $0.Status == "running" }
            try listener.waitForOutput(containing: "\"PID\":\(second.PID),")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try listener.wait() == .code(0), "the answer has an end: \(listener.errors)")

            let documents = try documents(listener.output)
            let states = documents.map { document in
                ["running", "killed", "starting", "stopping", "stopped"].filter { document.contains("\"\($0)\"") }
            }
            #expect(states == [["running"], ["killed"], ["starting"], ["running"], ["stopping"], ["killed"]])
            #expect(documents.allSatisfy { $0.hasPrefix("[{\"Arguments\":[\"600\"],") && $0.hasSuffix("}]") })
            let numbers = listener.output.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { $0.dropFirst(4) }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { (Int($0) ?? 0) + 1 == Int($1) })
        }
    }

    @Test("64 may listen, one more is told to come later, and one that leaves makes room")
    func limit() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let listeners = try (0..<64).map { _ in try listen(box, kapo) }
            for listener in listeners { try listener.waitForOutput(containing: "\n\n") }
            let refusal = try kapo.ask("/events")
            #expect(refusal.status == 503)
            #expect(refusal.body.contains("64 listeners"))
            #expect(try kapo.ask("/readyz").status == 200, "other paths are answered")

            listeners[0].signal(SIGTERM)
            _ = try listeners[0].wait()
            let late = try eventually("room for another") {
                let late = try listen(box, kapo)
                try late.waitForOutput(containing: "\n\n")
                return late.output.contains("data: ") ? late : nil
            }
            #expect(late.isRunning)
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            for listener in listeners.dropFirst() + [late] { #expect(try listener.wait() == .code(0)) }
        }
    }

    @Test("HEAD tells the headers and ends")
    func head() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let answer = try kapo.ask("/events", ["--head"])
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/event-stream")
            #expect(answer.headers["cache-control"] == "no-store")
        }
    }

    @Test("a pause of the command is no event: the document has not changed")
    func pause() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "sleep", "600"])
            let pid = try kapo.entry("running") { $0.Status == "running" }.PID
            let listener = try listen(box, kapo)
            try listener.waitForOutput(containing: "\n\n")
            kill(pid, SIGSTOP)
            try eventually("that /readyz knows", that: { try kapo.ask("/readyz").body == "not ready: paused" })
            kill(pid, SIGCONT)
            try eventually("that it goes on", that: { try kapo.ask("/readyz").status == 200 })
            #expect(try documents(listener.output).count == 1)
        }
    }
}
