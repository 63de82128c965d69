import Glibc
import Testing

@testable import Host

@Suite("The addresses of this host")
struct OwnAddressesTests {
    /// What ip(8) says: the bytes of each address.
    private static func addresses() throws -> Set<[UInt8]> {
        let opened = unsafe popen("ip -o address", "re")
        guard let pipe = unsafe opened else { throw SystemError("popen") }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            // fread writes no more than the array has.
            let count = unsafe fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { break }
            text += chunk[..<count]
        }
        unsafe pclose(pipe)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        return Set(
            lines.compactMap { line in
                // "2: eth0    inet 10.0.0.2/24 …", or "inet 10.0.0.2 peer 10.0.0.1/32".
                let words = line.split(separator: " ")
                guard let family = words.firstIndex(where: { $0.hasPrefix("inet") }) else { return nil }
                let digits = words[family + 1].split(separator: "/")[0]
                return bytes(String(digits), words[family] == "inet" ? (AF_INET, 4) : (AF_INET6, 16))
            })
    }

    private static func bytes(_ text: String, _ family: (number: Int32, count: Int)) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: family.count)
        // inet_pton writes as many bytes as the family has.
        return unsafe inet_pton(family.number, text, &bytes) == 1 ? bytes : nil
    }

    @Test("are those that ip(8) lists, that of the loopback among them, each as its bytes")
    func all() throws {
        let expected = try Self.addresses()
        #expect(expected.contains([127, 0, 0, 1]))
        #expect(OwnAddresses.read() == expected)
    }
}
