/// How a user says who they are to an HTTP server: RFC 7617.
package enum BasicAuthorization {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of the header `Authorization`.
    package static func header(user: String, password: String) -> [UInt8] {
        Array("Basic ".utf8) + base64(Array("\(user):\(password)".utf8))
    }

    /// Three bytes are four digits of six bits each; `=` stands for digits of bytes that are not there (RFC 4648).
    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0..<4 {
                output.append(digit <= group.count ? digits[bits >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return output
    }
}
