import Glibc
import Testing

/// What systemd hears of a Kapo that keeps services.
@Suite struct ServiceNotificationTests {
    private func manager(_ box: Sandbox) throws -> (Running, address: String) {
        let address = box.path("notify.sock")
        let manager = try box.start(["python3", "-c", NotificationTests.script, address])
        try manager.waitForOutput(containing: "bound")
        return (manager, address)
    }

    @Test("READY=1 comes once all that can start has begun, and does not wait for those that cannot or are not ready")
    func ready() throws {
        try Sandbox.run { box in
            let (manager, address) = try manager(box)
            let directory = try box.directoryOfServices([
                "a": "cmd: sleep 600", "fails": "cmd: /nonexistent/program", "never": box.readyOnce("never"),
                "waits": "{cmd: sleep 600, require: [nobody]}",
            ])
            let kapo = try box.kapo(
                ["supervise", "--config-dir", directory], environment: ["NOTIFY_SOCKET": address])
            try manager.waitForOutput(containing: "READY=1\nSTATUS=2 of 4 services run\n")
            try kapo.answer("/readyz/a", 200, "ok")
            try kapo.answer("/readyz/fails", 503, "not ready: waiting")
            try kapo.answer("/readyz/waits", 503, "not ready: waiting")
            try kapo.answer("/readyz/never", 503, "not ready: starting")
            #expect(try kapo.ask("/readyz").status == 503)
            #expect(try kapo.stop() == .code(0))
            #expect(try manager.wait() == .code(0))
            #expect(manager.output.matches(of: /READY=1/).count == 1)
        }
    }

    @Test("STATUS follows how many run, and is not sent again for what does not change that")
    func status() throws {
        try Sandbox.run { box in
            let (manager, address) = try manager(box)
            let directory = try box.directoryOfServices(["a": "cmd: sleep 600"])
            let kapo = try box.kapo(
                ["supervise", "--config-dir", directory], environment: ["NOTIFY_SOCKET": address])
            try manager.waitForOutput(containing: "STATUS=1 of 1 services run\n")
            try Files.write("\(directory)/b.yml", "cmd: sleep 600".utf8)
            kapo.process.signal(SIGHUP)
            try manager.waitForOutput(containing: "STATUS=2 of 2 services run\n")
            try box.removeServiceFile("a")
            kapo.process.signal(SIGHUP)
            try eventually("one service: \(manager.output)") {
                manager.output.hasSuffix("STATUS=1 of 1 services run\n")
            }
            #expect(try kapo.stop() == .code(0))
            #expect(try manager.wait() == .code(0))
            let lines = manager.output.split(separator: "\n").filter { $0.hasPrefix("STATUS=") }
            #expect(zip(lines, lines.dropFirst()).allSatisfy { $0 != $1 }, "\(lines)")
        }
    }

    @Test("an empty directory is ready")
    func empty() throws {
        try Sandbox.run { box in
            let (manager, address) = try manager(box)
            let directory = try box.directoryOfServices([:])
            let kapo = try box.kapo(
                ["supervise", "--config-dir", directory], environment: ["NOTIFY_SOCKET": address])
            try manager.waitForOutput(containing: "READY=1\nSTATUS=0 of 0 services run\n")
            try kapo.answer("/readyz", 200, "ok")
            #expect(try kapo.get() == "[]\n")
            #expect(try kapo.stop() == .code(0))
            #expect(try manager.wait() == .code(0))
        }
    }

    @Test("a chain of requirements starts link by link and stops the other way, and a circle keeps nothing alive")
    func chain() throws {
        try Sandbox.run { box in
            let (manager, address) = try manager(box)
            var files = ["x": "{cmd: sleep 600, require: [y]}", "y": "{cmd: sleep 600, require: [x]}"]
            // Names that are in no order.
            let names = (0..<200).map { "s\($0 * 77 % 200)" }
            for (name, required) in zip(names, [nil] + names.map(Optional.some)) {
                files[name] = "{cmd: sleep 600, require: [\(required ?? "")]}"
            }
            let directory = try box.directoryOfServices(files)
            let kapo = try box.kapo(
                ["supervise", "--config-dir", directory], environment: ["NOTIFY_SOCKET": address])
            try manager.waitForOutput(containing: "READY=1\nSTATUS=200 of 202 services run\n")
            let started = kapo.log.matches(of: /started .* service=(\S+)/).map { String($0.1) }
            #expect(started == names)
            #expect(kapo.log.contains("x -> y -> x"))
            #expect(try kapo.stop() == .code(0))
            let ended = kapo.log.matches(of: /was killed by SIGTERM.* service=(\S+)/).map { String($0.1) }
            #expect(ended == names.reversed())
            #expect(try manager.wait() == .code(0))
        }
    }
}
