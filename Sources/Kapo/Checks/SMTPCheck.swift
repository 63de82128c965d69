import Host
import Loop

/// Finds out whether a mail server greets, and takes its leave: RFC 5321, sections 4.3.1 and 4.1.1.10.
final class SMTPCheck: RunningCheck {
    /// Bytes of an answer: a line has 512 at most, and there may be some of them.
    private static let answerBytes = 8192

    /// What is waited for.
    private enum Stage {
        case banner, farewell
    }

    private let place: SocketPlace
    private let handler: (CheckOutcome) -> Void
    private let began = Clock.monotonic
    private var socket: ClientSocket?
    private var stage = Stage.banner
    /// What has come of the answer that is waited for.
    private var input: [UInt8] = []

    init(
        _ loop: EventLoop, _ place: SocketPlace, tls: TLSPeer?, _ handler: @escaping (CheckOutcome) -> Void
    ) {
        self.place = place
        self.handler = handler
        socket = ClientSocket(loop, self, tls: tls)
    }

    func start() { socket?.connect([place], greeting: []) }

    func cancel() { socket?.close() }

    private func conclude(_ outcome: CheckOutcome) {
        cancel()
        handler(outcome)
    }

    /// The last line of an answer, with its line end; nil while it is not there. All lines but the last have a dash
    /// behind the code.
    private var lastLine: ArraySlice<UInt8>? {
        var rest = input[...]
        // Ends: each turn takes a line.
        while let end = rest.firstIndex(of: 0x0a) {
            let line = rest[..<end]
            if line.count < 4 || line[line.startIndex + 3] != UInt8(ascii: "-") { return rest[...end] }
            rest = rest[(end + 1)...]
        }
        return nil
    }

    private func answered(_ line: ArraySlice<UInt8>) {
        switch stage {
        case .banner:
            guard Self.code(line) == "220" else {
                return conclude(.failed("Got unexpected banner \(Self.shown(line))"))
            }
            stage = .farewell
            input = []
            socket?.send(Array("QUIT\r\n".utf8))
        case .farewell:
            guard Self.code(line) == "221" else {
                return conclude(.failed("Got unexpected QUIT response \(Self.shown(line))"))
            }
            conclude(.passed("Connected in \(Elapsed.hundredths(Clock.monotonic - began))s"))
        }
    }

    private static func code(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.prefix { 0x30...0x39 ~= $0 }, as: UTF8.self)
    }

    /// As Python shows bytes.
    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        let text = bytes.prefix(512).map { byte in
            switch byte {
            case UInt8(ascii: "\r"): "\\r"
            case UInt8(ascii: "\n"): "\\n"
            case UInt8(ascii: "\t"): "\\t"
            case UInt8(ascii: "\\"): "\\\\"
            case UInt8(ascii: "'"): "\\'"
            case 0x20...0x7e: String(Unicode.Scalar(byte))
            default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "b'\(text.joined())'"
    }
}

extension SMTPCheck: ClientSocketUser {
    func connected() {}

    func received(_ bytes: ArraySlice<UInt8>) {
        input += bytes
        if let line = lastLine { return answered(line) }
        if input.count > Self.answerBytes {
            conclude(.failed("Got an answer of more than \(Self.answerBytes) bytes without an end"))
        }
    }

    func ended() { conclude(.failed("Peer unexpectedly closed connection")) }

    func failed(_ failure: ClientFailure) {
        let after = Elapsed.millionths(Clock.monotonic - began)
        switch failure {
        case .unreachable(let code):
            conclude(.unreachable("Unexpected socket error \(code) after \(after)s", code: code))
        case .broken(let code): conclude(.unreachable("Peer unexpectedly closed connection", code: code))
        case .insecure(let reason): conclude(.failed("no TLS: \(reason)"))
        }
    }
}
