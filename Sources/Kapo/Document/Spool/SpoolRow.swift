import Machine

/// What is said of one thing in the spool, as hacheck's commands say it.
package struct SpoolRow: Equatable, Sendable {
    /// The service.
    package var service: String
    /// The host, as it was asked for or is in the name of the file; nil for this one.
    package var host: String?
    /// The port; nil for all of them.
    package var port: UInt16?
    /// Why it is down; nil when it is up.
    package var downtime: Downtime?

    /// A row.
    package init(service: String, host: String?, port: UInt16?, downtime: Downtime?) {
        (self.service, self.host, self.port, self.downtime) = (service, host, port, downtime)
    }

    /// `UP\tweb`, or `DOWN\tinf\tweb:10.0.0.1:80\tdeploy` with the time at which it ends. Where there is a port but no
    /// host, nothing stands between the colons.
    package var line: String {
        guard let downtime else { return "UP\t\(service)" }
        let name = port.map { "\(service):\(host ?? ""):\($0)" } ?? service
        let expiration = SixDecimals.text(downtime.expiration ?? .infinity)
        return "DOWN\t\(expiration)\t\(name)\t\(DownText.reason(downtime))"
    }

    /// The rows as an array of JSON that a newline ends. What is not known, or is not so, is null.
    package static func json(_ rows: [SpoolRow]) -> [UInt8] {
        JSON.array(rows.map(\.json)).bytes + [0x0a]
    }

    private var json: JSON {
        .object([
            ("Service", .string(service)), ("Host", host.map { .string($0) } ?? .null), ("Port", JSON(port)),
            ("State", .string(downtime == nil ? "up" : "down")),
            ("Reason", downtime.map { .string($0.reason) } ?? .null), ("Creation", JSON(downtime?.creation)),
            ("Expiration", JSON(downtime?.expiration)),
        ])
    }
}
