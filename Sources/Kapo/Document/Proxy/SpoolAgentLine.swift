import Machine

/// What HAProxy's agent check is told of a service, from the spool alone
/// (https://docs.haproxy.org/2.6/configuration.html#5.2-agent-check).
package enum SpoolAgentLine {
    /// Words that a reason may begin with, to say more than that a service is down: HAProxy does the same.
    private static let states = ["maint", "drain"]

    /// Bytes of a reason: the line, with its end, must fit into what is sent at once, and HAProxy shows 128 of them.
    private static let mostReasonBytes = 1024

    /// `up ready`; or `down #REASON`, or `maint` or `drain` when that is the first word of the reason. `ready` ends
    /// what `maint` and `drain` began, and `up` what `down` did.
    package static func bytes(_ downtime: Downtime?) -> [UInt8] {
        guard let downtime else { return Array("up ready\n".utf8) }
        let reason = DownText.reason(downtime)
        let word = reason.prefix { $0.isLetter }
        if let state = states.first(where: { $0 == word }) { return Array("\(state)\n".utf8) }
        return Array((reason.isEmpty ? "down\n" : "down #\(cut(reason))\n").utf8)
    }

    private static func cut(_ reason: String) -> String {
        var left = mostReasonBytes
        let kept = reason.unicodeScalars.prefix { scalar in
            left -= UTF8.width(scalar)
            return left >= 0
        }
        return String(String.UnicodeScalarView(kept))
    }

    /// For a question that is none: HAProxy changes nothing, and shows that there was an error.
    package static let unknown = Array("error #ask for SERVICE, SERVICE:PORT or SERVICE:HOST:PORT\n".utf8)
}
