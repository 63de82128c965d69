import Testing

/// What `make demo` runs after the build.
@Suite struct DemoTests {
    @Test("the demo shows the worker running, killed, and running again, and ends with 0")
    func demo() throws {
        try Sandbox.run { box in
            let script = Repository.root + "/scripts/demo"
            let outcome = try box.finish([script], environment: ["KAPO": Programs.kapo])
            #expect(outcome.code == 0, "\(outcome.errors)")
            let documents = outcome.output.split(separator: "\n").filter { $0.hasPrefix("[{") }
            #expect(documents.count == 3)
            for (document, field) in zip(documents, [#""Restarts":0"#, #""Status":"killed""#, #""LastSignal":9"#]) {
                #expect(document.contains(field))
            }
            #expect(outcome.output.contains("worker: stopping"))
        }
    }
}
