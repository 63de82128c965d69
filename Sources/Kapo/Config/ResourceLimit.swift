/// A limit of setrlimit(2): the resource, and how much of it a command may have.
package struct ResourceLimit: Setting, Equatable {
    /// The resources, by the names of setrlimit(2) in lower case without RLIMIT_.
    package enum Resource: String, CaseIterable, Sendable {
        case `as`, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime
        case sigpending, stack
    }

    package var resource: Resource
    /// In the units of setrlimit(2): bytes, seconds, a number of things. Nil is unlimited.
    package var soft: UInt64?
    /// The soft limit may be raised so far; never below it.
    package var hard: UInt64?

    /// Reads `NAME=SOFT:HARD`, or `NAME=N` for both.
    package init(text: String) throws(SettingError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw .notAllowed(text, "a limit: NAME=SOFT:HARD, or NAME=N for both, such as nofile=1024:4096 or core=0")
        }
        guard let resource = Resource(rawValue: String(parts[0])) else {
            let names = Resource.allCases.map(\.rawValue).joined(separator: ", ")
            throw .notAllowed(String(parts[0]), "a resource that can be limited: \(names)")
        }
        let values = parts[1].split(separator: ":", omittingEmptySubsequences: false).map(Self.value)
        guard 1...2 ~= values.count, let soft = values[0], let hard = values[values.count - 1],
            soft ?? .max <= hard ?? .max
        else {
            throw .notAllowed(
                String(parts[1]),
                "a limit of \(resource.rawValue): SOFT:HARD, or one number for both, from 0 to 18446744073709551614 "
                    + "or 'unlimited'; SOFT is not above HARD")
        }
        (self.resource, self.soft, self.hard) = (resource, soft, hard)
    }

    /// The outer nil is no limit that can be read, the inner one is unlimited.
    private static func value(_ text: Substring) -> UInt64?? {
        if text == "unlimited" { return .some(nil) }
        // The number above is what the kernel calls unlimited.
        guard let number = UInt64(digits: text), number != .max else { return nil }
        return number
    }
}

/// Limits of several resources.
package struct ResourceLimits: Setting, Equatable {
    /// At most one for each resource.
    package var limits: [ResourceLimit]

    /// Of two for the same resource the later one counts.
    package init(_ limits: [ResourceLimit]) {
        self.limits = limits.indices.filter { index in
            !limits[(index + 1)...].contains { $0.resource == limits[index].resource }
        }.map { limits[$0] }
    }

    /// Reads limits with spaces between them.
    package init(text: String) throws(SettingError) {
        var limits: [ResourceLimit] = []
        for word in text.split(separator: " ") { limits.append(try ResourceLimit(text: String(word))) }
        self.init(limits)
    }
}
