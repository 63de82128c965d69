import FoundationEssentials
import Glibc
import Testing

/// Health and entries of services: of all together, and of each by its name.
@Suite struct ServiceHealthTests {
    private struct HealthDocument: Decodable {
        struct Check: Decodable {
            var observedValue: String
            var status: String
        }
        var status: String
        var output: String?
        var checks: [String: [Check]]
    }

    private struct Named: Decodable {
        var Name: String
        var PID: pid_t
        var Status: String
    }

    private func health(_ kapo: Kapo) throws -> HealthDocument {
        try JSONDecoder().decode(HealthDocument.self, from: Data(kapo.get("/health").utf8))
    }

    @Test("one of three is not ready: all together are not, which names it, and the others are by themselves")
    func oneOfThree() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices([
                "a": "cmd: sleep 600", "b": box.readyOnce("go"), "c": "cmd: sleep 600",
            ])
            let kapo = try box.kapoWithAgent(["supervise", "--config-dir", directory])
            try kapo.answer("/readyz", 503, "not ready: b starting")
            try kapo.answer("/healthz", 503, "not ready: b starting")
            try kapo.answer("/livez", 200, "ok")
            let parts = "[+]loop ok\n[+]a ok\n[-]b failed: starting\n[+]c ok\nreadyz check failed\n"
            try kapo.answer("/readyz?verbose", 503, parts)
            let document = try health(kapo)
            #expect(document.status == "fail" && document.output == "not ready: b starting")
            #expect(
                document.checks.mapValues { $0.map(\.observedValue) } == [
                    "a:readiness": ["ready"], "b:readiness": ["starting"], "c:readiness": ["ready"],
                ])
            #expect(try box.healthClient(of: kapo, "print(ask_agent(), end='')") == "down #starting\n")

            for name in ["a", "c"] {
                for path in ["/readyz/", "/livez/", "/healthz/"] { try kapo.answer(path + name, 200, "ok") }
                #expect(try kapo.ask("/health/\(name)").status == 200)
            }
            try kapo.answer("/readyz/b", 503, "not ready: starting")
            try kapo.answer("/healthz/b", 503, "not ready: starting")
            try kapo.answer("/livez/b", 200, "ok")
            try kapo.answer(
                "/readyz/b?verbose", 503,
                "[+]loop ok\n[+]command ok\n[-]ready failed: starting\n[+]drain ok\nreadyz check failed\n")
            let own = try kapo.ask("/health/b")
            #expect(own.status == 503 && own.headers["content-type"] == "application/health+json")
            #expect(own.body.hasPrefix(#"{"status":"fail","output":"not ready: starting","checks":{"command:"#))

            try Files.write(box.path("go"), [])
            try kapo.answer("/readyz", 200, "ok")
            try kapo.answer("/readyz/b", 200, "ok")
            #expect(try health(kapo).status == "pass")
            #expect(try box.healthClient(of: kapo, "print(ask_agent(), end='')") == "up ready\n")
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("the entry of one service is its object of the document, on a line")
    func entry() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices(["b": "cmd: sleep 600", "a": "cmd: sleep 601"])
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            try kapo.answer("/readyz", 200, "ok")
            let (a, b) = (try kapo.ask("/services/a"), try kapo.ask("/services/b"))
            #expect(try kapo.get() == "[\(a.body.dropLast()),\(b.body.dropLast())]\n")
            #expect(a.headers["content-type"] == "application/json" && a.body.hasSuffix("}\n"))
            let named = try JSONDecoder().decode(Named.self, from: Data(a.body.utf8))
            #expect(named.Name == "a" && named.Status == "running")
            #expect(ProcessTable.commandLine(named.PID) == "sleep 601")
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("a name that no service has is told 404, and one that cannot be read 400; names are decoded")
    func names() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices([#"o"d d"#: "cmd: sleep 600"])
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            try kapo.answer("/readyz", 200, "ok")
            for prefix in ["/readyz/", "/livez/", "/healthz/", "/health/", "/services/"] {
                #expect(try kapo.ask(prefix + "o%22d%20d").status == 200, "\(prefix)")
                for name in ["nobody", "", "o%22d%20d/", "o"] {
                    let answer = try kapo.ask(prefix + name)
                    #expect(answer.status == 404, "\(prefix)\(name)")
                    #expect(
                        answer.body == "There is no service of that name: the document at / has the names of all.\n")
                    #expect(try kapo.ask(prefix + name, ["--request", "OPTIONS"]).status == 404)
                }
                #expect(try kapo.ask(prefix + "%zz").status == 400)
            }
            #expect(try kapo.get("/services").hasPrefix("[{"), "without a slash it is a path as any")
            #expect(try kapo.stop() == .code(0))
        }
    }

    @Test("where there is one command, these paths are as any other: the document", arguments: ["run", "supervise"])
    func lone(_ mode: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([mode, "sleep", "600"])
            try kapo.entry("running") { $0.Status == "running" }
            let document = try kapo.get()
            for path in ["/readyz/sleep", "/livez/x", "/healthz/", "/health/x", "/services/sleep"] {
                try kapo.answer(path, 200, document)
            }
        }
    }

    @Test("what is remembered of a name is never out of date, while its service comes and goes")
    func replay() throws {
        try Sandbox.run { box in
            let directory = try box.directoryOfServices(["a": "cmd: sleep 600"])
            let kapo = try box.kapo(["supervise", "--config-dir", directory])
            try kapo.answer("/readyz", 200, "ok")
            try box.replayClient(
                of: kapo,
                #"""
                SERVICE, READYZ = (GET.replace(b"/ ", path) for path in (b"/services/b ", b"/readyz/b "))
                seen = {200: 0, 404: 0, 503: 0}
                with Client() as document, Client() as other:
                    for turn in range(10):
                        if turn % 2 == 0:
                            open("\#(directory)/b.yml", "w").write("cmd: sleep 600")
                        else:
                            os.unlink("\#(directory)/b.yml")
                        os.kill(\#(kapo.pid), 1)
                        end, sure = time.monotonic() + 15, 0
                        while sure < 20:
                            assert time.monotonic() < end, seen
                            before = document.ask(GET)[2]
                            status, headers, body = other.ask(SERVICE)
                            health = other.ask(READYZ)[0]
                            if document.ask(GET)[2] != before:
                                continue
                            entries = [entry for entry in json.loads(before) if entry["Name"] == "b"]
                            assert status == (200 if entries else 404), (status, before)
                            assert not entries or json.loads(body) == entries[0], (body, before)
                            assert (health == 404) == (not entries), (health, before)
                            seen[health] += 1
                            # On its way out it is there still, and not ready.
                            comes = turn % 2 == 0
                            is_over = entries and entries[0]["Status"] == "running" if comes else not entries
                            if is_over:
                                assert health == (200 if comes else 404), (health, before)
                                sure += 1
                assert min(seen[200], seen[404]) >= 90, seen
                """#)
            #expect(try kapo.stop() == .code(0))
        }
    }
}
