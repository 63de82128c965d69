import Glibc

/// Puts something before each line of a stream: its time, say.
package struct LineStamps {
    /// Bytes that are handed out at once.
    private static let room = 65536

    /// The last byte of the stream was no newline.
    private var isInLine: Bool

    /// Stamps for a stream that begins within a line, or at the beginning of one.
    package init(isInLine: Bool) { self.isInLine = isInLine }

    /// Hands out the bytes with `stamp`, which is short, before each line that begins in them.
    package mutating func put(
        _ stamp: [UInt8], before bytes: Span<UInt8>, _ write: (Span<UInt8>) -> Void
    ) {
        var isInLine = isInLine
        // All that is copied lies within the input, the stamp and the room.
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.room, alignment: 16) { buffer in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe stamp.withUnsafeBytes { stamp in
                    unsafe Self.copy(bytes, stamp, to: buffer, &isInLine, write)
                }
            }
        }
        self.isInLine = isInLine
    }

    private static func copy(
        _ bytes: UnsafeRawBufferPointer, _ stamp: UnsafeRawBufferPointer, to buffer: UnsafeMutableRawBufferPointer,
        _ isInLine: inout Bool, _ write: (Span<UInt8>) -> Void
    ) {
        guard let target = buffer.baseAddress, let source = bytes.baseAddress else { return }
        var (done, filled) = (0, 0)
        // Ends: each turn takes at least one byte, or empties the buffer.
        while done < bytes.count {
            if filled + stamp.count >= buffer.count {
                unsafe hand(target, filled, write)
                filled = 0
            }
            if !isInLine, let start = stamp.baseAddress {
                unsafe memcpy(target + filled, start, stamp.count)
                filled += stamp.count
            }
            let most = min(bytes.count - done, buffer.count - filled)
            let part = unsafe UnsafeRawBufferPointer(start: source + done, count: most)
            let end = unsafe Lines.firstEnd(in: part)
            unsafe memcpy(target + filled, source + done, end ?? most)
            done += end ?? most
            filled += end ?? most
            isInLine = end == nil
        }
        unsafe hand(target, filled, write)
    }

    private static func hand(_ start: UnsafeMutableRawPointer, _ count: Int, _ write: (Span<UInt8>) -> Void) {
        // The buffer is not touched before `write` returns.
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe write($0.span) }
    }
}
