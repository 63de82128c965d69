import CLinux
import Glibc

/// Lines that are dropped because nobody takes them, and their number.
package struct LineLoss {
    /// Lines that were lost, each counted at its end; of the first one a part may have been written.
    package private(set) var lines: UInt64 = 0
    /// The last byte that was dropped was no newline: the line that is lost goes on.
    private var isInLine = false

    /// Nothing is lost yet.
    package init() {}

    /// Drops these bytes.
    package mutating func drop(_ bytes: Span<UInt8>) {
        // The pointer is not used after the call.
        unsafe bytes.withUnsafeBytes { unsafe drop($0) }
    }

    /// Drops what is left of the line that is lost, and returns where the next line begins; nil when it does not.
    package mutating func skip(_ bytes: Span<UInt8>) -> Int? {
        // As above.
        unsafe bytes.withUnsafeBytes { unsafe skip($0) }
    }

    /// The same, for bytes that stay where they are during the call.
    mutating func drop(_ bytes: UnsafeRawBufferPointer) {
        guard let last = unsafe bytes.last else { return }
        var rest = unsafe bytes
        // Ends: each turn leaves less of the rest.
        while let end = unsafe Lines.firstEnd(in: rest) {
            lines += 1
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[end...])
        }
        isInLine = last != UInt8(ascii: "\n")
    }

    /// The same, for bytes that stay where they are during the call.
    mutating func skip(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard isInLine else { return 0 }
        guard let end = unsafe Lines.firstEnd(in: bytes) else { return nil }
        lines += 1
        isInLine = false
        return end
    }

    /// The line that is lost has ended without a newline.
    package mutating func endLine() {
        if isInLine { lines += 1 }
        isInLine = false
    }

    /// What is written where the lines are missing, without a newline.
    package func notice(_ reason: String) -> String {
        "kapo: \(lines == 1 ? "1 line was" : "\(lines) lines were") lost: \(reason)"
    }
}

/// Where lines end.
package enum Lines {
    /// The number of bytes up to the end of the last line, its newline included; nil when there is no newline.
    package static func lastEnd(in bytes: Span<UInt8>) -> Int? {
        // The pointer is not used after the call.
        unsafe bytes.withUnsafeBytes { unsafe lastEnd(in: $0) }
    }

    /// The same for the first line, in bytes that stay where they are during the call.
    static func firstEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        // memchr looks at so many bytes and no more.
        guard let found = unsafe memchr(start, 0x0a, bytes.count) else { return nil }
        return unsafe UnsafeRawPointer(found) - start + 1
    }

    /// The same for the last line.
    static func lastEnd(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        // As above.
        guard let found = unsafe kapo_last_newline(start, bytes.count) else { return nil }
        return unsafe found - start + 1
    }
}
