import Glibc
import Testing

/// The files of examples/ that are for the proxy; `ProxyHAProxyTests` uses two of them as well.
@Suite struct ProxyExamplesTests {
    private let unit = Repository.text("examples/kapo-proxy.service")
    private let settings = Repository.text("examples/hacheck.yml")

    /// The words of the unit's command line, with the program and the configuration where they are in the sandbox.
    private func command(_ box: Sandbox) throws -> [String] {
        let line = try #require(unit.firstMatch(of: /(?m)^ExecStart=(.*)$/)).1
        return line.split(separator: " ").map {
            ["/usr/local/bin/kapo": Programs.kapo, "/etc/kapo/hacheck.yml": box.path("proxy.yml")][String($0)]
                ?? String($0)
        } + ["-p", "0", "-B", "127.0.0.1", "--spool-root", box.spool]
    }

    @Test("systemd accepts the unit")
    func systemd() throws {
        try Sandbox.run { box in
            let text = unit.replacing("/usr/local/bin/kapo", with: Programs.kapo)
            try Files.write(box.path("kapo-proxy.service"), text.utf8)
            let outcome = try box.finish(
                ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", box.path("kapo-proxy.service")])
            #expect(outcome.code == 0)
            #expect(outcome.errors == "")
        }
    }

    @Test("the unit's command line is one that Kapo takes, with the configuration; systemd hears when it is ready")
    func notification() throws {
        try Sandbox.run { box in
            let address = box.path("notify.sock")
            let manager = try box.start(["python3", "-c", NotificationTests.script, address])
            try manager.waitForOutput(containing: "bound")
            try box.prepareProxy(settings.replacing("agent_port: 3334", with: "agent_port: 0"))
            let kapo = try box.kapo(box.start(command(box), environment: ["NOTIFY_SOCKET": address]))
            try manager.waitForOutput(containing: "READY=1")
            #expect(try kapo.check("/spool/web/80/") == Verdict(200, ""))
            kapo.process.signal(SIGTERM)
            #expect(try kapo.process.wait() == .code(0))
            #expect(kapo.log.split(separator: "\n").filter { $0.contains(/level=(warning|error)/) } == [])
        }
    }

    @Test("each line that is commented out is one that can be used: nothing is warned of, nothing is a mistake")
    func allKeys() throws {
        try Sandbox.run { box in
            try Files.write(box.path("mysql-password"), "right\n".utf8, mode: 0o600)
            try Files.write(box.path("spool-token"), "0123456789abcdef\n".utf8, mode: 0o600)
            let all = settings.replacing(/(?m)^# ([a-z_]+:|  - )/) { $0.1 }
                .replacing("agent_port: 3334", with: "agent_port: 0").replacing("/etc/kapo", with: box.directory)
            let keys = all.matches(of: /(?m)^([a-z_]+):/).map { String($0.1) }
            #expect(
                Set(keys) == [
                    "agent_port", "allow_remote_spool_changes", "allowed_targets", "ca_file", "cache_time",
                    "cache_time_failure", "healthcheck_timeout", "http_headers_to_copy", "keep_alive", "log_path",
                    "max_clients",
                    "mysql_password_file", "mysql_username", "remote_spool_from", "remote_spool_token_file",
                    "rlimit_nofile", "service_name_header", "verify",
                ])
            #expect(Set(keys).count == keys.count)
            let kapo = try box.proxy(all)
            #expect(try kapo.check("/spool/web/80/") == Verdict(200, ""))
            #expect(kapo.log.split(separator: "\n").filter { $0.contains(/level=(warning|error)/) } == [])
        }
    }

    @Test("HAProxy accepts its configuration")
    func haproxy() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(["haproxy", "-c", "-f", "\(Repository.root)/examples/haproxy-hacheck.cfg"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(outcome.errors == "")
        }
    }
}
