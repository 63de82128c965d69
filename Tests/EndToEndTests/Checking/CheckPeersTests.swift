import Glibc
import Testing

/// `--check` of real servers of each protocol.
@Suite struct CheckPeersTests {
    /// What the only check says once it has said something.
    private func check(_ box: Sandbox, _ check: String, password: String? = nil) throws -> CheckEntry {
        let kapo = try box.kapo(
            ["run", "--check", check, "--check-interval", "0.2", "--check-timeout", "5", "sleep", "600"],
            environment: ["MYSQL_PWD": password])
        return try kapo.check("a result") { $0.LastResult != nil }
    }

    @Test("nginx over http and https, whose certificate nobody has signed")
    func nginx() throws {
        try Sandbox.run { box in
            try box.openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.pem "
                    + "-subj /CN=elsewhere.example -days 2")
            let locations = "location = /fine { return 200 fine; }"
            for (nginx, scheme) in [
                (try Nginx(box, locations), "http"), (try Nginx(box, certificate: "server", locations), "https"),
            ] {
                #expect(try check(box, "\(scheme)://localhost:\(nginx.port)/fine").LastMessage == "200 OK")
                let missing = try check(box, "\(scheme)://127.0.0.1:\(nginx.port)/missing")
                #expect(missing.LastResult == "failed")
                #expect(missing.LastMessage?.hasPrefix("404 Not Found: <html>") == true, "\(missing)")
            }
        }
    }

    @Test("MariaDB, with the right password and with a wrong one")
    func mariadb() throws {
        try Sandbox.run { box in
            let url = "mysql:kapo@127.0.0.1:\(try MariaDB(box).port)"
            #expect(try check(box, url, password: "right").Verdict == "passing")
            for wrong in ["wrong", nil] {
                let refused = try check(box, url, password: wrong)
                #expect(refused.LastMessage?.contains("Access denied for user 'kapo'@") == true, "\(refused)")
            }
        }
    }

    @Test("OpenSMTPD", .enabled(if: getuid() == 0, "only root may start OpenSMTPD"))
    func smtp() throws {
        try Sandbox.run { box in
            let server = try SMTPServer(box)
            let check = try check(box, "smtp:localhost:\(server.port)")
            #expect(check.Verdict == "passing" && check.LastMessage?.hasPrefix("Connected in ") == true, "\(check)")
        }
    }
}
