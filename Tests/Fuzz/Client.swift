import Glibc

/// One end of a connection: the client's.
final class Client {
    /// How a connection stands, as its client sees it.
    enum Ending: String {
        case open
        /// The server sends no more, and all that it sent has come.
        case finished
        case reset
        /// The client has closed it.
        case closed
    }

    private let descriptor: Int32
    /// What was to be sent and did not fit into the socket's buffer.
    private var unsent: [UInt8] = []
    private var hasFinished = false
    /// True once the kernel has said that the server takes no more. It says so once: what is read then ends as if the
    /// server had finished.
    private var isRefused = false
    private(set) var ending = Ending.open
    /// True once it was reset, also when it is closed by now.
    private(set) var wasReset = false
    /// What has come.
    var transcript = Transcript()
    /// False while it takes nothing from the socket.
    var isReading = true

    init(port: UInt16, _ flavour: Script.Flavour) throws {
        descriptor = try Sockets.connected(to: port, flavour)
    }

    deinit { close(resetting: true) }

    var isOpen: Bool { ending == .open }

    func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        unsent += bytes
        flush()
    }

    /// Sends no more.
    func finish() {
        guard isOpen && !hasFinished else { return }
        hasFinished = true
        flush()
    }

    func close(resetting: Bool) {
        guard ending != .closed else { return }
        if resetting { Sockets.resetOnClose(descriptor) }
        _ = Glibc.close(descriptor)
        ending = .closed
    }

    /// Takes what there is; true when that was anything.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard isOpen && isReading else { return false }
        let hadUnsent = !unsent.isEmpty
        if hadUnsent { flush() }
        var hasNews = false
        while true {
            // The kernel writes no more than the buffer has.
            let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            guard count > 0 else {
                if count < 0 && (errno == EAGAIN || errno == EINTR) {
                    return hasNews || hadUnsent && unsent.isEmpty
                }
                ending = count == 0 && !isRefused ? .finished : .reset
                wasReset = ending == .reset
                return true
            }
            hasNews = true
            unsafe transcript.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            // Acknowledges at once, so that nobody waits for the timer that would do it.
            Sockets.set(TCP_QUICKACK, Int32(IPPROTO_TCP), 1, descriptor)
        }
    }

    private func flush() {
        while !unsent.isEmpty {
            // The kernel reads the array during the call.
            let count = unsafe Glibc.send(descriptor, unsent, unsent.count, Int32(MSG_NOSIGNAL))
            if count < 0 {
                if errno != EAGAIN && errno != EINTR {
                    isRefused = true
                    unsent = []
                }
                return
            }
            unsent.removeFirst(count)
        }
        if hasFinished { _ = shutdown(descriptor, Int32(SHUT_WR)) }
    }
}
