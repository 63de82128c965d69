import CLinux
import Glibc

/// A log file that is appended to, rotated at the ends of lines, opened anew when it was moved away, and that never
/// waits: what a full disk does not take is dropped, and counted.
///
/// It has no timer and no clock: the time comes with what is written.
package final class LogFile {
    /// Why it could not be opened, in words for people.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let description: String
    }

    /// What happens to it.
    package enum News {
        /// Lines begin to be lost, with that errno.
        case losing(Int32)
        /// Lines are written again; so many were lost, and a line in the file says so.
        case regained(lines: UInt64)
        /// It cannot be rotated, and goes on to grow. Said once, until it can be again.
        case notRotated(SystemError)
        /// It was moved away and cannot be opened anew: what is written still goes to the old file. Said once.
        case notReopened(SystemError)
    }

    /// What is to be done before the next line.
    enum Turn {
        case rotation, reopening
    }

    /// How long it waits between two looks at its path, and after a trial that failed.
    static let pause: Int64 = 1_000_000_000
    /// The same after a pipe or a terminal was full.
    static let shortPause: Int64 = 100_000_000

    /// Where it is, and how it is rotated.
    package let options: LogFileOptions
    /// The last byte in it is no newline.
    package internal(set) var isInLine = false

    let place: LogPlace
    let report: (News) -> Void
    /// What a line of Kapo's own begins with at that time.
    let opening: (Int64) -> [UInt8]
    var file: Descriptor
    var identity: LogPlace.Identity
    /// Pipes and devices are not rotated.
    var isRegular = false
    /// Bytes in it.
    var bytes = 0
    /// The wall time of its beginning.
    var begin: Int64 = 0
    var turn: Turn?
    /// When its path was looked at last.
    private var lookedAt: Int64
    /// When a rotation or a reopening failed last; nil when the last one did not.
    var failedAt: Int64?
    /// What is being lost, why, and when writing was tried last.
    var loss: (lines: LineLoss, code: Int32, triedAt: Int64)?

    /// Opens it at the wall time `now`, in nanoseconds. A relative path begins at `directory`, which stays open as long
    /// as the log, or at the working directory. `opening` is what stands before a line of Kapo's own: its time, say.
    package init(
        _ options: LogFileOptions, in directory: Int32? = nil, at now: Int64,
        opening: @escaping (Int64) -> [UInt8] = { _ in [] }, report: @escaping (News) -> Void
    ) throws(Failure) {
        self.options = options
        self.report = report
        self.opening = opening
        place = LogPlace(path: options.path, directory: directory)
        lookedAt = now
        do throws(SystemError) { file = try place.open() } catch { throw Failure(options.path, error) }
        identity = LogPlace.Identity(stat())
        begin(at: now)
    }

    /// Has the next line look whether the file was moved away, however long ago the last look was.
    package func lookAgain() { lookedAt = 0 }

    /// Writes these bytes, lines or parts of lines, at the wall time `now` in nanoseconds.
    package func write(_ bytes: Span<UInt8>, at now: Int64) {
        // The pointer is not used after the call.
        unsafe bytes.withUnsafeBytes { unsafe write($0, at: now) }
    }

    /// The same, for bytes that stay where they are during the call.
    func write(_ bytes: UnsafeRawBufferPointer, at now: Int64) {
        guard let regained = unsafe regain(before: bytes, at: now) else { return }
        var rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[regained...])
        look(at: now)
        // Ends: each turn takes at least one byte, or loses all.
        while unsafe !rest.isEmpty {
            let piece = unsafe UnsafeRawBufferPointer(rebasing: rest[..<nextPiece(of: rest, at: now)])
            let written = unsafe append(piece)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            if written < piece.count { return unsafe lose(rest, at: now) }
        }
    }

    /// Tries once more to say what was lost: nothing is written any more.
    package func finish(at now: Int64) {
        loss?.lines.endLine()
        loss?.triedAt = now - Self.pause
        _ = unsafe regain(before: UnsafeRawBufferPointer(start: nil, count: 0), at: now)
    }

    /// Writes what the file takes, and returns how much that is; errno says why it is not all.
    func append(_ piece: UnsafeRawBufferPointer) -> Int {
        var done = 0
        // Ends: each turn writes something, or is the last.
        while done < piece.count {
            let count = unsafe Glibc.write(file.number, piece.baseAddress.unsafelyUnwrapped + done, piece.count - done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        if done > 0 { isInLine = unsafe piece[done - 1] != UInt8(ascii: "\n") }
        bytes += done
        return done
    }

    /// Begins with the file that is open now.
    func begin(at now: Int64) {
        var status = stat()
        // The kernel fills the struct during the call.
        unsafe fstat(file.number, &status)
        identity = LogPlace.Identity(status)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        bytes = isRegular ? Int(status.st_size) : 0
        let lastByte = isRegular ? place.lastByte(of: bytes) : nil
        isInLine = lastByte.map { $0 != UInt8(ascii: "\n") } ?? false
        let changed = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        begin = bytes == 0 ? now : min(now, changed, kapo_birth(file.number))
        turn = nil
    }

    /// Sees whether its time has come, and at most once a second whether it is still at its path.
    func look(at now: Int64) {
        if let age = options.age, isRegular, mayTurn(at: now), now - begin >= age {
            if bytes > 0 { turn = turn ?? .rotation } else { begin = now }
        }
        guard !(0..<Self.pause).contains(now - lookedAt) else { return }
        lookedAt = now
        guard let status = place.status else {
            if errno == ENOENT { turn = .reopening }
            return
        }
        if LogPlace.Identity(status) != identity {
            turn = .reopening
        } else if isRegular {
            // Somebody may have made it shorter, as logrotate does with `copytruncate`.
            bytes = Int(status.st_size)
        }
    }
}

extension LogFile.Failure {
    fileprivate init(_ path: Word, _ error: SystemError) {
        let hint =
            switch error.code {
            case ENOENT: " (its directory must be there)"
            case ELOOP: " (links that another user has made are not followed)"
            default: ""
            }
        self.init(
            description: "cannot open the log file '\(path.text)': \(SystemError.text(of: error.code))\(hint)")
    }
}
