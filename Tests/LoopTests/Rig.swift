import CLibevent
import Glibc
import Testing

@testable import Loop

/// A loop that a test turns by hand, and clients on the same thread: nobody else is at work.
///
/// Each test that has one runs in a process of its own (`#expect(processExitsWith:)`): servers belong to one thread,
/// and the fuzz gives libevent another allocator for the whole process.
final class Rig {
    let loop: EventLoop
    private(set) var clients: [Client] = []
    /// Kept: a server must outlive its connections.
    private var servers: [HTTPServer] = []

    /// What did not happen in time, or what the kernel refused.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init() throws { loop = try EventLoop() }

    /// Calls the body with a rig in a process where a broken pipe is an error and not the end.
    static func run(_ body: (Rig) throws -> Void) {
        signal(SIGPIPE, SIG_IGN)
        do {
            let rig = try Rig()
            try body(rig)
            for client in rig.clients { client.close() }
        } catch {
            // Here, because of an error that leaves the process it is only heard that there was one.
            Issue.record(error)
        }
    }

    /// A server without connections, and the port that it listens on.
    func server(
        limits: HTTPLimits = HTTPLimits(connections: 100), replays: Bool = true, sendBuffer: Int32? = nil,
        content: String = "content", _ status: HTTPStatus = .ok
    ) throws -> (server: HTTPServer, port: UInt16) {
        let server = try HTTPServer(loop, limits: limits, replays: replays, content: { .text(content, status) })
        let (descriptor, port) = try Socket.listening(sendBuffer: sendBuffer)
        try server.accept(on: descriptor)
        servers.append(server)
        return (server, port)
    }

    /// A client of the test's own making.
    func add(_ client: Client) -> Client {
        clients.append(client)
        return client
    }

    func client(_ port: UInt16, receiveBuffer: Int32? = nil) throws -> Client {
        add(try Client(Socket.connected(to: port, receiveBuffer: receiveBuffer)))
    }

    /// Turns the loop, and reads what there is.
    func turn() {
        // The loop owns its base, and nothing else runs it.
        _ = unsafe event_base_loop(loop.base, EVLOOP_NONBLOCK)
        for client in clients { client.receive() }
    }

    /// Lets the loop wait until there is something to do, and does it.
    func wait() {
        // As above.
        _ = unsafe event_base_loop(loop.base, EVLOOP_ONCE)
    }

    /// Turns the loop so often that all is done for which no packet is awaited. The kernel delivers on the loopback
    /// interface before send(2) returns.
    func settle() {
        for _ in 0..<20 { turn() }
    }

    /// Turns the loop until something is the case; throws when it is not in 10 seconds.
    func until(_ what: String, _ condition: () throws -> Bool) throws {
        let end = now() + 10_000
        while try !condition() {
            guard now() < end else {
                throw Failure(description: "not in 10 s: \(what); clients have \(clients.map(\.text))")
            }
            turn()
            usleep(200)
        }
    }

    /// Sends a request, waits for the whole answer, and forgets what came before it.
    func ask(_ client: Client, _ request: String) throws -> Answer {
        client.forget()
        client.send(request)
        let isHead = request.hasPrefix("HEAD")
        try until("an answer to \(request)") { client.answers(head: isHead).count == 1 }
        return client.answers(head: isHead)[0]
    }

    /// Milliseconds of the monotonic clock.
    func now() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

extension HTTPContent {
    static func text(_ text: String, _ status: HTTPStatus = .ok) -> HTTPContent {
        HTTPContent(status, type: "text/plain", bytes: SharedBytes(Array(text.utf8)))
    }
}
