import Testing

/// What is asked, how, and what is expected of the answer.
@Suite struct CheckRequestTests {
    /// What comes of a check with those options, of a server of its own.
    private func check(
        _ box: Sandbox, _ server: CheckedServer, _ options: [String]
    ) throws -> CheckEntry {
        let kapo = try box.kapo(
            ["run", "--check", server.check("/a?b"), "--check-action", "none"] + Sandbox.often + options
                + server.words)
        // Before it listens, it cannot be connected to.
        let check = try kapo.check("an answer") { $0.LastMessage?.hasPrefix("200 ") == true }
        try kapo.stop()
        return check
    }

    @Test("method and headers are sent", arguments: ["GET", "HEAD", "OPTIONS", "POST"])
    func request(_ method: String) throws {
        try Sandbox.run { box in
            let server = try CheckedServer(box)
            let options = ["--check-method", method, "--check-header", "X-A: b c", "--check-header", "Host: me:1"]
            #expect(try check(box, server, options).LastResult == "passed")
            let request = server.requests
            #expect(request.hasPrefix("\(method) /a?b\n Host: me:1\n User-Agent: kapo/"), "\(request)")
            #expect(request.contains("\n X-A: b c\n"))
        }
    }

    @Test(
        "the codes and the text that are expected",
        arguments: [
            (["--check-status", "201-299"], "200 OK: all is well", false),
            (["--check-contains", "all is lost"], "200 OK, but the body does not contain 'all is lost'", false),
            (["--check-contains", "is well", "--check-status", "200"], "200 OK", true),
        ])
    func expectations(_ options: [String], _ output: String, _ hasPassed: Bool) throws {
        try Sandbox.run { box in
            let check = try check(box, try CheckedServer(box), options)
            #expect(check.LastMessage == output && (check.LastResult == "passed") == hasPassed)
        }
    }

    @Test("what is said in the environment, several checks on a line each")
    func environment() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(
                ["run", "sleep", "600"],
                environment: [
                    "KAPO_CHECK": "exec:echo a b\nexec:test \"$KAPO_COMMAND_PID\" -gt 1", "KAPO_CHECK_INTERVAL": "0.2",
                ])
            let entry = try kapo.entry("both") { $0.Checks?.map(\.Verdict) == ["passing", "passing"] }
            #expect(entry.Checks?.map(\.LastMessage) == ["a b", ""])
        }
    }

    @Test("a tcp check by a name, of a server elsewhere; https without a certificate that anybody knows")
    func elsewhere() throws {
        try Sandbox.run { box in
            let other = try box.kapo(["run", "sleep", "600"])
            let kapo = try box.kapo(
                ["run", "--check", "tcp:localhost:\(other.port)", "--check", "http://127.0.0.1:\(other.port)/livez"]
                    + ["--check", "https://127.0.0.1:\(other.port)/"] + Sandbox.often + ["sleep", "600"])
            let entry = try kapo.entry("a result of each") { $0.Checks?.allSatisfy { $0.LastResult != nil } == true }
            let checks = try #require(entry.Checks)
            #expect(checks[0].LastMessage?.hasPrefix("Connected in ") == true)
            #expect(checks[1].LastMessage == "200 OK")
            #expect(checks[2].LastMessage?.hasPrefix("no TLS: ") == true, "\(checks[2])")
        }
    }

    @Test(
        "what cannot be is refused with what is allowed",
        arguments: [
            (["--check", "ftp://a"], "'ftp://a' is not a check: http://HOST[:PORT][/PATH] or https://…, "),
            (["--check", "tcp:a"], "'tcp:a' is not a place to check: tcp:HOST:PORT"),
            (["--check", "exec:a", "--check", "exec:a"], "The check exec:a is there twice."),
            (["--check-fall", "3"], "--check-fall goes with --check, which says what to check."),
            (["--core-dir", "/"], "--core-dir goes with --check, which says what to check."),
            (["--check", "mysql:a"], "'mysql:a' is not a place to check: mysql:USER@HOST[:PORT]"),
            (["--check", "exec:a", "--check-fall", "0"], "'0' is not a number of results in a row"),
            (["--check", "exec:a", "--check-header", "a"], "'a' is not a header: 'Name: value'"),
            (["--check", "exec:a", "--check-header", "content-length: 4"], "The header content-length is Kapo's own"),
            (["--check", "exec:a", "--check-method", "get"], "'get' is not a method to check with"),
            (["--check", "exec:a", "--check-action", "stop"], "'stop' is not what a failing check can do"),
            (["--check", "exec:a", "--check-action", "restart"], "'run' starts its command once"),
            (["--check", "exec:a", "--check-restart-limit", "3"], "'3' is not a limit of starts"),
            (["--check", "exec:a", "--notify-mail", "a b"], "'a b' is not an address for mails"),
        ])
    func refused(_ options: [String], _ message: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(Sandbox.kapo(["run"] + options + ["true"]))
            #expect(outcome.ending == .code(64) && outcome.errors.contains(message), "\(outcome.errors)")
        }
    }
}
