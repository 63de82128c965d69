import Glibc
import Testing

/// Clients that go on asking on connections that stay, across the end of Kapo.
@Suite struct HTTPFarewellTests {
    /// Fifty connections, each with the next request as soon as an answer is there, until each has ended.
    private static let askers = #"""
        REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        poll, open_, told, lost = select.epoll(), {}, 0, 0
        for _ in range(50):
            connection = connect()
            poll.register(connection, select.EPOLLIN)
            open_[connection.fileno()] = [connection, b""]
            connection.sendall(REQUEST)
        answers = 0
        while open_:
            for number, _ in poll.poll(15):
                connection, data = open_[number]
                try:
                    more = connection.recv(65536)
                except ConnectionResetError:
                    more = b""
                data += more
                head, _, body = data.partition(b"\r\n\r\n")
                length = re.search(rb"\r\nContent-Length: (\d+)", head)
                whole = length and len(body) >= int(length[1])
                if not more:
                    assert not data or whole, "an answer was cut off: %r" % data
                    told, lost = told + bool(data), lost + (not data)
                    del open_[number]
                    connection.close()
                elif whole and b"\r\nConnection: close\r\n" not in head:
                    answers += 1
                    if answers == 500:
                        print("going", flush=True)
                    open_[number][1] = b""
                    try:
                        connection.sendall(REQUEST)
                    except OSError:
                        pass
                else:
                    open_[number][1] = data
        print("told %d, lost %d" % (told, lost), flush=True)
        """#

    @Test("no answer is cut off when Kapo ends, and clients are told that their connection ends")
    func askers() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "sleep", "600"])
            let client = try box.startClient(of: kapo, "import re\n" + Self.askers)
            try client.waitForOutput(containing: "going")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try client.wait() == .code(0), "\(client.errors)")
            let numbers = client.output.split { !$0.isNumber }.compactMap { Int($0) }
            // A client that is slower than Kapo's patience loses its connection unheard; so would all of them if Kapo
            // just left.
            #expect(numbers.count == 2 && numbers[0] >= 25, "\(client.output)")
        }
    }

    @Test("neither a client that never asks nor half a request holds Kapo for longer than clients who ask")
    func silent() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "sleep", "600"])
            let client = try box.startClient(
                of: kapo,
                #"""
                idle, half = connect(), connect()
                idle.sendall(b"GET / HTTP/1.1\r\n\r\n")
                assert idle.recv(65536).startswith(b"HTTP/1.1 200")
                half.sendall(b"GET / HTTP/1.1\r\nHo")
                check_good()
                print("ready", flush=True)
                assert idle.recv(65536) == b"", "not a plain end"
                print("over", flush=True)
                """#)
            try client.waitForOutput(containing: "ready")
            #expect(try kapo.stop() == .code(128 + SIGTERM))
            #expect(try client.wait() == .code(0), "\(client.errors)")
            #expect(client.output.contains("over"))
        }
    }
}
