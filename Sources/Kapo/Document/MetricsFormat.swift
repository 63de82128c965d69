/// The text formats in which `GET /metrics` answers.
package enum MetricsFormat: CaseIterable, Sendable {
    /// Prometheus text, version 0.0.4
    /// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
    case text
    /// OpenMetrics 1.0.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).
    case openMetrics

    /// `Content-Type` of the answer.
    package var contentType: StaticString {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format that a request's `Accept` header asks for; nil is for a request without one.
    ///
    /// OpenMetrics is for those who name it, which `*/*` does not, and do not prefer text. Whoever accepts neither gets
    /// text all the same: an answer that can be read helps more than a 406.
    package init(accept: String?) {
        let header = AcceptHeader(accept)
        let openMetrics = header.quality(named: "application/openmetrics-text", version: "1.0.0")
        self = openMetrics > 0 && openMetrics >= header.qualityOfText(version: "0.0.4") ? .openMetrics : .text
    }
}
