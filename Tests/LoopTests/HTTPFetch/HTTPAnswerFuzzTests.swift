import Chance
import Peers
import Testing

@testable import Loop

/// Bytes at random: whatever a server sends, reading it ends, within the limits, in the same way in all pieces.
@Suite("Reading random answers")
struct HTTPAnswerFuzzTests {
    private static let words = [
        "HTTP/1.1 200 OK\r\n", "HTTP/1.0 503 x\r\n", "HTTP/1.1 100 c\r\n", "HTTP/1.1 204 n\r\n",
        "Content-Length: 5\r\n",
        "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "\r\n", "\r\n\r\n", "\n", "\r",
        ":",
        " ", "5\r\nabcde\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n", "0\r\n", "abcde", "-", ";", ",", "\0", "é",
    ].map { Array($0.utf8) }

    /// An answer made of words that mean something, with a few random bytes in it.
    private static func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = Bool.random(using: &random) ? words[0] : []
        for _ in 0..<Int.random(in: 0...14, using: &random) {
            if Int.random(in: 0..<12, using: &random) == 0 {
                bytes += (0..<9).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            } else {
                bytes += words.randomElement(using: &random) ?? []
            }
        }
        return bytes
    }

    @Test(
        "20,000 answers are read alike in pieces of any size, within the limits", arguments: [1, 2, 3, 4] as [UInt64])
    func reader(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var limits = HTTPAnswerLimits()
        (limits.headBytes, limits.bodyBytes) = (120, 12)
        var kinds = (whole: 0, failed: 0)
        for _ in 0..<5000 {
            let bytes = Self.bytes(&random)
            let whole = read(bytes, pieces: max(1, bytes.count), limits)
            let pieces = Int.random(in: 1...9, using: &random)
            #expect(read(bytes, pieces: pieces, limits) == whole, "\(bytes) in pieces of \(pieces)")
            #expect(read(bytes, pieces: 1, limits) == whole, "\(bytes)")
            switch whole {
            case .more: Issue.record("an end that is none: \(bytes)")
            case .failed: kinds.failed += 1
            case .whole(let answer):
                kinds.whole += 1
                #expect(answer.body.count <= 12 && 100...999 ~= answer.status, "\(bytes)")
            }
        }
        #expect(kinds.whole > 300 && kinds.failed > 300, "the fuzz goes everywhere: \(kinds)")
    }

    @Test("3,000 random answers over a socket: each has its outcome, that of the reader")
    func sockets() throws {
        var random = SeededGenerator(seed: 7)
        let loop = try EventLoop()
        for _ in 0..<3000 {
            let bytes = Self.bytes(&random)
            let server = try ScriptedServer(loop, [.readRequest, .send(bytes), .close])
            let outcome = outcome(loop, .place(server.place))
            switch read(bytes, pieces: max(1, bytes.count)) {
            case .more: Issue.record("an end that is none: \(bytes)")
            case .whole(let answer): #expect(outcome == .success(answer), "\(bytes)")
            case .failed(let failure): #expect(outcome == .failure(failure), "\(bytes)")
            }
        }
    }
}
