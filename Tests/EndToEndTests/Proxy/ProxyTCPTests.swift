import Glibc
import Testing

/// Checks that connect and no more, and what becomes of connections that nobody answers.
@Suite struct ProxyTCPTests {
    @Test("an open port is up, a closed one is refused, with the words that hacheck has for it")
    func ports() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            let peer = try Peer(box, "pass")
            let open = try kapo.check("/tcp/cache/\(peer.port)")
            #expect(open.isConnected, "\(open)")
            #expect(try kapo.check("/tcp/cache/\(peer.port)/what/ever?else").isConnected)
            let closed = try kapo.check("/tcp/cache/\(FreePort.one(box))")
            #expect(closed.isRefused, "\(closed)")
        }
    }

    @Test("a listener that takes connections and stays silent is up for tcp; the others give up when the time is over")
    func silent() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("cache_time: 0\nhealthcheck_timeout: 1\nmysql_username: a\nmysql_password: b")
            let peer = try Peer.silent(box)
            #expect(try kapo.check("/tcp/any/\(peer.port)").isConnected)
            #expect(try kapo.check("/smtp/any/\(peer.port)").isTimedOut)
            for scheme in ["http", "https", "mysql"] {
                let verdict = try kapo.check("/\(scheme)/any/\(peer.port)")
                #expect(verdict.status == 503 && verdict.text.contains(/timed out|Timeout|timeout/), "\(verdict)")
            }
            try eventually("no descriptor of a check left") { ProcessTable.sockets(kapo.pid) == 1 }
            #expect(peer.clients == 5)
        }
    }

    @Test(
        "a black hole, in a network of its own, is given up when the time is over, by each protocol",
        .enabled(if: getuid() == 0, "this is for root"))
    func blackHole() throws {
        try Sandbox.run { box in
            // Packets for these addresses come back to a machine that does not pass them on: nobody answers.
            let network = try Network(box, "ip route add 10.9.0.0/24 dev lo")
            let settings = """
                cache_time: 0
                healthcheck_timeout: 1
                allowed_targets: [127.0.0.0/8, 10.9.0.0/24]
                mysql_username: a
                mysql_password: b
                """
            let kapo = try box.proxy(settings, before: network.words)
            let state = "X-Haproxy-Server-State: UP 1/2; address=10.9.0.2; port=8080; name=web/one; node=n"
            for scheme in ["tcp", "smtp", "http", "https", "mysql"] {
                let verdict = try kapo.check("/\(scheme)/web/8080/", [state], in: network)
                #expect(verdict.status == 503, "\(scheme): \(verdict)")
                if scheme == "tcp" || scheme == "smtp" { #expect(verdict.isTimedOut, "\(verdict)") }
            }
            try eventually("no descriptor of a check left") { ProcessTable.sockets(kapo.pid) == 1 }
        }
    }
}
