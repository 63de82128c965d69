@testable import Loop

/// What a client that listens to a stream has heard.
struct Heard: Equatable {
    var status = ""
    var headers: [String: String] = [:]
    /// What came, out of its chunks.
    var text = ""
    /// True when the last chunk has come.
    var isOver = false
    /// True when the bytes are not those of an answer, or go on behind its end.
    var isBroken = false
}

extension Client {
    static let listen = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n"
    static let listenInOldWay = "GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"

    /// The last answer as far as it has come.
    var heard: Heard {
        guard let answer = opening else { return Heard() }
        var heard = Heard(status: answer.status, headers: answer.headers)
        guard answer.headers["transfer-encoding"] == "chunked" else {
            heard.text = answer.body
            return heard
        }
        var rest = Array(answer.body.utf8)[...]
        while let line = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let digits = rest[..<line].dropLast()
            guard rest[..<line].last == UInt8(ascii: "\r"), !heard.isOver,
                let count = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                heard.isBroken = true
                return heard
            }
            let data = rest[(line + 1)...].prefix(count)
            heard.text += String(decoding: data, as: UTF8.self)
            let end = rest[(line + 1 + data.count)...].prefix(2)
            // A chunk that has not come to its end.
            guard data.count == count, end.count == 2 else { return heard }
            heard.isBroken = heard.isBroken || Array(end) != Array("\r\n".utf8)
            heard.isOver = count == 0
            rest = rest[(line + 1 + count + 2)...]
        }
        return heard
    }
}

extension HTTPEventStream {
    func say(_ text: String) { send(Array(text.utf8)) }
}

extension Rig {
    /// A server with a stream that greets with a text.
    func stream(
        limits: HTTPLimits = HTTPLimits(connections: 100), limit: Int = 64, greeting: String = "hello\n\n",
        sendBuffer: Int32? = nil
    ) throws -> (server: HTTPServer, stream: HTTPEventStream, port: UInt16) {
        let (server, port) = try server(limits: limits, sendBuffer: sendBuffer)
        let stream = server.stream("/events", limit: limit) { Array(greeting.utf8) }
        return (server, stream, port)
    }

    /// A client that listens.
    func listener(_ port: UInt16, receiveBuffer: Int32? = nil, _ request: String = Client.listen) throws -> Client {
        let client = try client(port, receiveBuffer: receiveBuffer)
        client.send(request)
        return client
    }
}
