import FoundationEssentials
import Glibc

/// Times as the document has them, read without any help from Kapo.
enum WallTime {
    /// Now, in seconds since 1970.
    static var now: Double {
        var time = timespec()
        // The kernel fills the struct during the call.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The seconds since 1970 of `2026-11-20T20:21:55.123Z`; nil for anything else.
    static func seconds(_ text: String) -> Double? {
        let whole = text.prefix(19)
        let fraction = text.dropFirst(19).dropLast()
        guard text.last == "Z", let date = try? Date("\(whole)Z", strategy: .iso8601) else { return nil }
        if fraction.isEmpty { return date.timeIntervalSince1970 }
        guard fraction.first == ".", let part = Double("0\(fraction)") else { return nil }
        return date.timeIntervalSince1970 + part
    }
}
