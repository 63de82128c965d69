import Machine

/// What a check is to find out: all that its answer depends on, and so what it is kept by.
package struct CheckQuestion: Hashable, Sendable {
    /// How a server is asked.
    package enum Kind: String, CaseIterable, Sendable {
        case http, https, tcp, mysql, smtp, smtps
    }

    /// A header that an HTTP check sends.
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: [UInt8]

        /// That header; neither part has a line end in it.
        package init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    package let kind: Kind
    package let address: IPAddress
    package let port: UInt16
    /// Path and query of an HTTP check, visible ASCII; empty for all others.
    package var target = ""
    /// The value of `Host`, visible ASCII; nil for the address.
    package var host: String?
    /// Further headers of an HTTP check.
    package var headers: [Header] = []

    /// The question whether anybody is there.
    package init(_ kind: Kind, _ address: IPAddress, _ port: UInt16) {
        self.kind = kind
        self.address = address
        self.port = port
    }

    /// Bytes of its texts.
    var bytes: Int {
        let headers = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
        return target.utf8.count + (host?.utf8.count ?? 0) + headers
    }
}
