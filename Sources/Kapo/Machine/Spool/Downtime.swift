/// Why something is out of service, and for how long: what a file of the spool says.
package struct Downtime: Equatable, Sendable {
    /// Bytes that a reason has at most; what is longer is cut.
    package static let mostReasonBytes = 4096

    /// Why; it may be empty, and may have any characters.
    package let reason: String
    /// When it is over, in seconds since 1970; nil for never. A number.
    package let expiration: Double?
    /// When it began, in seconds since 1970; nil when that is not known. A number.
    package let creation: Double?

    /// A downtime. A time that is infinite, or no number, is none.
    package init(reason: String, expiration: Double? = nil, creation: Double? = nil) {
        self.reason = Self.cut(reason)
        self.expiration = expiration.flatMap { $0.isFinite ? $0 : nil }
        self.creation = creation.flatMap { $0.isFinite ? $0 : nil }
    }

    /// True when it is over. It still lasts at its very last moment, as hacheck has it.
    package func isExpired(at now: Double) -> Bool {
        expiration.map { $0 < now } ?? false
    }

    /// As much of the text as is kept, whole scalars.
    private static func cut(_ text: String) -> String {
        if text.utf8.count <= mostReasonBytes { return text }
        var (kept, bytes) = (String.UnicodeScalarView(), 0)
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > mostReasonBytes { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
