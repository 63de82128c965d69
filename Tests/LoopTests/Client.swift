import Glibc

@testable import Loop

/// The client's end of a connection. It never waits.
final class Client {
    /// How the server ended the connection.
    enum Ending {
        case finished, reset
    }

    let descriptor: Int32
    /// What has come since it was last forgotten.
    private(set) var received: [UInt8] = []
    private(set) var ending: Ending?
    /// False while it takes nothing from the socket.
    var isReading = true
    private var isClosed = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        // The kernel reads the array during the call. What tests send fits into the socket's buffer.
        _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT))
    }

    /// Sends no more.
    func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        _ = Glibc.close(descriptor)
    }

    /// Closes with a reset, whatever was received.
    func reset() {
        var value = linger(l_onoff: 1, l_linger: 0)
        // The kernel reads the value during the call.
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// False once the server has sent a reset.
    var hasNoError: Bool {
        var (error, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        // The kernel writes the four bytes of the error during the call.
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0
    }

    func forget() { received = [] }

    func receive() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while isReading, !isClosed, ending == nil {
            // The kernel writes no more than the buffer has.
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
            if count > 0 {
                received += buffer[..<count]
            } else {
                ending = count == 0 ? .finished : .reset
            }
        }
    }

    /// The whole answers with a Content-Length that have come. `head`: they have no body all the same.
    func answers(head: Bool = false) -> [Answer] {
        var answers: [Answer] = []
        var rest = received[...]
        while let answer = Answer(taking: &rest, head: head) { answers.append(answer) }
        return answers
    }

    /// The first answer as far as it has come, with all that follows its headers as its body.
    var opening: Answer? { Answer(opening: received) }
}

/// An answer, taken apart.
struct Answer: Equatable {
    let status: String
    /// By names in lower case.
    let headers: [String: String]
    let body: String

    private static let headEnd = Array("\r\n\r\n".utf8)

    /// Removes the first answer; nil when there is no whole one.
    init?(taking bytes: inout ArraySlice<UInt8>, head: Bool) {
        guard let opening = Answer(opening: Array(bytes)) else { return nil }
        let length = head ? 0 : opening.headers["content-length"].flatMap { Int($0) } ?? 0
        guard opening.body.utf8.count >= length else { return nil }
        let start = bytes.count - opening.body.utf8.count
        (status, headers) = (opening.status, opening.headers)
        body = String(decoding: opening.body.utf8.prefix(length), as: UTF8.self)
        bytes = bytes.dropFirst(start + length)
    }

    /// Everything behind the headers is the body; nil when the headers are not there.
    init?(opening bytes: [UInt8]) {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: Self.headEnd) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        status = String(lines[0])
        headers = Dictionary(
            lines.dropFirst().map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                let value = line[colon...].drop { $0 == ":" || $0 == " " }
                return (line[..<colon].lowercased(), String(value))
            }, uniquingKeysWith: { "\($0), \($1)" })
        body = String(decoding: bytes[(end + 4)...], as: UTF8.self)
    }
}
