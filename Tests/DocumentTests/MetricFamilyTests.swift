import Testing

@testable import Document

@Suite("A family of metrics as lines")
struct MetricFamilyTests {
    private static func lines(_ family: MetricFamily, _ format: MetricsFormat) -> String {
        var output: [UInt8] = []
        family.append(to: &output, in: format)
        return text(output)
    }

    @Test("a gauge is the same in both formats, but for the unit")
    func gauge() {
        let family = MetricFamily("age_seconds", .gauge, "How old.", .nanoseconds(1_500_000_000))
        let text = "# HELP kapo_age_seconds How old.\n# TYPE kapo_age_seconds gauge\n"
        #expect(Self.lines(family, .text) == text + "kapo_age_seconds 1.5\n")
        #expect(
            Self.lines(family, .openMetrics) == text + "# UNIT kapo_age_seconds seconds\nkapo_age_seconds 1.5\n")
    }

    @Test("the family of a counter has no _total in OpenMetrics; its samples have it in both")
    func counter() {
        let family = MetricFamily("sent_bytes", .counter, "Sent.", .count(.max))
        let sample = "kapo_sent_bytes_total 18446744073709551615\n"
        #expect(
            Self.lines(family, .text)
                == "# HELP kapo_sent_bytes_total Sent.\n# TYPE kapo_sent_bytes_total counter\n" + sample)
        #expect(
            Self.lines(family, .openMetrics)
                == "# HELP kapo_sent_bytes Sent.\n# TYPE kapo_sent_bytes counter\n# UNIT kapo_sent_bytes bytes\n"
                + sample)
    }

    @Test("an info is a gauge of text, which has no infos")
    func info() {
        let labels = [MetricFamily.Label(name: "a", value: "1"), .init(name: "b", value: "")]
        let family = MetricFamily("thing", .info, "What.", [.init(labels: labels, value: .count(1))])
        let sample = "kapo_thing_info{a=\"1\",b=\"\"} 1\n"
        #expect(
            Self.lines(family, .text) == "# HELP kapo_thing_info What.\n# TYPE kapo_thing_info gauge\n" + sample)
        #expect(
            Self.lines(family, .openMetrics) == "# HELP kapo_thing What.\n# TYPE kapo_thing info\n" + sample)
    }

    @Test("the samples of a histogram have suffixes of their own, and the family has none")
    func histogram() {
        let bucket = MetricFamily.Sample(
            part: "_bucket", labels: [.init(name: "le", value: "+Inf")], value: .count(2))
        let family = MetricFamily(
            "wait_seconds", .histogram, "How long.",
            [bucket, .init(part: "_sum", value: .nanoseconds(1_500_000_000)), .init(part: "_count", value: .count(2))])
        let head = "# HELP kapo_wait_seconds How long.\n# TYPE kapo_wait_seconds histogram\n"
        let samples =
            "kapo_wait_seconds_bucket{le=\"+Inf\"} 2\nkapo_wait_seconds_sum 1.5\nkapo_wait_seconds_count 2\n"
        #expect(Self.lines(family, .text) == head + samples)
        #expect(Self.lines(family, .openMetrics) == head + "# UNIT kapo_wait_seconds seconds\n" + samples)
    }

    @Test("a family without samples is left out", arguments: MetricsFormat.allCases)
    func empty(_ format: MetricsFormat) {
        #expect(Self.lines(MetricFamily("none", .gauge, "Nothing.", nil as MetricFamily.Value?), format) == "")
    }

    @Test(
        "backslash, quote and newline are escaped in a label, nothing else is",
        arguments: [
            (#"a\b"#, #"a\\b"#), (#"say "hi""#, #"say \"hi\""#), ("two\nlines", #"two\nlines"#),
            (#"\n"#, #"\\n"#), ("{a=\"1\"} 2", #"{a=\"1\"} 2"#), ("tab\tcr\r", "tab\tcr\r"), ("naïve 日本", "naïve 日本"),
        ])
    func escapes(_ value: String, _ escaped: String) {
        let family = MetricFamily(
            "x", .gauge, "X.", [.init(labels: [.init(name: "l", value: value)], value: .integer(-1))])
        for format in MetricsFormat.allCases {
            let last = Self.lines(family, format).split(separator: "\n").last.map(String.init)
            #expect(last == "kapo_x{l=\"\(escaped)\"} -1")
        }
    }

    @Test(
        "nanoseconds are shown in seconds, exactly",
        arguments: [
            (0, "0"), (1, "0.000000001"), (1_000_000_000, "1"), (1_010_000_000, "1.01"), (-1, "-0.000000001"),
            (-2_500_000_000, "-2.5"), (1_795_206_115_500_000_000, "1795206115.5"), (.max, "9223372036.854775807"),
            (.min, "-9223372036.854775808"),
        ] as [(Int64, String)])
    func seconds(_ nanoseconds: Int64, _ text: String) {
        #expect(MetricFamily.Value.nanoseconds(nanoseconds).text == text)
    }
}
