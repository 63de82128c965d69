import Glibc
import Testing

@testable import Loop

@Suite("What a server costs that nobody asks")
struct HTTPServerMemoryTests {
    /// Bytes that this process has resident: the second number in statm of proc(5), in pages.
    private static func residentBytes() -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        // fgets writes no more than it is told, and a zero behind it.
        guard unsafe fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
    }

    /// One like a control socket's: a few routes, a listener, no replay.
    private static func server(_ loop: EventLoop) throws -> HTTPServer {
        let server = try HTTPServer(
            loop, limits: HTTPLimits(connections: 8), replays: false,
            content: { .text("nothing", .notFound) })
        for path in ["/", "/status"] { server.route(path, .once) { _ in .text("status") } }
        server.action(below: "/signal/") { _, name in .text(name) }
        server.refusal = { $0 < 0 ? .text("not you", .forbidden) : nil }
        try server.accept(on: Socket.listening().descriptor)
        return server
    }

    @Test("one with a listener and three routes takes less than 4 KB")
    func idle() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            // What the first ones touch is touched once.
            var servers = try (0..<100).map { _ in try Self.server(loop) }
            let before = Self.residentBytes()
            for _ in 0..<400 { servers.append(try Self.server(loop)) }
            let each = (Self.residentBytes() - before) / 400
            #expect(0..<4096 ~= each, "\(each) bytes")
            #expect(servers.count == 500)
        }
    }
}
