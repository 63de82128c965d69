import Glibc

/// What the C library does with bytes: many times as fast as generic Swift in a debug build, and so more scripts.
extension [UInt8] {
    /// True when both are the same bytes.
    func isSame(as other: [UInt8]) -> Bool {
        // memcmp reads as many bytes as both have.
        unsafe count == other.count && (isEmpty || memcmp(self, other, count) == 0)
    }

    /// Where a pattern begins; nil when it is not there, or is empty.
    func firstIndex(of pattern: [UInt8]) -> Int? {
        guard let first = pattern.first else { return nil }
        return unsafe withUnsafeBytes { bytes in
            var begin = 0
            // Both calls stay within the bytes: what is left is at least as long as the pattern.
            while begin + pattern.count <= bytes.count, let base = bytes.baseAddress {
                let left = bytes.count - begin - pattern.count + 1
                guard let found = unsafe memchr(base + begin, Int32(first), left) else { return nil }
                if unsafe memcmp(found, pattern, pattern.count) == 0 { return unsafe UnsafeRawPointer(found) - base }
                begin = unsafe UnsafeRawPointer(found) - base + 1
            }
            return nil
        }
    }
}
