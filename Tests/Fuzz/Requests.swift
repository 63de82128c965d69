/// What is sent: requests that are remembered, and others that must not be.
enum Requests {
    /// Requests that are answered alike each time, so that they are remembered.
    static let plain: [[UInt8]] = [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /health?x=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: check/8\r\nAccept: */*\r\n\r\n",
        "HEAD / HTTP/1.1\r\n\r\n",
        "HEAD /a HTTP/1.0\r\n\r\n",
        "OPTIONS / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "HEAD / HTTP/1.0\r\nconnection: Keep-Alive\r\n\r\n",
        "GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
        "GET \(Side.readyPath) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET \(Side.readyPath)?down HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET \(Side.readyPath)?more HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET \(Side.readyPath) HTTP/1.1\r\nAccept: text/plain\r\n\r\n",
        "HEAD \(Side.readyPath)?down HTTP/1.1\r\nAccept: text/plain\r\n\r\n",
        "OPTIONS \(Side.readyPath) HTTP/1.1\r\n\r\n",
    ].map { Array($0.utf8) }

    /// Those after which the server closes the connection.
    static let closing: [[UInt8]] = [
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "HEAD / HTTP/1.1\r\nconnection: CLOSE\r\n\r\n",
        "OPTIONS / HTTP/1.1\r\nConnection: keep-alive, close\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: Close ,x\r\n\r\n",
        "GET http://localhost/ HTTP/1.0\r\n\r\n",
        "GET \(Side.readyPath)?down HTTP/1.0\r\n\r\n",
        "GET http://localhost\(Side.readyPath) HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n",
    ].map { Array($0.utf8) }

    /// Requests of about as many bytes as are remembered.
    static func long(_ count: Int) -> [UInt8] {
        let frame = Array("GET / HTTP/1.1\r\nX: \r\n\r\n".utf8)
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: max(0, count - frame.count))
        return Array("GET / HTTP/1.1\r\nX: ".utf8) + filler + Array("\r\n\r\n".utf8)
    }

    /// Requests for content that is made anew each time.
    static let live: [[UInt8]] = [
        "GET \(Side.livePath) HTTP/1.1\r\n\r\n",
        "GET \(Side.livePath)?a HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD \(Side.livePath) HTTP/1.1\r\n\r\n",
        "GET \(Side.livePath) HTTP/1.0\r\n\r\n",
    ].map { Array($0.utf8) }

    /// Requests that are answered later, but for those of no turn.
    static let later: [[UInt8]] = [
        "GET \(Side.laterPath)0 HTTP/1.1\r\n\r\n",
        "GET \(Side.laterPath)0?once HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET \(Side.laterPath)1 HTTP/1.1\r\n\r\n",
        "GET \(Side.laterPath)2 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET \(Side.laterPath)3 HTTP/1.1\r\nHost: a\r\nUser-Agent: check/8\r\n\r\n",
        "GET \(Side.laterPath)1 HTTP/1.0\r\n\r\n",
        "GET \(Side.laterPath)2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET \(Side.laterPath)3 HTTP/1.1\r\nConnection: close\r\n\r\n",
        "HEAD \(Side.laterPath)1 HTTP/1.1\r\n\r\n",
        "OPTIONS \(Side.laterPath)2 HTTP/1.1\r\n\r\n",
        "POST \(Side.laterPath)1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        "POST \(Side.laterPath)0 HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "POST \(Side.laterPath)3 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        "DELETE \(Side.laterPath)1 HTTP/1.1\r\n\r\n",
        "GET http://localhost\(Side.laterPath)2 HTTP/1.1\r\n\r\n",
    ].map { Array($0.utf8) }

    /// Everything that is refused, not understood, or not whole.
    static let odd: [[UInt8]] = [
        "POST / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        "PUT / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
        "DELETE \(Side.readyPath) HTTP/1.1\r\n\r\n",
        "DELETE / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\n\r\n",
        "TRACE / HTTP/1.1\r\n\r\n",
        "BREW / HTTP/1.1\r\n\r\n",
        "get / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.2\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/0.9\r\n\r\n",
        "GET / HTTP/-1.1\r\n\r\n",
        "GET /\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET //a:b/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        "GET / HTTP/1.1\r\nContent-Length: +0\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        "POST / HTTP/1.1\r\nExpect: nothing\r\nContent-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\n folded at once\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\n\r\n",
        "GET /ü HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "\r\n",
        "\r\n\r\n",
        "\n",
        "G",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a",
        "GET / HTTP/1.1\r\n\r",
        "\u{0}",
        "nonsense\r\n\r\n",
    ].map { Array($0.utf8) }

    /// The head of a request with a body of that length.
    static func head(bodyOf count: Int, _ more: String = "") -> [UInt8] {
        Array("POST / HTTP/1.1\r\nContent-Length: \(count)\r\n\(more)\r\n".utf8)
    }

    /// How many requests these bytes are, each with one answer; nil when it takes an HTTP parser to know.
    static func count(in bytes: [UInt8]) -> Int? {
        var count = 0
        var lines: [String] = []
        var line: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let followsReturn = index > 0 && bytes[index - 1] == UInt8(ascii: "\r")
            // A zero byte ends a line for evhttp.
            guard followsReturn == (byte == UInt8(ascii: "\n")), byte != 0 else { return nil }
            guard byte == UInt8(ascii: "\n") else {
                if byte != UInt8(ascii: "\r") { line.append(byte) }
                continue
            }
            if line.isEmpty {
                guard isPlain(lines) else { return nil }
                count += 1
                lines = []
            } else {
                lines.append(String(decoding: line, as: UTF8.self).lowercased())
                line = []
            }
        }
        return lines.isEmpty && line.isEmpty && bytes.last != UInt8(ascii: "\r") ? count : nil
    }

    private static func isPlain(_ lines: [String]) -> Bool {
        let words = lines.first?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        guard words.count == 3, words[1].first == "/", ["get", "head", "options"].contains(words[0]) else {
            return false
        }
        let isKnownVersion = words[2] == "http/1.1" || words[2] == "http/1.0"
        let framing = ["content-", "transfer-", "expect"]
        return isKnownVersion && !lines.contains { line in framing.contains { line.contains($0) } }
    }
}
