import Glibc

/// A directory whose changes are told: inotify(7). Silent as long as nothing changes.
///
/// Nothing is told of what is below it, or of what the links in it point to. Who hears of a change looks at the whole
/// directory (`DirectoryMarks`): several changes may be one, as when a link that many names lead through is replaced.
package struct DirectoryWatch: ~Copyable {
    /// What happened. Names are those of entries.
    package enum Change: Equatable, Sendable {
        /// It is there, and whoever made it may not have written it yet: then `changed` follows.
        case created(Word)
        /// It was written and closed, has got other rights, or has come from elsewhere.
        case changed(Word)
        /// It is no longer there.
        case removed(Word)
        /// Anything may have happened: the kernel could not tell all.
        case lost
        /// The directory itself was removed, moved or unmounted. Nothing follows; another one may be at its path.
        case gone
    }

    private let descriptor: Descriptor
    private var waiting: [Change] = []
    private var isGone = false

    /// The descriptor, readable when there are changes.
    package var number: Int32 { descriptor.number }

    /// Watches the directory at `path`, or where a link there points to. ENOTDIR for anything else; ENOSPC and EMFILE
    /// when the user watches too much (/proc/sys/fs/inotify).
    package init(path: Word) throws(SystemError) {
        let number = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard number >= 0 else { throw SystemError("inotify_init1") }
        let descriptor = Descriptor(owning: number)
        let mask =
            IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF
            | IN_MOVE_SELF
        let flags = UInt32(mask) | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)
        let watch = unsafe withPath(path) { unsafe inotify_add_watch(number, $0, flags) }
        guard watch >= 0 else { throw SystemError("inotify_add_watch") }
        self.descriptor = descriptor
    }

    /// Takes the next change; nil when there is none for now.
    package mutating func next() -> Change? {
        if waiting.isEmpty { read() }
        return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    /// Reads what the kernel has, up to 16 KiB.
    private mutating func read() {
        if isGone { return }
        // Words of 8 bytes, for the events to be where such structs can be.
        var buffer = [UInt64](repeating: 0, count: 2048)
        // The kernel writes at most as many bytes as the array has, and whole events.
        let changes = unsafe buffer.withUnsafeMutableBytes { bytes in
            let count = retryingOnInterrupt { unsafe Glibc.read(descriptor.number, bytes.baseAddress, bytes.count) }
            return unsafe Self.changes(UnsafeRawBufferPointer(rebasing: bytes.prefix(max(0, count))))
        }
        for change in changes where !isGone && waiting.last != change {
            waiting.append(change)
            if change == .gone { isGone = true }
        }
    }

    private static func changes(_ bytes: UnsafeRawBufferPointer) -> [Change] {
        let head = MemoryLayout<inotify_event>.size
        var changes: [Change] = []
        var offset = 0
        // Ends: each event has a head. The kernel's lengths stay within what it has written.
        while offset + head <= bytes.count {
            let event = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let start = offset + head
            // The name ends with a zero, or several.
            let name = unsafe bytes[start..<start + Int(event.len)].prefix { $0 != 0 }
            if let change = unsafe change(event.mask, Word(bytes: Array(name))) { changes.append(change) }
            offset = start + Int(event.len)
        }
        return changes
    }

    private static func change(_ mask: UInt32, _ name: Word) -> Change? {
        func has(_ bits: Int32) -> Bool { mask & UInt32(bits) != 0 }
        if has(IN_Q_OVERFLOW) { return .lost }
        if has(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED) { return .gone }
        // Rights of the directory itself.
        if name.bytes.isEmpty { return nil }
        if has(IN_DELETE | IN_MOVED_FROM) { return .removed(name) }
        return has(IN_CREATE) ? .created(name) : .changed(name)
    }
}
