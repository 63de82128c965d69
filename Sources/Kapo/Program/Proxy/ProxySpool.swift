import Document
import Host
import Logging
import Loop
import Machine

/// The spool of a proxy: in memory, as its directory is told by inotify to be. No file is opened for a request.
final class ProxySpool {
    /// Nanoseconds between two looks for a directory that is gone.
    private static let patience: Int64 = 1_000_000_000

    /// Called when something is down that was not, or the other way round, or for another reason.
    var whenChanged: (() -> Void)?

    private let loop: EventLoop
    private let path: Word
    private let log: Logger
    private var store: SpoolStore
    private var directory: WatchedDirectory?
    /// Fires when a downtime is over.
    private lazy var expiry = Timer(loop) { [unowned self] in expired() }
    private lazy var retry = Timer(loop) { [unowned self] in findAgain() }
    private var beyondTold = 0

    /// Reads the spool; makes the directory if it is not there.
    init(_ loop: EventLoop, _ path: Word, _ log: Logger) throws(SystemError) {
        (self.loop, self.path, self.log) = (loop, path, log)
        store = try SpoolStore(path)
        try watch()
        try store.look()
        settle()
    }

    /// What takes that down right now; nil when nothing does.
    func downtime(of service: String, host: String?, port: UInt16) -> (service: String, downtime: Downtime)? {
        // Most have nothing in their spool most of the time.
        if store.spool.entries.isEmpty { return nil }
        return store.spool.downtime(of: service, host: host, port: port, at: Self.now)
    }

    /// All that is down, as a document.
    var document: [UInt8] {
        SpoolRow.json(
            store.spool.down(at: Self.now).map { name, downtime in
                SpoolRow(service: name.service, host: name.host, port: name.port, downtime: downtime)
            })
    }

    /// The names of all that is down.
    var down: [SpoolName] { store.spool.down(at: Self.now).map(\.name) }

    // MARK: Changes by a request

    /// Takes down what the name says, for that reason. Without a creation, one that is down for the same reason already
    /// has been since then.
    func takeDown(_ name: SpoolName, reason: String, expiration: Double?, creation: Double?) throws(SystemError) {
        try store.takeDown(name, reason: reason, expiration: expiration, creation: creation, at: Self.now)
        look(at: [Word(name.fileName)])
    }

    /// Takes up what the name says.
    func takeUp(_ name: SpoolName) throws(SystemError) {
        try store.remove(name)
        look(at: [Word(name.fileName)])
    }

    // MARK: Changes of the directory

    /// Looks at everything again; at another directory if the path leads to another one by now, of which nobody tells
    /// where it leads through a link.
    func refresh() { if store.isCurrent { look(at: nil) } else { lose() } }

    private func watch() throws(SystemError) {
        directory = WatchedDirectory(loop, try DirectoryWatch(path: store.watchPath)) { [unowned self] in take($0) }
    }

    private func take(_ changes: [DirectoryWatch.Change]) {
        var names: Set<Word> = []
        for change in changes {
            switch change {
            case .created(let name), .changed(let name), .removed(let name): names.insert(name)
            case .lost: return look(at: nil)
            case .gone: return lose()
            }
        }
        look(at: names)
    }

    /// Looks at these names, or at all of them.
    private func look(at names: Set<Word>?) {
        do throws(SystemError) {
            let isOther = if let names { try store.look(at: names) } else { try store.look() }
            settle()
            if isOther { whenChanged?() }
        } catch {
            log.error("the spool cannot be read, and what is known of it stays: \(path.text): \(error)")
        }
    }

    /// The directory is gone: without it nothing is down, as with hacheck. Another one may take its place.
    private func lose() {
        log.warning("the spool is gone: nothing is down until it is there again", metadata: ["path": "\(path.text)"])
        directory = nil
        findAgain()
    }

    private func findAgain() {
        do throws(SystemError) {
            store = try SpoolStore(path)
            try watch()
            try store.look()
            log.info("the spool is there again", metadata: ["path": "\(path.text)"])
        } catch {
            directory = nil
            retry.set(afterNanoseconds: Self.patience)
        }
        settle()
        whenChanged?()
    }

    /// Sees to what follows from what the spool is now.
    private func settle() {
        if store.beyond != beyondTold {
            beyondTold = store.beyond
            log.warning("the spool has more files than are looked at", metadata: ["left-out": "\(store.beyond)"])
        }
        guard let next = store.spool.nextExpiration(after: Self.now) else { return expiry.cancel() }
        // A millisecond later: it is over only behind that time. And once a day at least.
        let seconds = min(86400, max(0, next - Self.now))
        expiry.set(afterNanoseconds: Int64(seconds * 1e9) + 1_000_000)
    }

    private func expired() {
        // Their files are removed only if they are this user's own to remove; a file that stays is over all the same.
        if store.isOwn {
            for (name, _) in store.spool.expired(at: Self.now) {
                _ = try? store.removeExpired(name, at: Self.now)
            }
        }
        settle()
        whenChanged?()
    }

    /// Seconds since 1970.
    private static var now: Double { Double(Clock.wall) / 1e9 }
}
