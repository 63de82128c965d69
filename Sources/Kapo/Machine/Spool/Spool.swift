/// All that is out of service, by what its file is called.
package struct Spool: Equatable, Sendable {
    /// The downtimes, expired ones too.
    package private(set) var entries: [SpoolName: Downtime] = [:]

    /// A spool in which nothing is down.
    package init() {}

    /// The downtime of exactly that name, expired or not; nil takes it away.
    package subscript(name: SpoolName) -> Downtime? {
        get { entries[name] }
        set { entries[name] = newValue }
    }

    /// Whether a port of a service is down, and what says so: `all`, or the service, or the port, the first of them
    /// that is not expired. The port 0 asks for the service as a whole. A nil host is this one.
    package func downtime(
        of service: String, host: String?, port: UInt16, at now: Double
    ) -> (service: String, downtime: Downtime)? {
        if entries.isEmpty { return nil }
        if let downtime = current(.all, now) { return (SpoolName.all.service, downtime) }
        if let downtime = current(SpoolName(known: service, nil, nil), now) { return (service, downtime) }
        if port == 0 { return nil }
        return current(SpoolName(known: service, host, port), now).map { (service, $0) }
    }

    private func current(_ name: SpoolName, _ now: Double) -> Downtime? {
        entries[name].flatMap { $0.isExpired(at: now) ? nil : $0 }
    }

    /// The next time at which a downtime ends; right after it, as `Downtime.isExpired` has it. Nil when none ends.
    package func nextExpiration(after now: Double) -> Double? {
        entries.values.compactMap(\.expiration).filter { $0 >= now }.min()
    }

    /// What is down, in the order of the names of their files.
    package func down(at now: Double) -> [(name: SpoolName, downtime: Downtime)] {
        sorted { !$0.isExpired(at: now) }
    }

    /// What was down and is over, in the same order.
    package func expired(at now: Double) -> [(name: SpoolName, downtime: Downtime)] {
        sorted { $0.isExpired(at: now) }
    }

    private func sorted(_ isMeant: (Downtime) -> Bool) -> [(name: SpoolName, downtime: Downtime)] {
        entries.filter { isMeant($0.value) }.map { (key: $0.key.fileName, name: $0.key, downtime: $0.value) }
            .sorted { $0.key < $1.key }.map { ($0.name, $0.downtime) }
    }
}
