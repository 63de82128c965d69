import FoundationEssentials
import Glibc
import Testing

/// Downtimes by HTTP: who may, and what is taken.
@Suite struct ProxySpoolChangeTests {
    /// Asks for a change with curl, as a form.
    private func change(
        _ kapo: Kapo, _ path: String, _ fields: [String], _ headers: [String] = [], from address: String? = nil,
        in network: Network? = nil
    ) throws -> Verdict {
        let options =
            fields.flatMap { ["--data-urlencode", $0] } + headers.flatMap { ["--header", $0] }
            + (address.map { ["--interface", $0] } ?? [])
        let answer = try kapo.ask(path, options, by: network?.words ?? [])
        return Verdict(answer.status, answer.body)
    }

    /// What a file of the spool says, by key.
    private func file(_ box: Sandbox, _ name: String) throws -> SpoolEntry {
        try JSONDecoder().decode(SpoolEntry.self, from: Data(Files.read("\(box.spool)/\(name)") ?? []))
    }

    @Test("without permission nothing is taken, from loopback neither, and the words are hacheck's")
    func forbidden() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            for fields in [["status=down"], ["status=up"], ["nonsense"]] {
                let verdict = try change(kapo, "/spool/web/80/status", fields)
                #expect(verdict == Verdict(403, "remote spool changes are not enabled"))
            }
            #expect(Files.names(in: box.spool) == [])
        }
    }

    @Test("with permission a port or, with 0, the service goes down and up, and the spool has what was said")
    func allowed() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("allow_remote_spool_changes: true")
            let words = "a & b=c; \"quoted\" \\ ü\n second line"
            let down = try change(
                kapo, "/spool/web/80/status",
                ["status=down", "reason=\(words)", "expiration=4102444800.25", "creation=1435694078.5"])
            #expect(down == Verdict(200, ""))
            let entry = try file(box, "web:80")
            #expect(entry == SpoolEntry(reason: words, expiration: 4_102_444_800.25, creation: 1_435_694_078.5))
            let said = try kapo.check("/spool/web/80/")
            #expect(said.status == 503)
            #expect(
                said.text.hasPrefix(
                    "Service web in down state since 1435694078.500000 until 4102444800.250000: a & b=c;"), "\(said)")
            #expect(try kapo.check("/spool/web/81/").status == 200)

            #expect(try change(kapo, "/spool/web/0/status", ["status=down", "reason=all of it"]) == Verdict(200, ""))
            #expect(Set(Files.names(in: box.spool)) == ["web", "web:80"])
            #expect(try kapo.check("/spool/web/81/").status == 503)
            #expect(try change(kapo, "/spool/web/0/status", ["status=up"]) == Verdict(200, ""))
            #expect(try change(kapo, "/spool/web/80/status", ["status=up"]) == Verdict(200, ""))
            #expect(try change(kapo, "/spool/web/80/status", ["status=up"]) == Verdict(200, ""), "again does no harm")
            #expect(Files.names(in: box.spool) == [])
            #expect(try kapo.check("/spool/web/80/") == Verdict(200, ""))
        }
    }

    @Test(
        "what stands behind the port says nothing, as with hacheck: PaaSTA leaves it out", arguments: ["", "/", "/x"])
    func shortPath(_ rest: String) throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("allow_remote_spool_changes: true")
            let fields = ["status=down", "reason=drained"]
            #expect(try change(kapo, "/spool/web/80\(rest)", fields) == Verdict(200, ""))
            #expect(Files.names(in: box.spool) == ["web:80"])
        }
    }

    @Test("what is no change is refused with why: no form, no status, an unknown one, numbers that are none, names")
    func mistakes() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("allow_remote_spool_changes: true")
            try Files.write(box.path("victim"), "here".utf8)
            let forms =
                [
                    [], ["state=down"], ["status="], ["status=DOWN", "reason=a"], ["status=sideways"], ["status=down"],
                    ["status=down", "reason=" + String(repeating: "a", count: 5000)],
                ]
                + ["expiration=soon", "creation=x", "expiration=nan", "expiration=1e999", "expiration=inf"].map {
                    ["status=down", "reason=a", $0]
                }
            for fields in forms {
                let body = fields.isEmpty ? [""] : fields
                let verdict = try change(kapo, "/spool/web/80/status", body)
                #expect(verdict.status == 400 && verdict.text != "", "\(fields): \(verdict)")
            }
            #expect(try change(kapo, "/spool/web/80/status", [""]).text == "status must be up or down")
            let bodies = [
                ("application/json", #"{"status": "down"}"#), ("multipart/form-data; boundary=b", "--b\r\n\r\n--b--"),
                ("application/x-www-form-urlencoded", "status=%"), ("application/x-www-form-urlencoded", "%00"),
            ]
            for (type, body) in bodies {
                let answer = try kapo.ask(
                    "/spool/web/80/status", ["--header", "Content-Type: \(type)", "--data-binary", body])
                #expect((400..<500).contains(answer.status), "\(type): \(answer.status)")
            }
            let long = try change(
                kapo, "/spool/web/80/status", ["status=sideways", "x=" + String(repeating: "a", count: 100_000)])
            #expect((400..<500).contains(long.status))
            for name in ["..%2fvictim", "..", ".hidden", "a%2fb", "a%00", "%ff", ""] {
                let answer = try kapo.ask("/spool/\(name)/80/status", ["--path-as-is", "--data", "status=up"])
                #expect((400..<500).contains(answer.status), "\(name): \(answer.status)")
            }
            for path in ["/spool/web/65536/status", "/spool/web/-1/status", "/tcp/web/80/status", "/"] {
                let answer = try kapo.ask(path, ["--data", "status=down&reason=a"])
                #expect((400..<500).contains(answer.status), "\(path): \(answer.status)")
            }
            #expect(Files.names(in: box.spool) == [] && Files.text(box.path("victim")) == "here")
        }
    }

    @Test(
        "from elsewhere it takes a network of the list, or the token; neither a wrong one nor a header will do",
        .enabled(if: getuid() == 0, "this is for root"))
    func elsewhere() throws {
        try Sandbox.run { box in
            let network = try Network(box, "for n in 1 2; do ip address add 10.9.$n.1/32 dev lo; done")
            try Files.write(box.path("token"), "s3cret-of-nobody\n".utf8, mode: 0o600)
            let settings = """
                allow_remote_spool_changes: true
                remote_spool_from: [10.9.1.0/24]
                remote_spool_token_file: \(box.path("token"))
                """
            let kapo = try box.proxy(settings, before: network.words)
            func status(from address: String, _ headers: String...) throws -> Int {
                let fields = ["status=down", "reason=\(address)"]
                let verdict = try change(kapo, "/spool/web/80/status", fields, headers, from: address, in: network)
                if verdict.status != 200 { #expect(verdict.text != "" && !verdict.text.contains("s3cret")) }
                return verdict.status
            }
            let token = "Authorization: Bearer s3cret-of-nobody"
            #expect(try status(from: "10.9.2.1") == 403)
            for header in [
                "Authorization: Bearer wrong", "Authorization: Bearer ", "Authorization: Bearer s3cret-of-nobodyx",
                "Authorization: Bearer s3cret-of-nobod", "Authorization: Basic s3cret-of-nobody", "Authorization:",
                "X-Forwarded-For: 127.0.0.1", "X-Nerve-Check-IP: 127.0.0.1",
                "X-Haproxy-Server-State: UP; address=127.0.0.1; port=80", "Forwarded: for=127.0.0.1",
                "Origin: http://127.0.0.1",
            ] {
                #expect(try status(from: "10.9.2.1", header) == 403, "\(header)")
            }
            #expect(Files.names(in: box.spool) == [])
            #expect(try status(from: "10.9.2.1", token) == 200)
            #expect(try file(box, "web:80").reason == "10.9.2.1")
            #expect(try status(from: "10.9.1.1") == 200)
            #expect(try status(from: "127.0.0.1") == 200)
            #expect(!kapo.log.contains("s3cret"))

            // Without a token file no token will do, and without a list no other address.
            let strict = try box.proxy("allow_remote_spool_changes: true", before: network.words)
            for header in [token, "Authorization: Bearer", "Authorization: Bearer "] {
                let verdict = try change(
                    strict, "/spool/web/80/status", ["status=up"], [header], from: "10.9.1.1", in: network)
                #expect(verdict.status == 403, "\(header)")
            }
        }
    }
}

/// A file of the spool.
private struct SpoolEntry: Decodable, Equatable {
    var reason: String
    var expiration: Double?
    var creation: Double?
}
