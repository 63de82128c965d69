import Glibc
import Testing

/// Connections that checks use one after the other, where `keep_alive` says so.
@Suite struct ProxyKeepAliveTests {
    /// A server that keeps its connections, and answers how many requests there were on this one before; then it does
    /// what the Python says.
    private func server(_ box: Sandbox, behind answer: String = "pass") throws -> Peer {
        try Peer(
            box,
            """
            for turn in range(1000):
                if not read_request(client):
                    break
                text = b"%d" % turn
                client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(text), text))
                \(answer)
            """)
    }

    @Test("with 0 each check has a connection of its own; otherwise they share one, until its time is over")
    func shared() throws {
        try Sandbox.run { box in
            let peer = try server(box)
            let path = "/http/web/\(peer.port)/"
            let plain = try box.proxy("cache_time: 0\nkeep_alive: 0")
            for _ in 0..<3 { #expect(try plain.check(path) == Verdict(200, "0")) }
            #expect(peer.clients == 3)
            let long = try box.proxy("cache_time: 0\nkeep_alive: 600")
            for turn in 0..<3 { #expect(try long.check(path, ["Host: \(turn)"]) == Verdict(200, "\(turn)")) }
            #expect(peer.clients == 4)
            let short = try box.proxy("cache_time: 0\nkeep_alive: 0.2")
            try eventually("a second connection of the third proxy") {
                _ = try short.check(path)
                return peer.clients == 6
            }
            let rest = ProcessTable.sockets(plain.pid)
            try eventually("no socket of a check") { ProcessTable.sockets(short.pid) == rest }
        }
    }

    @Test("a connection that has ended meanwhile is replaced, and nobody notices; a server that is gone is noticed")
    func replaced() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("cache_time: 0\nkeep_alive: 600")
            let reset = "client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); break"
            for end in ["break", reset] {
                let peer = try server(box, behind: end)
                for count in 1...5 {
                    #expect(try kapo.check("/http/web/\(peer.port)/") == Verdict(200, "0"))
                    #expect(peer.clients == count)
                }
            }
            let nginx = try Nginx(box, "location / { return 200 fine; }")
            #expect(try kapo.check("/http/web/\(nginx.port)/") == Verdict(200, "fine"))
            nginx.process.signal(SIGTERM)
            #expect(try nginx.process.wait() == .code(0))
            #expect(try kapo.check("/http/web/\(nginx.port)/").status == 503)
        }
    }

    @Test(
        "what a server says beyond its answer is nobody's answer, and a connection that is not clean is not used again")
    func surplus() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("cache_time: 0\nkeep_alive: 600")
            let more = try Peer(
                box,
                """
                while read_request(client):
                    head = b"HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\n"
                    client.sendall(head + b"good" + head + b"evil")
                """)
            let evil =
                "client.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nevil'); print('told', flush=True)"
            let later = try server(box, behind: evil)
            let cut = try Peer(
                box,
                """
                while read_request(client):
                    client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 70000\\r\\n\\r\\n" + b"a" * 70000)
                """)
            let closing = try Peer(
                box,
                """
                while read_request(client):
                    client.sendall(b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: 4\\r\\n\\r\\ngood")
                """)
            for count in 1...5 {
                #expect(try kapo.check("/http/web/\(more.port)/?\(count)") == Verdict(200, "good"))
                #expect(try kapo.check("/http/web/\(later.port)/?\(count)") == Verdict(200, "0"))
                #expect(try kapo.check("/http/web/\(cut.port)/?\(count)").text.utf8.count == 65536)
                #expect(try kapo.check("/http/web/\(closing.port)/?\(count)") == Verdict(200, "good"))
                for peer in [more, later, cut, closing] { #expect(peer.clients == count) }
                // Otherwise that could reach Kapo behind the next question.
                try eventually("the end of its words") { later.process.output.matches(of: /told/).count == count }
            }
        }
    }

    @Test("what is kept for http is not for https")
    func protocols() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "location / { return 200 $connection; }")
            let kapo = try box.proxy("cache_time: 0\nkeep_alive: 600")
            let first = try kapo.check("/http/web/\(nginx.port)/", ["Host: a"])
            #expect(try kapo.check("/http/web/\(nginx.port)/", ["Host: b"]) == first)
            #expect(try kapo.check("/https/web/\(nginx.port)/").status == 503, "no TLS on what was kept for http")
            #expect(try kapo.check("/http/web/\(nginx.port)/", ["Host: c"]) == first)
        }
    }
}
