import Glibc
import Loop

/// A server of one loop that does what its script says, whatever it is asked, to each client in turn.
package final class ScriptedServer {
    /// A step of the script.
    package enum Step: Sendable {
        case send([UInt8])
        /// Reads until the headers of a request are there; the first step of most scripts.
        case readRequest
        /// Reads until a line is there.
        case readLine
        /// Sends no more.
        case finish
        case close
        /// Closes with an RST.
        case reset
        /// Waits until `release`, or until the client has gone. What it says meanwhile is passed over.
        case wait
        /// Goes on in another round of the loop: what is sent behind it comes in another packet.
        case pause
        /// Sends this byte now and again, until the client has gone.
        case drip(UInt8)

        /// The bytes of a text.
        package static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    package let place: SocketPlace
    /// 0 for a unix socket.
    package let port: UInt16
    /// What clients have asked, whole requests and lines.
    package private(set) var requests: [String] = []
    private let loop: EventLoop
    private let listener: Listener
    private let scripts: [[Step]]
    private var watch: DescriptorWatch?
    private var clients: [ScriptedClient] = []

    /// One that listens on 127.0.0.1, on ::1, or on a unix socket of that path. The last script is for all further
    /// clients too.
    package init(
        _ loop: EventLoop, on address: String = "127.0.0.1", path: String? = nil, scripts: [[Step]]
    ) throws {
        self.loop = loop
        self.scripts = scripts
        listener = try Listener(address, path)
        (place, port) = (listener.place, listener.port)
        watch = DescriptorWatch(loop, listener.descriptor, .readable) { [unowned self] in accept() }
        watch?.start()
    }

    /// The same with one script for all.
    package convenience init(
        _ loop: EventLoop, on address: String = "127.0.0.1", path: String? = nil, _ script: [Step]
    ) throws {
        try self.init(loop, on: address, path: path, scripts: [script])
    }

    deinit {
        clients = []
        watch = nil
        close(listener.descriptor)
    }

    /// Clients that have connected so far.
    package var accepted: Int { clients.count }

    /// Clients with whom the script has not ended the connection, and that have not, as far as it has looked.
    package var open: Int { clients.count { $0.isOpen } }

    /// Goes on with those of its clients that wait: all, or the one of that number.
    package func release(_ number: Int? = nil) {
        for (index, client) in clients.enumerated() where number == nil || number == index { client.release() }
    }

    private func accept() {
        // The peer's address is not asked for.
        let descriptor = Glibc.accept(listener.descriptor, nil, nil)
        guard descriptor >= 0 else { return }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let script = scripts[min(clients.count, scripts.count - 1)]
        clients.append(ScriptedClient(loop, descriptor, script) { [unowned self] in requests.append($0) })
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

    var isOpen: Bool { descriptor >= 0 }

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

    func release() {
        guard isOpen, case .wait? = steps.first else { return }
        steps = steps.dropFirst()
        go()
    }

    private func end() {
        for watch in watches { watch.stop() }
        timer?.cancel()
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Takes steps until one has to wait.
    private func go() {
        for watch in watches { watch.stop() }
        while descriptor >= 0, let step = steps.first {
            switch step {
            case .readRequest:
                guard read(until: "\r\n\r\n") else { return }
            case .readLine:
                guard read(until: "\n") else { return }
            case .send(let bytes):
                guard send(bytes) else { return }
            case .wait:
                _ = receive()
                return
            case .pause:
                steps = steps.dropFirst()
                timer?.set(afterNanoseconds: 1_000_000)
                return
            case .drip(let byte):
                guard send([byte]), descriptor >= 0 else { return }
                steps = [.drip(byte)]
                timer?.set(afterNanoseconds: 20_000_000)
                return
            case .finish: shutdown(descriptor, Int32(SHUT_WR))
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

    /// True when something has come that ends so.
    private func read(until end: String) -> Bool {
        request += receive()
        let text = String(decoding: request, as: UTF8.self)
        guard text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8) else { return false }
        asked(text)
        request = []
        return true
    }

    /// What there is; it waits for more, unless the client has gone.
    private func receive() -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 4096)
        // The kernel writes no more than the array has.
        let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
        if count == 0 || count < 0 && errno != EAGAIN { end() }
        if descriptor >= 0 { watches[0].start() }
        return Array(chunk.prefix(max(0, count)))
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
