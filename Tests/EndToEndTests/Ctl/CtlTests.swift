import Glibc
import Testing

/// `kapo ctl` and services that answer.
@Suite struct CtlTests {
    static let web = "{'pid': 6940, 'up': '7.9s', 'cmd': './web --port 80', 'fpid': False, 'count': 4}"
    static let old = "{'pid': 17, 'down': '1h5.0s', 'cmd': 'sleep 600', 'fpid': False, 'count': 1}"
    static let soon = "{'pid': 0, 'cmd': './soon', 'fpid': False, 'count': 2, 'status': 'Starting in 1.0 seconds'}"

    @Test("the table has the services of both directories, in natural order, and the same as JSON")
    func status() throws {
        try Sandbox.run { box in
            let services = try CtlServices(box, ["web10": Self.web, "web2": Self.old])
            let own = try CtlServices(box, in: "home/.immortal", ["4711": Self.soon])
            for words in [[], ["status"], ["status", "*"], ["-A"]] {
                let outcome = try box.ctl(words)
                #expect(outcome.ending == .code(0))
                #expect(outcome.errors == "")
                #expect(
                    outcome.output
                        == """
                        PID     Up     Down   Name    CMD
                                              4711    ./soon - Starting in 1.0 seconds
                         17          1h5.0s   web2    sleep 600
                        6940   7.9s            web10   ./web --port 80

                        """.replacing("PID     Up", with: " PID     Up").replacing(" 17    ", with: "  17    ")
                        .replacing("                      4711", with: "                       4711"),
                    "\(words)")
            }
            let one = try box.ctl(["status", "web2"])
            #expect(one.output == "PID   Up     Down   Name   CMD\n 17        1h5.0s   web2   sleep 600\n")
            let entries = try box.ctlEntries()
            #expect(entries.map(\.Name) == ["4711", "web2", "web10"])
            let web = try #require(entries.first { $0.Name == "web10" })
            #expect(
                web
                    == CtlEntry(
                        Name: "web10", Socket: "\(services.directory)/web10/immortal.sock", PID: 6940, Up: "7.9s",
                        Down: "", Cmd: "./web --port 80", Fpid: false, Count: 4, Status: "", Err: ""))
            #expect(entries.first { $0.Name == "4711" }?.Status == "Starting in 1.0 seconds")
            #expect(own.requests.count == 5 && own.requests.allSatisfy { $0 == "4711 GET /" }, "\(own.requests)")
        }
    }

    /// Words, and what the service that is meant is sent.
    static let orders: [(String, String)] = [
        ("stop web", "down"), ("start web", "start"), ("once web", "once"), ("restart web", "restart"),
        ("-1 web", "USR1"), ("-2 web", "USR2"), ("-a web", "ALRM"), ("-c web", "CONT"), ("-h web", "HUP"),
        ("-i web", "INT"), ("-in web", "TTIN"), ("-k web", "KILL"), ("-ou web", "TTOU"), ("-q web", "QUIT"),
        ("-s web", "STOP"), ("-t web", "TERM"), ("-w web", "WINCH"), ("--signal usr1 web", "USR1"),
    ]

    @Test("each verb and each signal is sent to the service that is named, then it is asked, and no other is")
    func orders() throws {
        try Sandbox.run { box in
            let services = try CtlServices(box, ["web": Self.web, "other": Self.old])
            var expected: [String] = []
            for (words, name) in Self.orders {
                let outcome = try box.ctl(words.split(separator: " ").map(String.init))
                #expect(outcome.ending == .code(0), "\(words): \(outcome.errors)")
                #expect(outcome.output.split(separator: "\n").count == 2)
                #expect(outcome.output.contains("./web --port 80"))
                expected += ["web POST /signal/\(name)", "web GET /"]
            }
            #expect(services.requests == expected)
            #expect(try box.ctl(["stop", "*"]).output.contains("0.1s   web"))
            #expect(Set(services.requests.suffix(4)).count == 4)
            #expect(try box.ctl(["start", "*"]).ending == .code(0))
            #expect(try box.ctlEntries().map(\.Up) == ["0.1s", "0.1s"])
        }
    }

    @Test("a service that ends with its supervisor has obeyed", arguments: ["halt", "exit"])
    func ends(_ verb: String) throws {
        try Sandbox.run { box in
            let services = try CtlServices(box, ["web": Self.web, "other": Self.old])
            let outcome = try box.ctl([verb, "web"])
            #expect(outcome.ending == .code(0))
            #expect(outcome.errors == "")
            #expect(outcome.output == "PID   Up   Down   Name   CMD\n")
            #expect(services.requests.first == "web POST /signal/\(verb)")
            #expect(try box.ctl().output.split(separator: "\n").count == 2)
        }
    }

    @Test("a service that refuses is shown with its reason, and the others obey all the same")
    func refused() throws {
        try Sandbox.run { box in
            let services = try CtlServices(
                box,
                [
                    "web": Self.web, "no": "{'pid': 5, 'up': '1.0s', 'cmd': 'x', 'Err': 'not \\x1b[2J now'}",
                    "shut": "{'code': 403, 'Err': 'user 7 may not'}", "odd": "{'code': 500, 'Err': ''}",
                ])
            let outcome = try box.ctl(["stop", "*"])
            #expect(outcome.ending == .code(1))
            #expect(
                outcome.output.split(separator: "\n").map(String.init)
                    == [
                        "PID     Up   Down   Name   CMD", "  5   1.0s          no     x - not \\u{1b}[2J now",
                        "                    odd     - the answer is none of a control socket, with the status 500",
                        "                    shut    - user 7 may not",
                        "6940          0.1s   web    ./web --port 80",
                    ].map { $0.hasPrefix("6940") ? $0 : " " + $0 })
            #expect(services.requests.count { $0 == "web POST /signal/down" } == 1)
            #expect(try box.ctlEntries(["stop", "shut"]).map(\.Err) == ["user 7 may not"])
            #expect(try box.ctl(["status", "web"]).ending == .code(0))
            #expect(try box.ctl(["status", "shut"]).ending == .code(1))
        }
    }

    @Test("a service that does not answer is given up after 5 s; the others are shown")
    func hangs() throws {
        try Sandbox.run { box in
            _ = try CtlServices(box, ["web": Self.web, "deaf": "{'hang': True}"])
            let outcome = try box.ctl()
            #expect(outcome.ending == .code(1))
            #expect(outcome.output.contains("deaf    - no answer within 5 s\n"))
            #expect(outcome.output.contains("web    ./web --port 80\n"))
        }
    }

    @Test("all are asked at the same time, but for 64 at most")
    func many() throws {
        try Sandbox.run { box in
            let names = (1...300).map { "s\($0)" }
            let services = try CtlServices(
                box, Dictionary(uniqueKeysWithValues: names.map { ($0, "{'pid': 2, 'up': '1.0s', 'cmd': 'x'}") }))
            let outcome = try box.ctl(["-t", "*"])
            #expect(outcome.ending == .code(0), "\(outcome.output)")
            let shown = outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ")[2] }
            #expect(shown.map(String.init) == names)
            #expect(services.requests.count == 600)
            #expect((2...64).contains(services.mostAtOnce), "\(services.mostAtOnce)")
        }
    }
}
