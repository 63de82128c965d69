import Glibc

/// Files that name a process: its pid in digits, and a newline.
package enum PidFile {
    /// The highest pid that Linux gives (PID_MAX_LIMIT), and the lowest one that is no init.
    static let pids: ClosedRange<Int32> = 2...4_194_304

    /// Writes the pid, so that nobody ever reads half of it: see `File.replace`. The file may be read by all.
    package static func write(_ pid: Int32, to path: Word) throws(SystemError) {
        try File.replace(path, with: Array("\(pid)\n".utf8))
    }

    /// The pid that the file names, with white space around it or none. Nil when there is no such file, when it is no
    /// regular one, and when it says anything else than a pid from 2 on.
    package static func read(_ path: Word) -> Int32? {
        (try? File.contents(of: path, limit: 64)).flatMap(pid(in:))
    }

    private static func pid(in bytes: [UInt8]) -> Int32? {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return nil }
        // Int32 would read a sign, too.
        let digits = bytes[first...last]
        guard digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let pid = Int32(String(decoding: digits, as: UTF8.self)), pids.contains(pid)
        else { return nil }
        return pid
    }

    /// The process that the file names, if it lives. One that is no child of this process must have started before the
    /// file was written: else the file is an old one, and its pid has come to somebody else. When this process is root
    /// and the file another user's, the process must be that user's too: nobody is to have root signal what is not
    /// theirs.
    package static func process(namedBy path: Word) -> ProcessHandle? {
        guard let file = try? File.whole(path, limit: 64), let pid = pid(in: file.bytes),
            let process = try? ProcessHandle(pid: pid), let stat = try? ProcessList.stat(of: pid), !stat.isDead,
            geteuid() != 0 || file.owner == 0 || ProcessList.users(of: pid).contains(file.owner), !process.hasEnded
        else { return nil }
        // Both clocks have steps of 10 ms.
        let isOlder = Clock.wall(ofTicks: stat.startTicks) <= file.modified + 1_000_000_000
        guard stat.parent == getpid() || isOlder else { return nil }
        return process
    }
}
