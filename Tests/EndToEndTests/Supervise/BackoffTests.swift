import Testing

/// `--backoff`, `--max-wait` and `--stable-after`.
@Suite struct BackoffTests {
    @Test("the wait grows by the factor after each failure, less a random tenth, up to --max-wait")
    func growth() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "0.05", "--backoff", "2", "--max-wait", "0.2", "sh", "-c", "exit 1",
            ])
            try kapo.entry("nine restarts") { $0.Restarts >= 9 }
            let nominal = [0.05, 0.1] + [Double](repeating: 0.2, count: 7)
            let waits = Array(try waits(of: kapo).prefix(nominal.count))
            for (wait, full) in zip(waits, nominal) {
                // The log has milliseconds.
                #expect(full * 0.9 - 0.0006 <= wait && wait <= full, "\(waits)")
            }
            #expect(waits.count == nominal.count)
            #expect(Set(waits.dropFirst(2)).count > 1, "seven draws are not all the same: \(waits)")
        }
    }

    @Test("without --backoff the wait stays, to the millisecond; so it does after successes")
    func noGrowth() throws {
        try Sandbox.run { box in
            for options in [[], ["--backoff", "10", "--success-exit", "3"]] {
                let kapo = try box.kapo(["supervise", "--wait", "0.05"] + options + ["sh", "-c", "exit 3"])
                try kapo.entry("four restarts") { $0.Restarts >= 4 }
                #expect(try waits(of: kapo).allSatisfy { $0 == 0.05 })
            }
        }
    }

    @Test("a --max-wait below --wait does not shorten it")
    func smallCap() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "0.2", "--backoff", "3", "--max-wait", "0.1", "sh", "-c", "exit 3",
            ])
            try kapo.entry("three restarts") { $0.Restarts >= 3 }
            #expect(try waits(of: kapo).allSatisfy { 0.179 <= $0 && $0 <= 0.2 })
        }
    }

    @Test("a run that lasted --stable-after begins the waits anew")
    func stable() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "supervise", "--wait", "0.1", "--backoff", "3", "--stable-after", "0.5", "sh", "-c",
                StableRun.script(box),
            ])
            try kapo.entry("five restarts") { $0.Restarts >= 5 }
            let waits = Array(try waits(of: kapo).prefix(5))
            for (wait, full) in zip(waits, [0.1, 0.3, 0.1, 0.3, 0.9]) {
                #expect(full * 0.9 - 0.0006 <= wait && wait <= full, "\(waits)")
            }
        }
    }

    /// The seconds of each `starting sh again in … s` of the log.
    private func waits(of kapo: Kapo) throws -> [Double] {
        try kapo.log.matches(of: /again in ([0-9.]+) s/).map { try #require(Double($0.1)) }
    }
}

/// A script that fails at once, but for its third run, which lasts 0.7 s.
enum StableRun {
    /// It writes a line to the file `runs` of the sandbox in each run.
    static func script(_ box: Sandbox) -> String {
        "echo run >> \(box.path("runs")); [ $(wc -l < \(box.path("runs"))) != 3 ] || sleep 0.7; exit 1"
    }
}
