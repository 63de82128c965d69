/// The time that a whole check may take: as `Seconds`, 0.001 at least.
package struct CheckTimeout: Setting, Equatable {
    package var nanoseconds: Int64
    /// As it was written: `5`, `.25`.
    package let text: String

    /// That many whole seconds; above 0.
    package init(_ seconds: Int64) {
        nanoseconds = Seconds(seconds).nanoseconds
        text = "\(seconds)"
    }

    /// Reads what `Seconds` reads.
    package init(text: String) throws(SettingError) {
        guard let seconds = try? Seconds(text: text), seconds.nanoseconds >= 1_000_000 else {
            throw .notAllowed(text, "a number of seconds from 0.001 to 1000000000; fractions are allowed")
        }
        nanoseconds = seconds.nanoseconds
        self.text = text
    }
}

/// Which status codes count as healthy: `200`, `200-299`, `200,204,300-399`.
package struct StatusCodes: Setting, Equatable {
    private let ranges: [ClosedRange<UInt16>]

    /// 200 alone.
    package static let ok = StatusCodes(ranges: [200...200])
    /// 200 to 299.
    package static let successful = StatusCodes(ranges: [200...299])

    private init(ranges: [ClosedRange<UInt16>]) {
        self.ranges = ranges
    }

    /// Reads numbers from 100 to 999 and ranges of them, parted by commas.
    package init(text: String) throws(SettingError) {
        var ranges: [ClosedRange<UInt16>] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = item.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(Self.code)
            guard let first = bounds[0], let last = bounds[bounds.count - 1], first <= last else {
                throw .notAllowed(
                    text, "a list of status codes: numbers from 100 to 999 and ranges, such as 200,204,300-399")
            }
            ranges.append(first...last)
        }
        self.ranges = ranges
    }

    private static func code(_ text: Substring) -> UInt16? {
        guard text.utf8.count == 3, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), !text.hasPrefix("0") else {
            return nil
        }
        return UInt16(text)
    }

    /// True for a code that is among them.
    package func contains(_ code: UInt16) -> Bool { ranges.contains { $0.contains(code) } }
}

/// The path of a unix socket: 1 to 107 bytes, which is what the kernel's `sockaddr_un` holds.
package struct SocketPath: Setting, Equatable {
    package let text: String

    /// Reads a path.
    package init(text: String) throws(SettingError) {
        guard 1...107 ~= text.utf8.count, !text.utf8.contains(0) else {
            throw .notAllowed(text, "the path of a socket: 1 to 107 bytes")
        }
        self.text = text
    }
}

/// Any text, to look for.
package struct SoughtText: Setting, Equatable {
    package let text: String

    /// Takes the text as it is.
    package init(text: String) throws(SettingError) {
        self.text = text
    }
}
