import Testing

@testable import Document

@Suite("The table of services")
struct ServiceTableTests {
    private static func row(
        _ name: String, _ pid: Int32, _ phase: ControlStatus.Phase, _ command: String = "sleep 600",
        follows: Bool = false, error: String = ""
    ) -> ServiceRow {
        let status = ControlStatus(pid: pid, phase: phase, command: command, followsPidFile: follows, count: 2)
        return ServiceRow(name: name, socket: "/s/\(name)/immortal.sock", status: status, error: error)
    }

    private static let rows = [
        row("web10", 1_234_567, .up("1d2h3m4.5s")), row("web2", 6940, .up("7.9s"), "./web --port 80", follows: true),
        row("old", 17, .down("1h5.0s")), row("soon", 0, .waiting("Starting in 1.0 seconds")),
        row("deaf", 5, .up("0.1s"), error: "unknown signal: x"),
        ServiceRow(name: "gone", socket: "/s/gone/immortal.sock", status: nil, error: "no answer within 5 s"),
    ]

    @Test("columns are as wide as they must be, rows in natural order, remarks behind")
    func plain() {
        let lines = ServiceTable(Self.rows).lines(coloured: false)
        #expect(
            lines == [
                "    PID           Up     Down   Name    CMD",
                "      5         0.1s            deaf    sleep 600 - unknown signal: x",
                "                                gone     - no answer within 5 s",
                "     17                1h5.0s   old     sleep 600",
                "                                soon    sleep 600 - Starting in 1.0 seconds",
                "   6940         7.9s            web2    ./web --port 80",
                "1234567   1d2h3m4.5s            web10   sleep 600",
            ])
    }

    @Test("the header alone, and a row that is narrower than it")
    func narrow() {
        #expect(ServiceTable([]).lines(coloured: true) == ["PID   Up   Down   Name   CMD"])
        #expect(
            ServiceTable([Self.row("a", 7, .up("1s"), "b")]).lines(coloured: false)
                == ["PID   Up   Down   Name   CMD", "  7   1s          a      b"])
    }

    @Test("names are green, yellow or red, remarks are yellow, and nothing else has a colour")
    func colours() {
        let lines = ServiceTable(Self.rows).lines(coloured: true)
        let expected = [
            "deaf": "\u{1b}[32mdeaf \u{1b}[0m", "gone": "\u{1b}[31mgone \u{1b}[0m", "old": "\u{1b}[31mold  \u{1b}[0m",
            "soon": "\u{1b}[32msoon \u{1b}[0m", "web2": "\u{1b}[33mweb2 \u{1b}[0m",
            "web10": "\u{1b}[32mweb10\u{1b}[0m",
        ]
        for (name, text) in expected { #expect(lines.count { $0.contains(text) } == 1, "\(name)") }
        #expect(lines[1].hasSuffix("sleep 600\u{1b}[33m - unknown signal: x\u{1b}[0m"))
        #expect(lines[4].hasSuffix("sleep 600\u{1b}[33m - Starting in 1.0 seconds\u{1b}[0m"))
        #expect(lines.map { $0.count { $0 == "\u{1b}" } } == [0, 4, 4, 2, 4, 2, 2])
        let plain = lines.map { $0.replacing(/\u{1b}\[\d+m/, with: "") }
        #expect(plain == ServiceTable(Self.rows).lines(coloured: false))
    }

    @Test("no line is longer than the screen is wide, coloured or not", arguments: [0, 1, 30, 34, 37, 40, 46, 50, 200])
    func width(_ columns: Int) {
        let whole = ServiceTable(Self.rows).lines(coloured: false)
        let cut = ServiceTable(Self.rows).lines(coloured: true, columns: columns)
        #expect(cut.map { $0.replacing(/\u{1b}\[\d+m/, with: "") } == whole.map { String($0.prefix(columns)) })
    }

    @Test("what a service says of itself cannot change how a terminal shows the table")
    func escapes() {
        let evil = Self.row("a\nb", 1, .up("\u{1b}c"), "x\r\u{1b}[2J\u{9b}31m\u{202e}y", error: "\u{7}\u{2028}")
        let lines = ServiceTable([evil]).lines(coloured: false)
        #expect(
            lines[1]
                == #"  1   \u{1b}c          a\u{a}b   x\u{d}\u{1b}[2J\u{9b}31m\u{202e}y - \u{7}\u{2028}"#)
        #expect(lines[0] == "PID        Up   Down   Name      CMD")
    }

    @Test("the same as JSON")
    func json() {
        #expect(text(ServiceRow.json([])) == "[]\n")
        #expect(
            text(ServiceRow.json([Self.rows[1], Self.rows[3], Self.rows[5]]))
                == [
                    #"[{"Name":"gone","Socket":"/s/gone/immortal.sock","PID":0,"Up":"","Down":"","Cmd":"","#,
                    #""Fpid":false,"Count":0,"Status":"","Err":"no answer within 5 s"},"#,
                    #"{"Name":"soon","Socket":"/s/soon/immortal.sock","PID":0,"Up":"","Down":"","Cmd":"sleep 600","#,
                    #""Fpid":false,"Count":2,"Status":"Starting in 1.0 seconds","Err":""},"#,
                    #"{"Name":"web2","Socket":"/s/web2/immortal.sock","PID":6940,"Up":"7.9s","Down":"","#,
                    #""Cmd":"./web --port 80","Fpid":true,"Count":2,"Status":"","Err":""}]"#, "\n",
                ].joined())
    }
}
