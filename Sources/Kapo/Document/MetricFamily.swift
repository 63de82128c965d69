/// Metrics of one name: what they mean, and a sample for each set of labels.
struct MetricFamily {
    /// What kind of number it is.
    enum Kind: String {
        case gauge, counter, info, histogram

        /// What the name of a sample has behind that of the family.
        fileprivate var suffix: String {
            switch self {
            // Each sample of a histogram has a suffix of its own.
            case .gauge, .histogram: ""
            case .counter: "_total"
            case .info: "_info"
            }
        }
    }

    /// A base unit, which ends the name of the family.
    enum Unit: String {
        case seconds, bytes
    }

    /// A number, written without a detour over floating point.
    enum Value: Equatable {
        case count(UInt64)
        case integer(Int64)
        /// Shown in seconds.
        case nanoseconds(Int64)
    }

    /// One line of the answer.
    struct Sample: Equatable {
        /// What stands behind the name of the family: `_bucket`, `_sum` or `_count` in a histogram.
        var part = ""
        var labels: [Label] = []
        var value: Value
    }

    /// A label: the name is ours, the value anybody's.
    struct Label: Equatable {
        var name: String
        var value: String
    }

    /// Without the suffix of the kind, with that of the unit.
    let name: String
    let kind: Kind
    let unit: Unit?
    /// One sentence, without a newline, a backslash or a quote: it stands in the formats as it is.
    let help: String
    /// Empty when there is nothing to say now: then the whole family is left out.
    let samples: [Sample]

    /// A family with one sample for each label, or none.
    init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = "kapo_" + name
        self.kind = kind
        unit = [Unit.seconds, .bytes].first { name.hasSuffix("_" + $0.rawValue) }
        self.help = help
        self.samples = samples
    }

    /// A family with one sample without labels, or with none.
    init(_ name: String, _ kind: Kind, _ help: String, _ value: Value?) {
        self.init(name, kind, help, value.map { [Sample(value: $0)] } ?? [])
    }

    /// Appends the family as lines of that format.
    func append(to output: inout [UInt8], in format: MetricsFormat) {
        guard !samples.isEmpty else { return }
        let full = name + kind.suffix
        switch format {
        case .text:
            output += "# HELP \(full) \(help)\n# TYPE \(full) \(kind == .info ? "gauge" : kind.rawValue)\n".utf8
        case .openMetrics:
            output += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8
            if let unit { output += "# UNIT \(name) \(unit.rawValue)\n".utf8 }
        }
        for sample in samples {
            output += full.utf8
            output += sample.part.utf8
            sample.append(to: &output)
        }
    }
}

extension MetricFamily.Sample {
    /// Appends what stands behind the name. No text is made on the way: a thousand services have 20,000 samples.
    fileprivate func append(to output: inout [UInt8]) {
        for (index, label) in labels.enumerated() {
            output.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            output += label.name.utf8
            output += "=\"".utf8
            Self.append(escaped: label.value.utf8, to: &output)
            output.append(UInt8(ascii: "\""))
        }
        if !labels.isEmpty { output.append(UInt8(ascii: "}")) }
        output.append(UInt8(ascii: " "))
        output += value.text.utf8
        output.append(UInt8(ascii: "\n"))
    }

    /// Both formats know these three escapes in the value of a label, and no others.
    private static func append(escaped text: String.UTF8View, to output: inout [UInt8]) {
        let isPlain = text.allSatisfy {
            $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\n")
        }
        if isPlain { return output += text }
        for byte in text {
            switch byte {
            case UInt8(ascii: "\\"): output += "\\\\".utf8
            case UInt8(ascii: "\""): output += "\\\"".utf8
            case UInt8(ascii: "\n"): output += "\\n".utf8
            default: output.append(byte)
            }
        }
    }
}

extension MetricFamily.Value {
    /// `42`, `-1`, `1795206115.5`.
    var text: String {
        switch self {
        case .count(let number): return String(number)
        case .integer(let number): return String(number)
        case .nanoseconds(let number):
            let size = number.magnitude
            let whole = (number < 0 ? "-" : "") + String(size / 1_000_000_000)
            // One in front keeps the zeros that begin the fraction; the zeros that end it say nothing.
            let fraction = String(1_000_000_000 + size % 1_000_000_000).dropFirst().reversed().drop { $0 == "0" }
            return fraction.isEmpty ? whole : whole + "." + String(fraction.reversed())
        }
    }
}
