import Testing

@testable import Document

@Suite("The form in which health is told")
struct HealthFormatTests {
    @Test(
        "the document for those who name it and do not like text better",
        arguments: [
            "application/health+json", "Application/Health+JSON", "application/health+json;q=0.1",
            "text/html, application/health+json;charset=utf-8", "application/health+json,text/plain",
            "text/plain;q=0.5,application/health+json;q=0.6", "*/*;q=0.1, application/health+json;q=0.2",
            " application/json ,\tapplication/health+json ; q=1.000",
        ])
    func document(_ accept: String) {
        #expect(HealthFormat(accept: accept, query: nil) == .document)
        #expect(HealthFormat(accept: accept, query: "verbose") == .document)
    }

    @Test(
        "text for everybody else",
        arguments: [
            nil, "", "*/*", "application/*", "application/json", "text/plain", "application/health+json;q=0",
            "application/health+json;q=0.000", "application/health+jsonx", "xapplication/health+json",
            "application/health+json;q=high", "application/health+json;q=0.5, text/plain",
            "application/health+json;q=0.5, */*", "text/*, application/health+json;q=0.9",
        ])
    func text(_ accept: String?) {
        #expect(HealthFormat(accept: accept, query: nil) == .text)
        #expect(HealthFormat(accept: accept, query: "verbose") == .parts)
    }

    @Test(
        "verbose is a parameter of the query, with any value or none",
        arguments: [
            ("verbose", true), ("verbose=1&x", true), ("x&verbose", true), ("a=b&verbose=&c", true),
            ("&verbose&", true),
            ("verbose=false", true), ("", false), ("x", false), ("verbosely", false), ("x=verbose", false),
            ("Verbose", false), ("=verbose", false), ("unverbose", false), ("verbose?x", false),
        ])
    func verbose(_ query: String, _ isAsked: Bool) {
        #expect(HealthFormat(accept: nil, query: query) == (isAsked ? .parts : .text))
    }

    @Test("each form has the type that it is")
    func types() {
        #expect(HealthFormat.text.contentType.description == "text/plain; charset=utf-8")
        #expect(HealthFormat.parts.contentType.description == "text/plain; charset=utf-8")
        #expect(HealthFormat.document.contentType.description == "application/health+json")
    }
}
