import Testing

/// Checks of a real nginx over https, with certificates of an authority of the test's own.
@Suite struct ProxyHTTPSTests {
    private static let locations = "location = /fine { return 200 fine; }"

    /// An authority, and a certificate by it for those names, in files of that name.
    private func certify(
        _ box: Sandbox, _ name: String, by authority: String, for names: String, days: Int = 2
    ) throws {
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        if !Files.exists(box.path("\(authority).pem")) {
            try box.openssl(
                "req -x509 \(key) -keyout \(authority).key -out \(authority).pem -subj /CN=\(authority) -days 2")
        }
        try box.openssl("req \(key) -keyout \(name).key -out \(name).csr -subj /CN=\(name)")
        try Files.write(box.path("\(name).ext"), "subjectAltName=\(names)".utf8)
        try box.openssl(
            "x509 -req -in \(name).csr -CA \(authority).pem -CAkey \(authority).key -CAcreateserial -days \(days) "
                + "-extfile \(name).ext -out \(name).pem")
    }

    @Test("by default nothing is verified: neither who signed, nor for which name")
    func unverified() throws {
        try Sandbox.run { box in
            try certify(box, "server", by: "authority", for: "DNS:elsewhere.example")
            let nginx = try Nginx(box, certificate: "server", Self.locations)
            let kapo = try box.proxy()
            #expect(try kapo.check("/https/web/\(nginx.port)/fine") == Verdict(200, "fine"))
            #expect(try kapo.check("/https/web/\(nginx.port)/fine", ["Host: any.example"]) == Verdict(200, "fine"))
            #expect(try kapo.check("/https/web/\(nginx.port)/missing").status == 404)
        }
    }

    @Test("the name of the Host header is sent as SNI, an address is not")
    func serverName() throws {
        try Sandbox.run { box in
            try certify(box, "server", by: "authority", for: "DNS:localhost")
            let nginx = try Nginx(box, certificate: "server", Self.locations)
            let kapo = try box.proxy()
            for host in ["web.example", "web.example:8443", "127.0.0.1:80", "[::1]:80"] {
                #expect(try kapo.check("/https/web/\(nginx.port)/fine", ["Host: \(host)"]).status == 200)
            }
            let names = nginx.requests.compactMap { $0.firstMatch(of: /sni\[(.*?)\]/)?.1 }
            #expect(names == ["web.example", "web.example", "-", "-"])
        }
    }

    @Test("verified: the authority of ca_file and the right name are accepted, a wrong name and others' are not")
    func verified() throws {
        try Sandbox.run { box in
            try certify(box, "server", by: "authority", for: "IP:127.0.0.1,DNS:localhost,DNS:*.web.example")
            try certify(box, "named", by: "authority", for: "DNS:localhost")
            try certify(box, "stranger", by: "stranger-authority", for: "IP:127.0.0.1,DNS:localhost")
            let server = try Nginx(box, certificate: "server", Self.locations)
            let named = try Nginx(box, certificate: "named", Self.locations)
            let stranger = try Nginx(box, certificate: "stranger", Self.locations)
            let kapo = try box.proxy("cache_time: 0\nverify: true\nca_file: \(box.path("authority.pem"))")
            let cases = [
                (server, "127.0.0.1", true), (server, "localhost", true), (server, "localhost:8443", true),
                (server, "a.web.example", true), (server, "web.example", false), (server, "a.b.web.example", false),
                (server, "localhost.example", false), (named, "localhost", true), (named, "127.0.0.1", false),
                (stranger, "localhost", false), (stranger, "127.0.0.1", false),
            ]
            for (nginx, host, isGood) in cases {
                let verdict = try kapo.check("/https/web/\(nginx.port)/fine", ["Host: \(host)"])
                #expect(verdict.status == (isGood ? 200 : 503), "\(host): \(verdict)")
                if !isGood { #expect(verdict.text != "", "it says why") }
            }
            // Its time is over in the second in which it began.
            try certify(box, "old", by: "authority", for: "DNS:localhost", days: 0)
            let old = try Nginx(box, certificate: "old", Self.locations)
            try eventually("a refusal") {
                try kapo.check("/https/web/\(old.port)/fine", ["Host: localhost"]).text.contains("expired")
            }
            #expect(stranger.requests == [], "nothing is asked of who is not trusted")
            #expect(server.requests.count == 4 && named.requests.count == 1)
        }
    }

    @Test("without ca_file, verified means by the system's authorities, of which ours is none")
    func system() throws {
        try Sandbox.run { box in
            try certify(box, "server", by: "authority", for: "DNS:localhost")
            let nginx = try Nginx(box, certificate: "server", Self.locations)
            let kapo = try box.proxy("cache_time: 0\nverify: true")
            #expect(try kapo.check("/https/web/\(nginx.port)/fine", ["Host: localhost"]).status == 503)
            #expect(nginx.requests == [])
        }
    }

    @Test("a port that does not speak TLS, or stops in the middle of it, is 503, the second when the time is over")
    func noTLS() throws {
        try Sandbox.run { box in
            let plain = try Nginx(box, Self.locations)
            let kapo = try box.proxy("cache_time: 0\nhealthcheck_timeout: 1")
            #expect(try kapo.check("/https/web/\(plain.port)/fine").status == 503)
            for script in ["time.sleep(600)", "client.sendall(b'\\x16\\x03\\x03\\x40\\x00\\x02')\ntime.sleep(600)"] {
                let peer = try Peer(box, script)
                #expect(try kapo.check("/https/web/\(peer.port)/fine").status == 503)
            }
            #expect(try kapo.check("/https/web/\(FreePort.one(box))/fine").status == 503)
            try eventually("no descriptor of a check left") { ProcessTable.sockets(kapo.pid) == 1 }
        }
    }
}
