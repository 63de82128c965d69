import Document
import Host
import Machine

/// What everybody is told: an entry for the command, for what `watch` found, or for each service. What is made of the
/// entries is made when somebody asks for it, and once a change.
final class StatusBoard {
    /// One thing that is reported on.
    private final class Entry {
        let subject: StatusEntry.Subject
        /// Where what the command writes goes.
        let output: any CommandOutput
        var reports: [Report] = []
        var health = Health(isLive: true, blocker: .starting)
        /// Wall time at which the health became what it is, in nanoseconds since 1970.
        var healthSince = Clock.wall
        /// The entry in the document; nil when it is to be made.
        var text: [UInt8]?

        init(_ subject: StatusEntry.Subject, _ output: any CommandOutput) {
            self.subject = subject
            self.output = output
        }

        var isRunning: Bool { reports.contains { $0.pid != 0 } }
    }

    /// Names an entry to whoever reports on it.
    struct Place {
        fileprivate let number: Int
    }

    /// What is reported on.
    enum Kind {
        /// A command, or what `watch` found.
        case command
        /// Services by name, however few.
        case services
        /// What the spool of a proxy takes down.
        case spool
    }

    /// What there is in the spool, as the document; nil where there is none.
    var spool: (() -> [UInt8])?
    /// Called after each change; `document` is true when the document is another one.
    var whenChanged: ((_ document: Bool) -> Void)?

    private let kind: Kind
    /// True when a check says something now and then.
    private var hasChecks = false
    private var entries: [Int: Entry] = [:]
    /// The numbers of the services, by name.
    private var numbers: [String: Int] = [:]
    /// The numbers of the entries, in the order of the document; nil when it is to be made.
    private var order: [Int]?
    private var nextNumber = 0
    // These three are kept, and not counted: with a thousand services, changes come by the thousand.
    private var unready = 0
    private var dead = 0
    /// Entries with a process that runs.
    private(set) var runningCount = 0
    private var documentMade: [UInt8]?
    private var pagesMade: HealthPages?

    /// A board without entries.
    init(_ kind: Kind) { self.kind = kind }

    /// Makes a place for reports on that subject. A name is that of one service at a time.
    func add(_ subject: StatusEntry.Subject, _ output: any CommandOutput, hasChecks: Bool = false) -> Place {
        if hasChecks { self.hasChecks = true }
        nextNumber += 1
        entries[nextNumber] = Entry(subject, output)
        if let name = subject.name { numbers[name] = nextNumber }
        unready += 1
        order = nil
        return Place(number: nextNumber)
    }

    /// Nobody reports there any more.
    func remove(_ place: Place) {
        guard let entry = entries.removeValue(forKey: place.number) else { return }
        if let name = entry.subject.name, numbers[name] == place.number { numbers[name] = nil }
        count(entry.health, -1)
        if entry.isRunning { runningCount -= 1 }
        order = nil
        changed(document: true)
    }

    /// Makes these what is told, if they differ from what is said.
    func publish(_ reports: [Report], _ health: Health, at place: Place) {
        guard let entry = entries[place.number] else { return }
        let isNew = !StatusEntry.showSame(reports, entry.reports)
        guard isNew || reports != entry.reports || health != entry.health else { return }
        if isNew { entry.text = nil }
        if health != entry.health {
            count(entry.health, -1)
            count(health, 1)
            entry.healthSince = Clock.wall
        }
        if entry.isRunning { runningCount -= 1 }
        (entry.reports, entry.health) = (reports, health)
        if entry.isRunning { runningCount += 1 }
        changed(document: isNew)
    }

    private func count(_ health: Health, _ difference: Int) {
        if health.blocker != nil { unready += difference }
        if !health.isLive { dead += difference }
    }

    private func changed(document: Bool) {
        if document { documentMade = nil }
        pagesMade = nil
        whenChanged?(document)
    }

    // MARK: What is told

    /// True when what is reported on are services by name, however few.
    var isOfServices: Bool { kind == .services }

    /// True when the document may be long, and change often: then it is not made before somebody asks.
    var isLong: Bool { kind != .command || hasChecks }

    /// True when the document is what the spool of a proxy takes down.
    var isOfSpool: Bool { kind == .spool }

    /// The document of a proxy has changed.
    func spoolChanged() { changed(document: true) }

    /// True when all are to get work.
    var isReady: Bool { unready == 0 }

    /// How many entries there are.
    var count: Int { entries.count }

    /// The reports of the only entry; those of the first service, where there are services.
    var reports: [Report] { inOrder.first?.reports ?? [] }

    /// What is told of each entry, in the order of the document: what was asked for, what is known of it, and what was
    /// captured.
    var told: [(subject: StatusEntry.Subject, reports: [Report], streams: [Metrics.Stream])] {
        inOrder.map { ($0.subject, $0.reports, $0.output.streams) }
    }

    /// Starts after the first of each.
    var restarts: Int { entries.values.reduce(0) { $0 + ($1.reports.first?.restarts ?? 0) } }

    /// The health of all together: as bad as that of the worst.
    var health: Health {
        if let entry = entries.values.first, entries.count == 1 { return entry.health }
        var health = Health(isLive: dead == 0, blocker: inOrder.lazy.compactMap(\.health.blocker).first)
        health.failures = entries.values.reduce(0) { $0 + $1.health.failures }
        return health
    }

    /// The document.
    var document: [UInt8] {
        if let documentMade { return documentMade }
        let document = spool?() ?? StatusDocument.bytes(inOrder.map(Self.text))
        documentMade = document
        return document
    }

    /// What the paths of health answer.
    var pages: HealthPages {
        if let pagesMade { return pagesMade }
        let pages: HealthPages
        if !isOfServices, let entry = entries.values.first {
            pages = Self.pages(entry)
        } else {
            pages = HealthPages(
                inOrder.map { HealthPages.Service(name: $0.subject.name ?? "", health: $0.health) },
                at: entries.values.map(\.healthSince).max() ?? Clock.wall)
        }
        pagesMade = pages
        return pages
    }

    /// The entry of the service of that name, as a document of one line; nil when there is none.
    func entry(named name: String) -> [UInt8]? {
        named(name).map { Self.text($0) + [UInt8(ascii: "\n")] }
    }

    /// What the paths of health answer for the service of that name; nil when there is none.
    func pages(named name: String) -> HealthPages? { named(name).map(Self.pages) }

    private func named(_ name: String) -> Entry? { numbers[name].flatMap { entries[$0] } }

    private static func pages(_ entry: Entry) -> HealthPages {
        HealthPages(entry.health, entry.reports, at: entry.healthSince)
    }

    /// The part of the document for one entry: several values of JSON for what `watch` found.
    private static func text(_ entry: Entry) -> [UInt8] {
        if let text = entry.text { return text }
        let text = StatusDocument.entries(entry.reports.map { StatusEntry(subject: entry.subject, report: $0) })
        entry.text = text
        return text
    }

    private var inOrder: [Entry] {
        let order = order ?? entries.keys.sorted { (key($0), $0) < (key($1), $1) }
        self.order = order
        return order.compactMap { entries[$0] }
    }

    private func key(_ number: Int) -> String { entries[number]?.subject.name ?? "" }
}
