import Document
import Host
import Machine

/// The spool as its directory has it.
package struct SpoolStore: ~Copyable {
    /// What is down, as of the last look.
    package private(set) var spool = Spool()
    private var directory: SpoolDirectory

    /// Opens the directory, or makes it (0750), but not its parents. Nothing is known before the first look.
    package init(_ path: Word) throws(SystemError) {
        directory = try SpoolDirectory(path, makes: true) { Self.name($0) != nil }
    }

    /// What the file of that name is about; nil for a name that none in a spool has.
    package static func name(_ file: Word) -> SpoolName? {
        // What is not UTF-8 is a character that no name has.
        SpoolName(fileName: file.text)
    }

    /// A path of the open directory, for `DirectoryWatch`. A look behind its start, and one for each change, see all.
    package var watchPath: Word { directory.watchPath }
    /// True when the directory is this user's.
    package var isOwn: Bool { directory.isOwn }
    /// True when the path still leads to the directory that is open.
    package var isCurrent: Bool { directory.isCurrent }
    /// Files that were left out because there are too many: see `SpoolDirectory.mostFiles`.
    package var beyond: Int { directory.beyond }

    // MARK: Looking

    /// Looks at all files, and reads those that have changed. Returns whether anything is other than before.
    @discardableResult
    package mutating func look() throws(SystemError) -> Bool {
        apply(try directory.look())
    }

    /// Reads the files of these names anew. Returns whether anything is other than before.
    @discardableResult
    package mutating func look(at names: Set<Word>) throws(SystemError) -> Bool {
        apply(try directory.look(at: names))
    }

    private mutating func apply(_ changes: SpoolDirectory.Changes) -> Bool {
        let before = spool
        for file in changes.removed { if let name = Self.name(file) { spool[name] = nil } }
        for (file, contents) in changes.changed { if let name = Self.name(file) { spool[name] = Self.read(contents) } }
        return spool != before
    }

    /// A file that is there takes its service down, and says why if it can.
    private static func read(_ contents: SpoolDirectory.Contents) -> Downtime {
        switch contents {
        case .success(let bytes): SpoolFile.downtime(bytes)
        case .failure(let error):
            Downtime(reason: "its file in the spool cannot be read: \(SystemError.text(of: error.code).lowercased())")
        }
    }

    // MARK: One file

    /// What the file of that name says right now, expired or not; nil when there is none.
    package func downtime(of name: SpoolName) throws(SystemError) -> Downtime? {
        do throws(SystemError) {
            return try directory.contents(of: Word(name.fileName)).map { Self.read(.success($0)) }
        } catch {
            return Self.read(.failure(error))
        }
    }

    /// Takes down what the name says. The next look finds it.
    package func put(_ name: SpoolName, _ downtime: Downtime) throws(SystemError) {
        try directory.write(Word(name.fileName), SpoolFile.bytes(downtime))
    }

    /// Takes down what the name says, for that reason. Without a creation it is down since `now`, or since it was taken
    /// down for the same reason. Returns what is said of it then.
    @discardableResult
    package func takeDown(
        _ name: SpoolName, reason: String, expiration: Double?, creation: Double? = nil, at now: Double
    ) throws(SystemError) -> Downtime {
        var downtime = Downtime(reason: reason, expiration: expiration, creation: creation ?? now)
        if creation == nil, let last = try self.downtime(of: name), !last.isExpired(at: now),
            last.reason == downtime.reason, let since = last.creation
        {
            downtime = Downtime(reason: reason, expiration: expiration, creation: since)
        }
        try put(name, downtime)
        return downtime
    }

    /// Takes it up; that it was is no error. The next look finds it.
    package func remove(_ name: SpoolName) throws(SystemError) {
        try directory.remove(Word(name.fileName))
    }

    /// Removes the file of that name if what it says by now is over. Returns whether it was over.
    package func removeExpired(_ name: SpoolName, at now: Double) throws(SystemError) -> Bool {
        // Read right before: somebody may have taken it down anew.
        guard let downtime = try downtime(of: name), downtime.isExpired(at: now) else { return false }
        try remove(name)
        return true
    }
}
