import Glibc
import Testing

/// `READY=1` to whoever started Kapo: not before the command is ready, and once.
@Suite struct ReadyNotificationTests {
    @Test("Kapo is ready when its command is, and not before", arguments: ["run", "supervise"])
    func afterTheCommand(_ mode: String) throws {
        try Sandbox.run { box in
            let (address, go) = (box.path("notify.sock"), box.path("go"))
            let manager = try box.start(["python3", "-c", NotificationTests.script, address])
            try manager.waitForOutput(containing: "bound")
            let script = "until [ -e \(go) ]; do sleep 0.02; done; echo >&3; exec sleep 600"
            let kapo = try box.kapoWithAgent(
                [mode, "--ready", "fd:3", "sh", "-c", script], environment: ["NOTIFY_SOCKET": address])
            try box.expectNotReady(kapo, "starting", live: true, part: "ready")
            #expect(manager.output == "bound\n")

            try Files.write(go, [])
            let first = try manager.waitForOutput(containing: "READY=1").split(separator: "\n")
            #expect(first.dropFirst().first == "READY=1")
            try box.expectReady(kapo)
            let pid = try kapo.commandPid()
            try manager.waitForOutput(containing: "STATUS=running, pid \(pid)\n")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try manager.wait() == .code(0))
            #expect(manager.output.matches(of: /READY=1/).count == 1)
        }
    }

    @Test("a command whose --ready is sd_notify speaks to Kapo, and Kapo to systemd")
    func chain() throws {
        try Sandbox.run { box in
            let address = box.path("notify.sock")
            let manager = try box.start(["python3", "-c", NotificationTests.script, address])
            try manager.waitForOutput(containing: "bound")
            let command = """
                import os, socket, time
                name = os.environ['NOTIFY_SOCKET']
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.sendto(b'READY=1', '\\0' + name[1:] if name[0] == '@' else name)
                time.sleep(600)
                """
            let kapo = try box.kapoWithAgent(
                ["run", "--ready", "notify", "--drain", "600", "python3", "-c", command],
                environment: ["NOTIFY_SOCKET": address])
            try manager.waitForOutput(containing: "READY=1")
            try box.expectReady(kapo)
            // STOPPING=1 comes with the drain, and not behind it: systemd is to know.
            kapo.process.signal(SIGTERM)
            #expect(try manager.wait() == .code(0))
            try box.expectNotReady(kapo, "draining", live: true, part: "drain")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
        }
    }

    @Test("a command that never gets ready leaves Kapo unready, and Kapo's end is told")
    func never() throws {
        try Sandbox.run { box in
            let address = box.path("notify.sock")
            let manager = try box.start(["python3", "-c", NotificationTests.script, address])
            try manager.waitForOutput(containing: "bound")
            let outcome = try box.finish(
                [
                    Programs.kapo, "-i", "127.0.0.1", "-p", "0", "run", "--ready", "fd:3", "--ready-timeout", "0.2",
                    "sleep", "600",
                ], environment: ["NOTIFY_SOCKET": address])
            #expect(outcome.code == 128 + SIGTERM)
            #expect(try manager.wait() == .code(0))
            #expect(!manager.output.contains("READY"))
        }
    }
}
