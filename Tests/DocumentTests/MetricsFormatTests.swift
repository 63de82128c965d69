import Chance
import Testing

@testable import Document

@Suite("The format that an Accept header asks for")
struct MetricsFormatTests {
    @Test(
        "OpenMetrics for those who name it and do not like text better",
        arguments: [
            "application/openmetrics-text",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            "APPLICATION/OpenMetrics-Text;VERSION=\"1.0.0\"",
            "text/plain;q=0.5,application/openmetrics-text;q=0.6",
            "application/openmetrics-text,text/plain",
            "text/plain;q=0.5, application/openmetrics-text;q=0.5",
            "text/html,application/openmetrics-text;q=0.001",
            "application/openmetrics-text;q=0.3,text/plain;version=1.0.0",
            "application/openmetrics-text;version=0.0.1;q=0.1,application/openmetrics-text;version=1.0.0;q=0.9",
            // Prometheus 2.42 and 3.0.
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                + "application/openmetrics-text;version=0.0.1;q=0.5,"
                + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ])
    func openMetrics(_ accept: String) {
        #expect(MetricsFormat(accept: accept) == .openMetrics)
    }

    @Test(
        "text for everybody else",
        arguments: [
            nil, "", " ", ",", ";", "*/*", "text/*", "text/plain", "application/json", "application/*",
            "text/plain;version=0.0.4", "text/plain,application/openmetrics-text;q=0.9",
            "application/openmetrics-text;q=0", "application/openmetrics-text;q=0.000",
            "application/openmetrics-text;version=0.0.1", "application/openmetrics-text;version=2.0.0",
            "application/openmetrics-text;q=0.5,text/*;q=0.6", "application/openmetrics-text;q=0.5,*/*;q=0.6",
            // What is no quality says nothing.
            "application/openmetrics-text;q=2", "application/openmetrics-text;q=1.001",
            "application/openmetrics-text;q=0.1234", "application/openmetrics-text;q=.5",
            "application/openmetrics-text;q=-1", "application/openmetrics-text;q=x",
            "application/openmetrics-textual", "openmetrics-text",
            // curl, a browser, and a Prometheus that is told to scrape text.
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.4",
        ])
    func text(_ accept: String?) {
        #expect(MetricsFormat(accept: accept) == .text)
    }

    @Test("no header makes it crash", arguments: 0..<20 as Range<UInt64>)
    func nonsense(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "application/openmetrics-text", "text/plain", ";", ",", "=", "q", "version", "0", ".", "1", " ", "é",
        ]
        for _ in 0..<200 {
            let words = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                pieces.randomElement(using: &random)
            }
            let header = words.joined()
            if !header.contains("application/openmetrics-text") { #expect(MetricsFormat(accept: header) == .text) }
        }
    }
}
