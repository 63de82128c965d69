import Glibc

/// A directory of small files, of which it is known what they contain: those that have not changed are not opened.
///
/// Everything is done at the open directory, and no link in it is followed, so nothing outside is ever touched,
/// whatever is put in its place or into it. Names that begin with a dot are left out: drafts have such.
package struct SpoolDirectory: ~Copyable {
    /// Files that are looked at, at most.
    package static let mostFiles = 10_000
    /// Bytes that a file may have.
    package static let mostBytes = 65_536

    /// What is there now, or why it cannot be read: EFBIG for a file that is too long.
    package typealias Contents = Result<[UInt8], SystemError>

    /// What has changed since the last look.
    package struct Changes: Equatable, Sendable {
        /// Files that are new, or may be other ones than before.
        package var changed: [Word: Contents] = [:]
        /// Those that are no longer there.
        package var removed: [Word] = []
    }

    /// Names that were left out of the last look at all of them, because there are too many.
    package private(set) var beyond = 0
    /// What was looked at. A file whose mark had not settled has none: it is read again at the next look.
    private var marks: [Word: DirectoryMarks.Mark?] = [:]

    private let path: Word
    private let directory: Descriptor
    private let isWanted: (Word) -> Bool

    /// Opens the directory, or where a link at the path leads to; makes it (0750) if it is not there and `makes` says
    /// so, but not its parents. `isWanted` says which names are looked at.
    package init(_ path: Word, makes: Bool = false, isWanted: @escaping (Word) -> Bool) throws(SystemError) {
        if makes {
            let result = unsafe withPath(path) { unsafe mkdir($0, 0o750) }
            // If something is there, opening it tells whether it will do.
            guard result == 0 || errno == EEXIST else { throw SystemError("mkdir") }
        }
        let number = unsafe withPath(path) { unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard number >= 0 else { throw SystemError("open") }
        (self.path, self.isWanted) = (path, isWanted)
        directory = Descriptor(owning: number)
    }

    /// A path of the open directory, for `DirectoryWatch`: another one may be at its own by now.
    package var watchPath: Word { Word("/proc/self/fd/\(directory.number)") }

    /// True when the directory is this user's.
    package var isOwn: Bool {
        var status = stat()
        // The kernel fills the struct during the call.
        return unsafe fstat(directory.number, &status) == 0 && status.st_uid == geteuid()
    }

    /// True when the path still leads to the directory that is open.
    package var isCurrent: Bool {
        var (status, now) = (stat(), stat())
        // The kernel fills the structs during the calls.
        let isThere = unsafe withPath(path) { unsafe stat($0, &now) } == 0
        return unsafe isThere && fstat(directory.number, &status) == 0 && status.st_dev == now.st_dev
            && status.st_ino == now.st_ino
    }

    // MARK: Looking

    /// Looks at all names, and reads what is new or has changed. It has seen all that was done before it was called,
    /// and something done meanwhile is seen by the next look. After an error nothing is known to have changed.
    package mutating func look() throws(SystemError) -> Changes {
        var (known, fresh, others): (Set<Word>, [Word], Int) = ([], [], 0)
        try DirectoryNames.read(in: directory.number) { name in
            guard isWanted(name) else { return }
            if marks[name] != nil {
                known.insert(name)
            } else if fresh.count < Self.mostFiles {
                fresh.append(name)
            } else {
                others += 1
            }
        }
        // Those that are known stay: what is down is not to come up because others come.
        var changes = Changes(removed: marks.keys.filter { !known.contains($0) })
        for name in changes.removed { marks[name] = nil }
        let room = fresh.prefix(Self.mostFiles - known.count)
        beyond = others + fresh.count - room.count
        for name in known { look(at: name, again: false, &changes) }
        for name in room { look(at: name, again: true, &changes) }
        return changes
    }

    /// Looks at these names alone, and reads their files anew: what inotify has named. Names that are not wanted are
    /// passed over.
    package mutating func look(at names: Set<Word>) throws(SystemError) -> Changes {
        let names = names.filter { $0.bytes.first != UInt8(ascii: ".") && isWanted($0) }
        // Who has room, and who is left out, all names together tell.
        let fresh = names.count { marks[$0] == nil }
        if beyond > 0 || marks.count + fresh > Self.mostFiles {
            for name in names where marks[name] != nil { marks[name] = .some(nil) }
            return try look()
        }
        var changes = Changes()
        for name in names { look(at: name, again: true, &changes) }
        return changes
    }

    private mutating func look(at name: Word, again: Bool, _ changes: inout Changes) {
        let now = Clock.wall
        // Before it is read: a change in between gives another mark.
        guard let mark = DirectoryMarks.mark(of: name, in: directory.number, followsLink: false) else {
            return lose(name, &changes)
        }
        if !again, let last = marks[name], last == mark { return }
        do throws(SystemError) {
            guard let bytes = try contents(of: name) else { return lose(name, &changes) }
            changes.changed[name] = .success(bytes)
            marks[name] = .some(mark.isSettled(at: now) ? mark : nil)
        } catch {
            // It may be readable at the next look without having changed.
            changes.changed[name] = .failure(error)
            marks[name] = .some(nil)
        }
    }

    /// It is no regular file, or not there any more.
    private mutating func lose(_ name: Word, _ changes: inout Changes) {
        if marks.removeValue(forKey: name) != nil { changes.removed.append(name) }
    }

    /// What is in one file; nil when there is none of that name, or it is a link, or no regular file.
    package func contents(of name: Word) throws(SystemError) -> [UInt8]? {
        try Self.check(name, "open")
        // To open a device does things: so it is looked at first, and again when it is open.
        guard DirectoryMarks.mark(of: name, in: directory.number, followsLink: false) != nil else { return nil }
        do throws(SystemError) {
            return try File.whole(name, in: directory.number, limit: Self.mostBytes, followsLink: false)?.bytes
        } catch {
            if error.code == ENOENT || error.code == ELOOP || error.code == ENXIO { return nil }
            throw error
        }
    }

    // MARK: Changing

    /// Writes a file whole, readable by all. Whatever is at that name is replaced, and not written to.
    package func write(_ name: Word, _ bytes: [UInt8]) throws(SystemError) {
        try Self.check(name, "open")
        let draft = Word(bytes: [UInt8(ascii: ".")] + name.bytes) + ".\(getpid()).new"
        try File.replace(name, with: bytes, in: directory.number, draft: draft)
    }

    /// Removes what is at that name, if there is anything; a directory is not removed.
    package func remove(_ name: Word) throws(SystemError) {
        try Self.check(name, "unlink")
        let result = unsafe withPath(name) { unsafe unlinkat(directory.number, $0, 0) }
        guard result == 0 || errno == ENOENT else { throw SystemError("unlink") }
    }

    /// A name is one of an entry: it leads nowhere else.
    private static func check(_ name: Word, _ call: String) throws(SystemError) {
        let isEntry = !name.bytes.isEmpty && name.bytes.first != UInt8(ascii: ".") && !name.bytes.contains(0x2f)
        guard isEntry else { throw SystemError(call, EINVAL) }
    }
}
