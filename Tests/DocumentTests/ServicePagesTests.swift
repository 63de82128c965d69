import Machine
import Testing

@testable import Document

@Suite("What /livez and /readyz answer for services together")
struct ServicePagesTests {
    private static let time: Int64 = 1_488_478_828_500_000_000

    private func pages(_ services: [(String, Health)]) -> HealthPages {
        HealthPages(services.map { HealthPages.Service(name: $0.0, health: $0.1) }, at: Self.time)
    }

    private let fine = Health(isLive: true, blocker: nil)

    private func check(_ value: String, _ status: String) -> String {
        #"{"componentType":"component","observedValue":"\#(value)","status":"\#(status)","#
            + #""time":"2017-03-02T18:20:28.5Z"}"#
    }

    @Test("all ready: ok, a part for each, and the document byte for byte")
    func ready() {
        let pages = pages([("a", fine), ("b", fine)])
        #expect(pages.live.isFine && pages.ready.isFine)
        #expect(text(pages.live.text) == "ok" && text(pages.ready.text) == "ok")
        #expect(text(pages.live.parts) == "[+]loop ok\n[+]a ok\n[+]b ok\nlivez check passed\n")
        #expect(text(pages.ready.parts) == "[+]loop ok\n[+]a ok\n[+]b ok\nreadyz check passed\n")
        let document =
            #"{"status":"pass","checks":{"a:readiness":[\#(check("ready", "pass"))],"#
            + #""b:readiness":[\#(check("ready", "pass"))]}}"# + "\n"
        #expect(text(pages.live.document) == document)
        #expect(text(pages.ready.document) == document)
    }

    @Test("one that is not ready makes all unready, and is named; the others are ok", arguments: [true, false])
    func unready(isLive: Bool) {
        let pages = pages([("a", fine), ("b", Health(isLive: isLive, blocker: .killed)), ("c", fine)])
        #expect(!pages.ready.isFine && pages.live.isFine == isLive)
        #expect(text(pages.ready.text) == "not ready: b killed")
        #expect(text(pages.live.text) == (isLive ? "ok" : "not live: b killed"))
        #expect(
            text(pages.ready.parts) == "[+]loop ok\n[+]a ok\n[-]b failed: killed\n[+]c ok\nreadyz check failed\n")
        #expect(text(pages.live.parts).contains("\n[-]b failed: killed\n") == !isLive)
        let document = text(pages.ready.document)
        #expect(document.hasPrefix(#"{"status":"fail","output":"not ready: b killed","checks":{"a:readiness":["#))
        #expect(document.contains(#""b:readiness":[\#(check("killed", "fail"))]"#))
        #expect(text(pages.live.document).hasPrefix(isLive ? #"{"status":"pass","checks""# : #"{"status":"fail""#))
    }

    @Test("the text names eight and counts the rest; the parts name all")
    func many() {
        let pages = pages((10..<20).map { ("s\($0)", Health(isLive: false, blocker: .failed)) })
        let names = (10..<18).map { "s\($0) failed" }.joined(separator: ", ")
        #expect(text(pages.ready.text) == "not ready: \(names), and 2 more")
        #expect(text(pages.live.text) == "not live: \(names), and 2 more")
        #expect(text(pages.ready.parts).split(separator: "\n").count == 12)
    }

    @Test("one that has failed not long ago is a warning")
    func warning() {
        var health = fine
        health.failures = 1
        #expect(text(pages([("a", fine), ("b", health)]).ready.document).hasPrefix(#"{"status":"warn","checks""#))
    }

    @Test("no services at all are fine")
    func none() {
        let pages = pages([])
        #expect(pages.live.isFine && pages.ready.isFine)
        #expect(text(pages.ready.parts) == "[+]loop ok\nreadyz check passed\n")
    }
}
