import Glibc
import Testing

@testable import Loop

/// A server of one loop that does what its script says, whatever it is asked, to each client in turn.
final class ScriptedServer {
    /// A step of the script.
    enum Step {
        case send([UInt8])
        /// Reads until the request is whole; the first step of most scripts.
        case readRequest
        case close
        /// Closes with an RST.
        case reset
        /// Sends this byte now and again, until the client has gone.
        case drip(UInt8)

        /// The bytes of a text.
        static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    let place: SocketPlace
    /// What clients have sent.
    private(set) var requests: [String] = []
    private let loop: EventLoop
    private let listener: Int32
    private let script: [Step]
    private var watch: DescriptorWatch?
    private var clients: [ScriptedClient] = []

    /// One that listens on 127.0.0.1, on ::1, or on a unix socket of that path.
    init(_ loop: EventLoop, on address: String = "127.0.0.1", path: String? = nil, _ script: [Step]) throws {
        self.loop = loop
        self.script = script
        let bound = try Listener(address, path)
        (listener, place) = (bound.descriptor, bound.place)
        watch = DescriptorWatch(loop, listener, .readable) { [unowned self] in accept() }
        watch?.start()
    }

    deinit {
        clients = []
        watch = nil
        close(listener)
    }

    private func accept() {
        // The peer's address is not asked for.
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        clients.append(ScriptedClient(loop, descriptor, script) { [unowned self] in requests.append($0) })
    }
}

/// A socket that listens, and its place.
struct Listener {
    let descriptor: Int32
    let place: SocketPlace

    /// On a port that the kernel chooses, or on a path. With a backlog of 0 the kernel takes one connection, and lets
    /// the next wait.
    init(_ address: String = "127.0.0.1", _ path: String? = nil, backlog: Int32 = 16) throws {
        let family = path != nil ? AF_UNIX : address.contains(":") ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SetUpError(call: "socket", code: errno) }
        self.descriptor = descriptor
        let wanted = path.map { SocketPlace(unixPath: $0) } ?? SocketPlace(address: address, port: 1)
        var bytes = try #require(wanted).kernelForm
        // The port: 0 lets the kernel choose.
        if path == nil { bytes.replaceSubrange(2..<4, with: [0, 0]) }
        // The array holds a sockaddr of that family, which the kernel reads, and then writes, during the calls.
        let port: UInt16 = try unsafe bytes.withUnsafeMutableBytes { bytes in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return 0 }
            var length = socklen_t(bytes.count)
            guard unsafe bind(descriptor, base, length) == 0, listen(descriptor, backlog) == 0 else {
                throw SetUpError(call: "bind", code: errno)
            }
            unsafe getsockname(descriptor, base, &length)
            return unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
        }
        place = try #require(path.map { SocketPlace(unixPath: $0) } ?? SocketPlace(address: address, port: port))
    }

    /// A system call that failed while a test was set up.
    struct SetUpError: Error {
        let call: String
        let code: Int32
    }
}

/// A client of a scripted server, and how far the script is with it.
private final class ScriptedClient {
    private let loop: EventLoop
    private var descriptor: Int32
    private var steps: ArraySlice<ScriptedServer.Step>
    private var request: [UInt8] = []
    private var watches: [DescriptorWatch] = []
    private var timer: Timer?
    private let asked: (String) -> Void

    init(_ loop: EventLoop, _ descriptor: Int32, _ steps: [ScriptedServer.Step], _ asked: @escaping (String) -> Void) {
        self.loop = loop
        self.descriptor = descriptor
        self.steps = steps[...]
        self.asked = asked
        for interest in [DescriptorWatch.Interest.readable, .writable] {
            watches.append(DescriptorWatch(loop, descriptor, interest) { [unowned self] in go() })
        }
        timer = Timer(loop) { [unowned self] in go() }
        go()
    }

    deinit { end() }

    private func end() {
        for watch in watches { watch.stop() }
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Takes steps until one has to wait.
    private func go() {
        for watch in watches { watch.stop() }
        while descriptor >= 0, let step = steps.first {
            switch step {
            case .readRequest:
                guard readRequest() else { return }
            case .send(let bytes):
                guard send(bytes) else { return }
            case .drip(let byte):
                guard send([byte]), descriptor >= 0 else { return }
                steps = [.drip(byte)]
                timer?.set(afterNanoseconds: 20_000_000)
                return
            case .close: end()
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                // The kernel reads the struct during the call.
                unsafe setsockopt(
                    descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
                end()
            }
            steps = steps.dropFirst()
        }
    }

    private func readRequest() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        // The kernel writes no more than the array has.
        let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
        if count == 0 { end() }
        request += chunk.prefix(max(0, count))
        let text = String(decoding: request, as: UTF8.self)
        guard text.hasSuffix("\r\n\r\n") else {
            if descriptor >= 0 { watches[0].start() }
            return false
        }
        asked(text)
        return true
    }

    /// True when all is sent; what is not is the next step.
    private func send(_ bytes: [UInt8]) -> Bool {
        // The kernel reads the array during the call.
        let count = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        if count < 0 && errno != EAGAIN {
            end()
        } else if count < bytes.count {
            steps = [.send(Array(bytes.dropFirst(max(0, count))))] + steps.dropFirst()
            watches[1].start()
        }
        return count == bytes.count
    }
}

/// What comes of one GET.
func outcome(
    _ loop: EventLoop, _ server: HTTPFetch.Server, target: String = "/", limits: HTTPAnswerLimits = .init(),
    timeoutNanoseconds: Int64 = 20_000_000_000
) -> Result<HTTPAnswer, HTTPFailure> {
    var outcomes: [Result<HTTPAnswer, HTTPFailure>] = []
    let fetch = HTTPFetch(loop, server, HTTPFetchRequest(host: "example.org", target: target), limits: limits) {
        outcomes.append($0)
        loop.stop()
    }
    fetch.start(timeoutNanoseconds: timeoutNanoseconds)
    #expect(outcomes.isEmpty, "the handler is never called at once")
    withExtendedLifetime(fetch) { loop.run() }
    #expect(outcomes.count == 1)
    return outcomes.first ?? .failure(.timeout)
}

/// What a scripted server's client makes of it; the request is read first.
func outcome(
    of steps: [ScriptedServer.Step], limits: HTTPAnswerLimits = .init(), timeoutNanoseconds: Int64 = 20_000_000_000
) throws -> Result<HTTPAnswer, HTTPFailure> {
    let loop = try EventLoop()
    let server = try ScriptedServer(loop, [.readRequest] + steps)
    return withExtendedLifetime(server) {
        outcome(loop, .place(server.place), limits: limits, timeoutNanoseconds: timeoutNanoseconds)
    }
}

/// An answer with that body.
func answer(
    _ status: UInt16 = 200, _ reason: String = "OK", _ body: String = "", isTruncated: Bool = false
)
    -> HTTPAnswer
{
    HTTPAnswer(status: status, reason: Array(reason.utf8), body: Array(body.utf8), isTruncated: isTruncated)
}
