import Config
import Document
import Host
import Machine

/// What `kapo spool` does with the files of a spool.
struct SpoolOrder: ~Copyable {
    private let settings: SpoolSettings
    private let now: Double
    private var store: SpoolStore
    private var rows: [SpoolRow] = []
    private var report = ClientReport()

    /// An order that is given at `now`, in seconds since 1970.
    init(_ settings: SpoolSettings, at now: Double) throws(SystemError) {
        (self.settings, self.now) = (settings, now)
        store = try SpoolStore(Word(settings.root.text))
    }

    /// Takes these services up. Each is tried, whatever becomes of the others; so it is below.
    consuming func up() -> ClientReport {
        each { order, name throws(SystemError) in
            try order.store.remove(name)
            order.show(name, nil)
        }
        return conclude(showsLines: false)
    }

    /// Takes these services down, for that reason. Those that are down for the same already have been since then.
    consuming func down(_ reason: String) -> ClientReport {
        each { order, name throws(SystemError) in
            let downtime = try order.store.takeDown(
                name, reason: reason, expiration: order.settings.expiration?.time(at: order.now), at: order.now)
            order.show(name, downtime)
        }
        return conclude(showsLines: false)
    }

    /// Says of each of these services whether its own file takes it down. 1 if one is down.
    consuming func status() -> ClientReport {
        each { order, name throws(SystemError) in
            order.removeIfExpired(name)
            let downtime = try order.store.downtime(of: name)
            order.show(name, downtime.flatMap { $0.isExpired(at: order.now) ? nil : $0 })
        }
        if rows.contains(where: { $0.downtime != nil }) { report.exitCode = 1 }
        return conclude(showsLines: true)
    }

    /// Says what is down.
    consuming func statusDowned() throws(SystemError) -> ClientReport {
        try store.look()
        for (name, _) in store.spool.expired(at: now) { removeIfExpired(name) }
        rows = store.spool.down(at: now).map { name, downtime in
            SpoolRow(service: name.service, host: name.host, port: name.port, downtime: downtime)
        }
        if store.beyond > 0 {
            complain(": there are \(store.beyond) files more than the \(SpoolDirectory.mostFiles) that are looked at")
        }
        return conclude(showsLines: true)
    }

    // MARK: Parts

    private mutating func each(_ body: (inout SpoolOrder, SpoolName) throws(SystemError) -> Void) {
        for name in settings.names {
            do throws(SystemError) {
                try body(&self, name)
            } catch {
                complain("/\(name.fileName): \(error)")
            }
        }
    }

    /// What is over is over, whether its file can be removed or not.
    private func removeIfExpired(_ name: SpoolName) {
        _ = try? store.removeExpired(name, at: now)
    }

    private mutating func show(_ name: SpoolName, _ downtime: Downtime?) {
        let host = name.port == nil ? nil : settings.host
        rows.append(SpoolRow(service: name.service, host: host, port: name.port, downtime: downtime))
    }

    private mutating func complain(_ what: String) {
        let line = "kapo spool: \(VisibleText.of(settings.root.text))\(what)"
        report.complaint = [report.complaint, line].compactMap(\.self).joined(separator: "\n")
        report.exitCode = 1
    }

    private consuming func conclude(showsLines: Bool) -> ClientReport {
        var report = report
        if settings.isJSON {
            report.output = SpoolRow.json(rows)
        } else if showsLines {
            report.output = rows.flatMap { Array("\($0.line)\n".utf8) }
        }
        return report
    }
}
