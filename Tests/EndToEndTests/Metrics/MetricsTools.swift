import Testing

/// An answer of `/metrics`, read without any help from Kapo.
struct Samples {
    /// The text, as it was answered.
    let text: String
    /// The value of each series, by its name and labels as they stand there: `kapo_state{state="running"}`.
    let values: [String: Double]
    /// The type of each family, by the name in the `# TYPE` line.
    let types: [String: String]

    /// Reads either format; throws for a line that is none.
    init(_ text: String) throws {
        self.text = text
        var values: [String: Double] = [:]
        var types: [String: String] = [:]
        for line in text.split(separator: "\n") where line != "# EOF" {
            if line.hasPrefix("# ") {
                let words = line.split(separator: " ")
                if words[1] == "TYPE" { types[String(words[2])] = String(words[3]) }
                continue
            }
            // A label may have spaces in it, and the value has none.
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                throw HarnessError("no sample: \(line)")
            }
            let series = String(line[..<space])
            #expect(values[series] == nil, "\(series) comes twice")
            values[series] = value
        }
        self.values = values
        self.types = types
    }

    /// The value of that series; fails when there is none.
    func callAsFunction(_ series: String, _ location: SourceLocation = #_sourceLocation) throws -> Double {
        try #require(values[series], "\(series) is not in: \(text)", sourceLocation: location)
    }

    /// The names of all series, without labels.
    var names: Set<String> { Set(values.keys.map { String($0.prefix { $0 != "{" }) }) }
}

extension Kapo {
    /// What a scrape in that way gets.
    func metrics(openMetrics: Bool = false) throws -> Samples {
        let options = openMetrics ? ["--header", "Accept: application/openmetrics-text; version=1.0.0"] : []
        let answer = try ask("/metrics", options)
        #expect(answer.status == 200)
        return try Samples(answer.body)
    }

    /// Waits until a scrape is as wanted, and returns it.
    @discardableResult
    func metrics(_ what: String, where condition: (Samples) throws -> Bool) throws -> Samples {
        var last = ""
        return try eventually("\(what), but \(last)") {
            let samples = try metrics()
            last = samples.text
            return try condition(samples) ? samples : nil
        }
    }
}

extension Sandbox {
    /// Has promtool and the parser of Python's client read the two formats of that Kapo, and compares them.
    func checkMetrics(of kapo: Kapo) throws {
        let text = try kapo.metrics()
        let lint = try promtool(["check", "metrics"], input: text.text)
        #expect(lint.code == 0, "\(text.text)")
        #expect(lint.output + lint.errors == "")

        let openMetrics = try kapo.metrics(openMetrics: true)
        try Files.write(path("openmetrics"), openMetrics.text.utf8)
        let parsed = try python(Self.parser, [path("openmetrics")])
        #expect(parsed.code == 0, "\(openMetrics.text) \(parsed.errors)")
        // The same series, whatever the format.
        let series = Set(parsed.output.split(separator: "\n").map(String.init))
        #expect(series == Set(text.values.keys))
        #expect(Set(openMetrics.values.keys) == series)
    }

    /// Runs promtool, which reads `input`.
    func promtool(_ words: [String], input: String = "") throws -> Outcome {
        try Files.write(path("promtool.in"), input.utf8)
        return try finish(["promtool"] + words, input: path("promtool.in"))
    }

    /// Prints each series of a file in OpenMetrics; fails at anything that the specification forbids.
    private static let parser = #"""
        import sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        text = open(sys.argv[1], newline="").read()
        escape = lambda value: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for family in text_string_to_metric_families(text):
            assert family.documentation, family.name
            assert family.samples, family.name
            for sample in family.samples:
                labels = ",".join(f'{name}="{escape(value)}"' for name, value in sample.labels.items())
                print(sample.name + (f"{{{labels}}}" if labels else ""))
        """#
}
