import Testing

@testable import Loop

/// Bytes from a server, and what they are read as.
struct Reading: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: String
    let expected: HTTPAnswerReader.Progress

    var testDescription: String { name }

    init(_ name: String, _ bytes: String, _ expected: HTTPAnswerReader.Progress) {
        (self.name, self.bytes, self.expected) = (name, bytes, expected)
    }
}

/// Reads the bytes in pieces of that size, and then the end of the connection.
func read(_ bytes: [UInt8], pieces: Int, _ limits: HTTPAnswerLimits = .init()) -> HTTPAnswerReader.Progress {
    var reader = HTTPAnswerReader(limits)
    var rest = bytes[...]
    while !rest.isEmpty {
        let progress = reader.take(rest.prefix(pieces))
        guard progress == .more else { return progress }
        rest = rest.dropFirst(pieces)
    }
    return reader.end()
}

@Suite("Reading an answer")
struct HTTPAnswerReaderTests {
    static let framings = [
        Reading("a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", .whole(answer(200, "OK", "ab"))),
        Reading(
            "more than its length", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", .whole(answer(200, "OK", "a"))),
        Reading("a length of 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .whole(answer())),
        Reading("no length", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nab", .whole(answer(200, "OK", "ab"))),
        Reading("HTTP/1.0", "HTTP/1.0 404 Not Found\r\n\r\nno", .whole(answer(404, "Not Found", "no"))),
        Reading("no body at all", "HTTP/1.0 200 OK\r\n\r\n", .whole(answer())),
        Reading("no reason", "HTTP/1.1 500\r\n\r\n", .whole(answer(500, ""))),
        Reading("an empty reason", "HTTP/1.1 500 \r\n\r\n", .whole(answer(500, ""))),
        Reading(
            "a length twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1,1\r\n\r\na",
            .whole(answer(200, "OK", "a"))),
        Reading("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", .whole(answer(200, "OK", "a"))),
        Reading(
            "a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\tc\r\nContent-Length: 0\r\n\r\n", .whole(answer())),
        Reading(
            "letters of any case", "HTTP/1.1 200 OK\r\ncONTENT-lENGTH:\t1 \r\n\r\nab", .whole(answer(200, "OK", "a"))),
        Reading(
            "no content", "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", .whole(answer(204, "No Content"))),
        Reading("not modified", "HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n", .whole(answer(304, "x"))),
        Reading("another protocol", "HTTP/1.1 101 x\r\n\r\n\u{1}", .whole(answer(101, "x"))),
        Reading(
            "interim answers", "HTTP/1.1 100 a\r\n\r\nHTTP/1.1 103 b\r\nLink: c\r\n\r\nHTTP/1.1 200 OK\r\n\r\nd",
            .whole(answer(200, "OK", "d"))),
        Reading(
            "chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
            .whole(answer(200, "OK", "ab0123456789"))),
        Reading(
            "trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n00\r\nX: y\r\n\r\n",
            .whole(answer(200, "OK", "a"))),
        Reading(
            "chunks overrule a length",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            .whole(answer(200, "OK", "ab"))),
        Reading(
            "a coding that is not chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab",
            .whole(answer(200, "OK", "ab"))),
        Reading("nothing", "", .failed(.empty)),
        Reading("half a version", "HTT", .failed(.cut)),
        Reading("half a head", "HTTP/1.1 200 OK\r\nContent-Le", .failed(.cut)),
        Reading("half a body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", .failed(.cut)),
        Reading("only an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", .failed(.cut)),
        Reading("half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na", .failed(.cut)),
        Reading("no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", .failed(.cut)),
        Reading("half a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", .failed(.cut)),
    ]

    @Test("every framing, and every end that comes too early, in pieces of any size", arguments: framings)
    func framing(_ reading: Reading) {
        check(reading)
    }

    static let malformed =
        [
            "SSH-2.0-OpenSSH_9.2\r\n", "\u{15}\u{3}\u{1}", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/2 200\r\n\r\n",
            "http/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.11 200 OK\r\n\r\n", "HTTP/1. 200 OK\r\n\r\n",
            "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
            "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 100 a\r\n\r\nnonsense",
        ].map { Reading($0.debugDescription, $0, .failed(.malformed(.statusLine))) }
        + ["no colon", ": nameless", "a b: c", "a : b", "\u{1}: x", "é: x"].map {
            Reading($0.debugDescription, "HTTP/1.1 200 OK\r\n\($0)\r\n\r\n", .failed(.malformed(.header)))
        }
        + ["", "-1", "+1", "1 2", "0x1", "1,2", "1,", "one", "99999999999999999999", "1\r\nContent-Length: 2"].map {
            let bytes = "HTTP/1.1 200 OK\r\nContent-Length: \($0)\r\n\r\nab"
            return Reading("a length of \($0.debugDescription)", bytes, .failed(.malformed(.contentLength)))
        }
        + ["x\r\n", "-1\r\n", "0x1\r\na\r\n", "\r\n", ";\r\n", "1\r\nab\r\n", "1\r\na\rb", "99999999999999999\r\n"].map
    {
        let bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\($0)"
        return Reading("a chunk \($0.debugDescription)", bytes, .failed(.malformed(.chunk)))
    }

    @Test("what is no HTTP is refused, and said to be that", arguments: malformed)
    func refused(_ reading: Reading) {
        check(reading)
    }

    private func check(_ reading: Reading) {
        let bytes = Array(reading.bytes.utf8)
        for size in 1...max(1, bytes.count) {
            #expect(read(bytes, pieces: size) == reading.expected, "in pieces of \(size)")
        }
    }

    @Test("what cannot become HTTP is refused at its first wrong byte, without waiting for the rest")
    func early() {
        var reader = HTTPAnswerReader(.init())
        #expect(reader.take(Array("HTTP/".utf8)[...]) == .more)
        #expect(reader.take(Array("2".utf8)[...]) == .failed(.malformed(.statusLine)))
    }

    @Test("a body is read up to its limit, however it is framed; one byte more is left out, and said to be")
    func bodyLimit() {
        var limits = HTTPAnswerLimits()
        limits.bodyBytes = 4
        for head in ["Content-Length: 4", "Transfer-Encoding: chunked", "X: y"] {
            let isChunked = head.hasPrefix("T")
            let four = isChunked ? "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n" : "abcd"
            let fits = "HTTP/1.1 200 OK\r\n\(head)\r\n\r\n\(four)"
            let longer =
                "HTTP/1.1 200 OK\r\n\(head.replacing("4", with: "5"))\r\n\r\n"
                + (isChunked ? "3\r\nabc\r\n2\r\nde\r\n" : "abcde")
            for size in 1...80 {
                #expect(read(Array(fits.utf8), pieces: size, limits) == .whole(answer(200, "OK", "abcd")))
                #expect(
                    read(Array(longer.utf8), pieces: size, limits)
                        == .whole(answer(200, "OK", "abcd", isTruncated: true)))
            }
        }
    }

    @Test("headers have a limit together, wherever they stand; so has the line of a chunk")
    func headLimit() {
        var limits = HTTPAnswerLimits()
        limits.headBytes = 100
        let header = "X: \(String(repeating: "y", count: 28))\r\n"
        let tooLong = HTTPAnswerReader.Progress.failed(.malformed(.tooLong))
        let status = "HTTP/1.1 200 OK\r\n"
        for (bytes, expected) in [
            (status + header + header + "\r\n", .whole(answer())), (status + header + header + header, tooLong),
            (status + String(repeating: "a", count: 100), tooLong),
            ("HTTP/1.1 200 " + String(repeating: "a", count: 99), tooLong),
            ("HTTP/1.1 100 x\r\n" + header + "\r\n" + status + header + header, tooLong),
            (String(repeating: "HTTP/1.1 100 x\r\n\r\n", count: 20), tooLong),
            (status + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + header + header, tooLong),
            (status + "Transfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "a", count: 4100), tooLong),
        ] {
            for size in [1, 7, 5000] { #expect(read(Array(bytes.utf8), pieces: size, limits) == expected, "\(bytes)") }
        }
    }
}
