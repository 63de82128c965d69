import Machine
import Testing

@testable import Document

@Suite("The line of an agent check of a service")
struct SpoolAgentLineTests {
    private static func line(_ reason: String?) -> String {
        text(SpoolAgentLine.bytes(reason.map { Downtime(reason: $0, expiration: 5, creation: 1) }))
    }

    @Test("up, and out of what was said before")
    func up() { #expect(Self.line(nil) == "up ready\n") }

    @Test(
        "down with the reason on one line; maint and drain when that is its first word",
        arguments: [
            ("deploy", "down #deploy\n"), ("", "down\n"), ("\n", "down\n"), ("two\nlines", "down #two\\u{a}lines\n"),
            ("a\tb\u{1b}", nil), ("maint", "maint\n"), ("maint: disk", "maint\n"), ("drain", "drain\n"),
            ("drain\nmore", "drain\n"), ("maintenance", "down #maintenance\n"), ("drained", "down #drained\n"),
            ("Maint", "down #Maint\n"), (" maint", "down # maint\n"), ("maint1", "maint\n"), ("up", "down #up\n"),
            ("#", "down ##\n"), ("caf\u{e9} \u{65e5}\u{672c}", "down #caf\u{e9} \u{65e5}\u{672c}\n"),
            ("draine\u{301}", "down #draine\u{301}\n"),
        ] as [(String, String?)])
    func down(_ reason: String, _ expected: String?) {
        let line = Self.line(reason)
        if let expected { #expect(line == expected) }
        #expect(line.hasSuffix("\n") && line.dropLast().utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "\(line)")
    }

    @Test("a reason that is too long for the line is cut, and the line has its end")
    func long() {
        for (reason, unit) in [
            (String(repeating: "x", count: 5000), "x"), (String(repeating: "\u{e9}", count: 2500), "\u{e9}"),
            (String(repeating: "\u{1}", count: 3000), ""),
        ] {
            let line = Self.line(reason)
            #expect(line.utf8.count <= 1100 && line.utf8.count > 900, "\(line.utf8.count) bytes")
            #expect(line.hasPrefix("down #\(unit)") && line.hasSuffix("\(unit)\n") && !line.contains("\u{fffd}"))
        }
        #expect(Self.line("drain " + String(repeating: "x", count: 5000)) == "drain\n")
    }

    @Test("a question that is none is an error that says what to ask")
    func unknown() {
        #expect(text(SpoolAgentLine.unknown).hasPrefix("error #") && text(SpoolAgentLine.unknown).hasSuffix("\n"))
        #expect(text(SpoolAgentLine.unknown).filter { $0 == "\n" }.count == 1)
    }
}
