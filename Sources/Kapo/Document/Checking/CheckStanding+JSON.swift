import Machine

extension CheckStanding {
    /// What is known of the check: an element of `Checks` in the document.
    var json: JSON {
        .object([
            ("Check", .string(name)),
            ("Failed", JSON(failed)),
            ("LastLatency", JSON(last?.latency)),
            ("LastMessage", last.map { .string($0.words) } ?? .null),
            ("LastOutput", last?.output.map { .string($0) } ?? .null),
            ("LastResult", last.map { .string($0.hasPassed ? "passed" : "failed") } ?? .null),
            ("LastTime", .string(lastAt.map(Timestamp.text) ?? Timestamp.never)),
            ("Passed", JSON(passed)),
            ("Verdict", .string(verdict.rawValue)),
        ])
    }

    /// Its part of `/readyz?verbose`, and why it fails.
    var part: (name: String, problem: String?) {
        let problem = verdict == .failing ? VisibleText.of(last?.words ?? "") : nil
        return ("check \(VisibleText.of(name))", problem)
    }

    /// Its observation in the health document: how long it took, in milliseconds.
    func observation(at time: String) -> JSON {
        let latency: [(name: String, value: JSON)] =
            last.map {
                [("observedUnit", .string("ms")), ("observedValue", .number(Double($0.latency / 1000) / 1000))]
            } ?? []
        let output: [(name: String, value: JSON)] =
            verdict == .failing ? [("output", .string(last?.words ?? ""))] : []
        return .object(
            [("componentType", .string("component"))] + latency + output + [
                ("status", .string(verdict == .failing ? "fail" : verdict == .passing ? "pass" : "warn")),
                ("time", .string(lastAt.map(Timestamp.text) ?? time)),
            ])
    }
}
