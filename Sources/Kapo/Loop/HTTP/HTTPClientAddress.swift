import CLibevent
import Glibc

/// Where a client's connection comes from, without its port.
package struct HTTPClientAddress: Hashable, Sendable {
    /// The 16 bytes of an IPv6 address, the first eight and the rest; IPv4 is mapped (RFC 4291, section 2.5.5.2). Zeros
    /// stand for a unix socket, or for what is not known.
    package let high: UInt64
    package let low: UInt64

    /// The 16 bytes, in their order.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    static let unknown = HTTPClientAddress(high: 0, low: 0)

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// That of evhttp's connection, which has it in digits since the connection was accepted.
    init(_ connection: OpaquePointer?) {
        var text: UnsafeMutablePointer<CChar>?
        var port: UInt16 = 0
        guard let connection = unsafe connection else {
            self = .unknown
            return
        }
        // The text is evhttp's, and lives as long as the connection.
        unsafe evhttp_connection_get_peer(connection, &text, &port)
        guard let text = unsafe text else {
            self = .unknown
            return
        }
        var four: UInt32 = 0
        var sixteen: (UInt64, UInt64) = (0, 0)
        // One of a link has its interface behind a percent sign, which is none of the digits. The text is copied.
        let digits = unsafe String(cString: text).prefix { $0 != "%" }
        // inet_pton writes 4 or 16 bytes, as the family says.
        if unsafe inet_pton(AF_INET, String(digits), &four) == 1 {
            self.init(high: 0, low: 0xffff_0000_0000 | UInt64(UInt32(bigEndian: four)))
        } else if unsafe inet_pton(AF_INET6, String(digits), &sixteen) == 1 {
            self.init(high: UInt64(bigEndian: sixteen.0), low: UInt64(bigEndian: sixteen.1))
        } else {
            self = .unknown
        }
    }
}
