import Machine

/// A downtime in words, as hacheck writes them.
package enum DownText {
    /// `Service web in down state since 1435694078.778886 until 1435694678.000000: deploy`. The parts that are not
    /// known are left out. It is one line.
    package static func sentence(_ service: String, _ downtime: Downtime) -> String {
        let since = downtime.creation.map { " since \(SixDecimals.text($0))" } ?? ""
        let until = downtime.expiration.map { " until \(SixDecimals.text($0))" } ?? ""
        let reason = reason(downtime)
        return "Service \(service) in down state\(since)\(until)" + (reason.isEmpty ? "" : ": \(reason)")
    }

    /// The reason on one line: without the line ends that an editor or `echo` leave at the end, and control characters
    /// escaped.
    package static func reason(_ downtime: Downtime) -> String {
        var reason = downtime.reason.unicodeScalars
        while let last = reason.last, last == "\n" || last == "\r" { reason.removeLast() }
        return VisibleText.of(String(reason))
    }
}
