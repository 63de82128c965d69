import Machine
import Testing

@testable import Document

@Suite("An event of the event stream")
struct StatusEventTests {
    @Test("its number, its name, and the document on one line, ended by an empty one", arguments: ["", "\n"])
    func bytes(_ end: String) {
        #expect(
            text(StatusEvent.bytes(number: 7, document: Array("[{\"PID\":1}]\(end)".utf8)))
                == "id: 7\nevent: status\ndata: [{\"PID\":1}]\n\n")
        #expect(
            text(StatusEvent.bytes(number: .max, document: Array(end.utf8))).hasPrefix("id: 18446744073709551615\n"))
    }

    @Test("whatever the command is called, the data is the document and nothing ends it early")
    func lines() throws {
        let subject = StatusEntry.Subject(
            mode: .run, command: "a\nb\r\ndata: c", arguments: ["\n\nid: 9\n", "\u{2028}\u{0}"], sidebindPort: 0,
            waitNanoseconds: 0)
        let document = StatusDocument.bytes([StatusDocument.entries([StatusEntry(subject: subject, report: Report())])])
        let event = text(StatusEvent.bytes(number: 1, document: document))
        // As a reader splits it: at CR LF, LF or CR.
        let lines = event.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" }
        #expect(lines.map { String($0.prefix(6)) } == ["id: 1", "event:", "data: ", "", ""])
        #expect(String(lines[2].dropFirst(6)) + "\n" == text(document))
    }
}
