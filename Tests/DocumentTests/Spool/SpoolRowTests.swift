import Machine
import Testing

@testable import Document

@Suite("What hacheck's commands say")
struct SpoolRowTests {
    @Test("a line for what is up, and for what is down")
    func lines() {
        let down = Downtime(reason: "deploy\n", creation: 1.5)
        let rows: [(SpoolRow, String)] = [
            (SpoolRow(service: "web", host: nil, port: nil, downtime: nil), "UP\tweb"),
            (SpoolRow(service: "web", host: "10.0.0.1", port: 80, downtime: nil), "UP\tweb"),
            (SpoolRow(service: "web", host: nil, port: nil, downtime: down), "DOWN\tinf\tweb\tdeploy"),
            (SpoolRow(service: "web", host: nil, port: 80, downtime: down), "DOWN\tinf\tweb::80\tdeploy"),
            (
                SpoolRow(service: "web", host: "::1", port: 80, downtime: Downtime(reason: "a\tb", expiration: 2)),
                "DOWN\t2.000000\tweb:::1:80\ta\\u{9}b"
            ),
        ]
        for (row, line) in rows { #expect(row.line == line) }
    }

    @Test("JSON has all that is known, and null for the rest")
    func json() {
        let down = Downtime(reason: "\u{1b}\n", creation: 1.5)
        let rows = [
            SpoolRow(service: "web", host: "10.0.0.1", port: 80, downtime: down),
            SpoolRow(service: "api", host: nil, port: nil, downtime: nil),
        ]
        #expect(
            text(SpoolRow.json(rows))
                == #"[{"Service":"web","Host":"10.0.0.1","Port":80,"State":"down","Reason":"\u001b\n","Creation":1.5,"#
                + #""Expiration":null},{"Service":"api","Host":null,"Port":null,"State":"up","Reason":null,"#
                + #""Creation":null,"Expiration":null}]"# + "\n")
        #expect(text(SpoolRow.json([])) == "[]\n")
    }
}

@Suite("The services that a daemon was asked for")
struct RecentServicesTests {
    private static let answer =
        #"{"seen_services": [["web", {"code": 200, "remote_ip": "127.0.0.1", "ts": 1435694078.77}], "old", "#
        + #"["api", null]], "threshold_seconds": 600}"#

    @Test("lines as hacheck's, sorted, and JSON")
    func services() throws {
        let services = try #require(RecentServices(answer: Array(Self.answer.utf8)))
        #expect(
            services.lines == [
                "api last_response=null", "old",
                #"web last_response={"code": 200, "remote_ip": "127.0.0.1", "ts": 1435694078.77}"#,
            ])
        #expect(
            text(services.json)
                == #"[{"Service":"api","Code":null,"RemoteIP":null,"Time":null},"#
                + #"{"Service":"old","Code":null,"RemoteIP":null,"Time":null},"#
                + #"{"Service":"web","Code":200,"RemoteIP":"127.0.0.1","Time":1435694078.77}]"# + "\n")
    }

    @Test("what a daemon says does nothing to a terminal")
    func hostile() throws {
        let answer = #"{"seen_services": [["\u001b[2J", {"code": "\u001bé", "ts": 1e999}], "a\nb"]}"#
        let services = try #require(RecentServices(answer: Array(answer.utf8)))
        #expect(services.lines.joined().utf8.allSatisfy { 0x20...0x7e ~= $0 })
        #expect(services.lines.count == 2 && services.lines[1] == "a\\u{a}b")
        #expect(!services.json.contains(0x1b))
    }

    @Test(
        "another answer is none",
        arguments: [
            "", "{}", "[]", #"{"seen_services": {}}"#, #"{"seen_services": [1]}"#, #"{"seen_services": [["a"]]}"#,
            #"{"seen_services": [["a", null, 1]]}"#, #"{"seen_services": [[1, null]]}"#, "<html>",
        ])
    func wrong(_ answer: String) {
        #expect(RecentServices(answer: Array(answer.utf8)) == nil)
    }
}
