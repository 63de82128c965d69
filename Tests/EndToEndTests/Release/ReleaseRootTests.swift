import Glibc
import Testing

/// The static release needs nothing beside itself: no library, no /proc, no shell, no directory.
@Suite struct ReleaseRootTests {
    @Test("the release supervises a worker in a root that holds the two of them and nothing else")
    func emptyRoot() throws {
        try Sandbox.run { box in
            let root = box.path("root")
            let made = try box.shell("mkdir '\(root)' && cp '\(Programs.release)' /bin/busybox '\(root)'")
            #expect(made.code == 0, "\(made.errors)")
            #expect(Set(Files.names(in: root)) == ["kapo", "busybox"])
            let user = getuid() == 0 ? [] : ["--map-root-user"]
            let words = [
                "/kapo", "--interface", "127.0.0.1", "--port", "0", "--stdout", "supervise", "--wait", "0.1", "--",
                "/busybox", "sh", "-c", "echo at work; exec /busybox sleep 600",
            ]
            let kapo = try box.kapo(box.start(["unshare"] + user + ["--root", root] + words))
            let first = try kapo.entry("a worker") { $0.Status == "running" }
            #expect(first.Command == "/busybox")
            kill(first.PID, SIGKILL)
            let second = try kapo.entry("another worker") { $0.Restarts == 1 && $0.Status == "running" }
            #expect(second.PID != first.PID)
            #expect(second.LastSignal == 9)
            #expect(try kapo.stop() == .code(143))
            #expect(kapo.process.output == "at work\nat work\n")
        }
    }
}
