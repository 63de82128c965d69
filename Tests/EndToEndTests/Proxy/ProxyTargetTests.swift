import Glibc
import Testing

/// Other targets than this host, by HAProxy's and nerve's headers.
@Suite struct ProxyTargetTests {
    private static func state(_ address: String, _ port: Int) -> String {
        "X-Haproxy-Server-State: UP 1/2; address=\(address); port=\(port); name=web/one; node=lb; weight=1/1; scur=0/0"
    }

    /// Starts a proxy whose calls of connect(2) are written down, and returns how to read them.
    private func traced(_ box: Sandbox, _ settings: String) throws -> (kapo: Kapo, connections: () -> [String]) {
        let trace = box.path("connections")
        let kapo = try box.proxy(settings)
        let tracer = try box.start(["strace", "-f", "-e", "trace=connect", "-o", trace, "-p", "\(kapo.pid)"])
        try tracer.waitForErrors(containing: "attached")
        return (kapo, { Files.text(trace).split(separator: "\n").map(String.init).filter { $0.contains("AF_INET") } })
    }

    @Test(
        "what is not allowed is 403 with why, and is not even tried; the same for each protocol",
        .enabled(if: Tracer.obstacle == nil, "\(Tracer.obstacle ?? "")"))
    func refused() throws {
        try Sandbox.run { box in
            let peer = try Peer(box, "pass")
            let (kapo, connections) = try traced(box, "cache_time: 0\nmysql_username: a\nmysql_password: b")
            let addresses = [
                "10.0.0.1", "169.254.169.254", "[fe80::1]", "fe80::1", "fe80::1%lo", "8.8.8.8", "224.0.0.1",
                "255.255.255.255", "::ffff:169.254.169.254", "[::ffff:169.254.169.254]", "::ffff:a9fe:a9fe", "::",
                "metadata.example", "localhost.", "0.0.0.0", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1",
                "127.0.0.1.evil.example", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
            ]
            for address in addresses {
                for header in [Self.state(address, peer.port), "X-Nerve-Check-IP: \(address)"] {
                    let verdict = try kapo.check("/tcp/web/\(peer.port)/", [header])
                    #expect(verdict.status == 403 && verdict.text != "", "\(header): \(verdict)")
                }
            }
            for scheme in ["http", "https", "mysql", "smtp"] {
                let verdict = try kapo.check("/\(scheme)/web/\(peer.port)/", [Self.state("169.254.169.254", 80)])
                #expect(verdict.status == 403 && verdict.text.contains("169.254.169.254"), "\(verdict)")
            }
            #expect(peer.clients == 0)
            // The tracer sees what there is to see.
            #expect(try kapo.check("/tcp/web/\(peer.port)/", [Self.state("127.0.0.1", peer.port)]).isConnected)
            #expect(connections().count == 1 && connections()[0].contains("htons(\(peer.port))"), "\(connections())")
        }
    }

    @Test("link-local is refused even where the file allows everything, and a port that is not the allowed one")
    func allowed() throws {
        try Sandbox.run { box in
            let peer = try Peer(box, "pass")
            let other = try Peer(box, "pass")
            let all = try box.proxy("cache_time: 0\nhealthcheck_timeout: 1\nallowed_targets: ['0.0.0.0/0', '::/0']")
            for address in ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"] {
                #expect(try all.check("/tcp/web/80/", [Self.state(address, 80)]).status == 403, "\(address)")
            }
            #expect(try all.check("/tcp/web/1/", [Self.state("127.0.0.1", peer.port)]).isConnected)

            let one = try box.proxy("cache_time: 0\nallowed_targets: ['127.0.0.2/32:\(peer.port)']")
            #expect(try one.check("/tcp/web/1/", [Self.state("127.0.0.2", other.port)]).status == 403)
            #expect(try one.check("/tcp/web/1/", [Self.state("127.0.0.3", peer.port)]).status == 403)
            // Nobody listens there, and that is what is found out.
            #expect(try one.check("/tcp/web/1/", [Self.state("127.0.0.2", peer.port)]).isRefused)
            #expect(peer.clients == 1 && other.clients == 0)
        }
    }

    @Test("an allowed address is asked, on the port of the state; the address of nerve's header on that of the path")
    func chosen() throws {
        try Sandbox.run { box in
            let here = try Peer(box, "read_request(client)\nclient.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nhere')")
            let there = try Peer(
                box, address: "127.0.0.5", "read_request(client)\nclient.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nthere')")
            let kapo = try box.proxy()
            #expect(try kapo.check("/http/web/\(here.port)/") == Verdict(200, "here"))
            let state = Self.state("127.0.0.5", there.port)
            #expect(try kapo.check("/http/web/\(here.port)/", [state]) == Verdict(200, "there"))
            let nerve = "X-Nerve-Check-IP: 127.0.0.5"
            #expect(try kapo.check("/http/web/\(there.port)/", [nerve]) == Verdict(200, "there"))
            #expect(try kapo.check("/http/web/\(here.port)/", [nerve]).status == 503)
        }
    }

    @Test(
        "this host's own addresses are allowed, and count as 127.0.0.1 for the spool; others of its network are not",
        .enabled(if: getuid() == 0, "this is for root"))
    func ownAddress() throws {
        try Sandbox.run { box in
            let network = try Network(box, "ip address add 10.9.0.1/32 dev lo")
            let kapo = try box.proxy("cache_time: 600", before: network.words)
            let everywhere = try Peer(box, address: "0.0.0.0", before: network.words, "pass")
            func check(_ address: String, _ port: Int) throws -> Verdict {
                try kapo.check("/tcp/web/1/", [Self.state(address, port)], in: network)
            }
            #expect(try check("10.9.0.1", everywhere.port).isConnected)
            #expect(try check("10.9.0.2", everywhere.port).status == 403)
            try box.hadown("web", ["--service-port", "\(everywhere.port)", "--reason", "moved"])
            #expect(try check("10.9.0.1", everywhere.port).text.hasSuffix(": moved"))
            #expect(try check("127.0.0.1", everywhere.port).text.hasSuffix(": moved"))
            try box.haup("web", ["--service-port", "\(everywhere.port)"])
            // One key for both: what the one has found out, the other has from the cache.
            #expect(try check("127.0.0.1", everywhere.port).isConnected)
            #expect(everywhere.clients == 1)
            // IPv6 has its loopback too.
            let six = try Peer(
                box, address: "::1", before: network.words,
                "read_request(client)\nclient.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nsix')")
            let verdict = try kapo.check("/http/web/1/", [Self.state("::1", six.port)], in: network)
            #expect(verdict == Verdict(200, "six"))
            #expect(try check("127.0.0.1", six.port).isRefused)
        }
    }
}
