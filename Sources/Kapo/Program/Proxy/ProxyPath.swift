import Machine

/// What stands in the path of a check: `/http/web/8080/status`, behind its first part.
struct ProxyPath {
    /// Why a path is none, for people.
    struct Refusal: Error {
        let text: String
    }

    let service: String
    let port: UInt16
    /// What is asked of an HTTP server, as it was written: it begins with a slash.
    let rest: String

    /// Reads `SERVICE/PORT`, and what may follow behind a slash.
    init(_ bytes: ArraySlice<UInt8>) throws(Refusal) {
        let parts = bytes.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        let service = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard SpoolName.isService(service) else {
            throw Refusal(text: "What stands there in the path is not \(SpoolName.allowedServices).\n")
        }
        guard parts.count > 1, let port = Self.port(parts[1]) else {
            throw Refusal(text: "The path has no port in it behind the service: a whole number from 0 to 65535.\n")
        }
        let rest = parts.count > 2 ? parts[2] : []
        guard rest.allSatisfy({ 0x21...0x7e ~= $0 }) else { throw Self.notASCII }
        self.service = service
        self.port = port
        self.rest = "/" + String(decoding: rest, as: UTF8.self)
    }

    /// For what cannot be sent on.
    static let notASCII = Refusal(text: "The path has bytes in it that must be written with percent signs.\n")

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard 1...5 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self))
    }
}
