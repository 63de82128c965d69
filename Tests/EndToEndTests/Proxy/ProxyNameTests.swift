import Glibc
import Testing

/// Names, ports and targets that somebody may send who means no good.
@Suite struct ProxyNameTests {
    /// A client that sends targets as they are, and reads answers that may have no body.
    private static let prelude = #"""
        def ask(target, headers=b"Host: x\r\n"):
            request = b"GET " + target + b" HTTP/1.1\r\n" + headers + b"Connection: close\r\n\r\n"
            status, _, body, rest = exchange(request)
            assert rest == b"", rest
            return status, body.decode("latin-1")

        SCHEMES = [b"http", b"https", b"tcp", b"mysql", b"smtp", b"spool"]


        """#

    @Test("a name that is none is refused with a word about names, by each protocol, and nothing is looked at")
    func names() throws {
        try Sandbox.run { box in
            let peer = try Peer.silent(box)
            let kapo = try box.proxy()
            // What such names would lead to, if they led anywhere.
            for file in ["secret", "spool/.hidden", "spool/a:b"] {
                try Files.write(box.path(file), "not for you".utf8)
            }
            try box.client(
                of: kapo,
                Self.prelude + """
                    NAMES = [
                        b"", b".", b"..", b".hidden", b"%2e%2e", b"%2Ehidden", b"%61", b"..%2fsecret", b"a%2fb",
                        b"a%2Fb", b"a:b", b"a%3ab", b"a%00", b"%00", b"a%0ab", b"a%20b", b"a+b", b"a%", b"a%zz",
                        b"%ff", b"%c3%a4", b"a;b", b"a*", b"~a", b"a" * 129, b"a\\\\b", b"a&b", b"all%20", b"..%00all",
                    ]
                    for scheme in SCHEMES:
                        for name in NAMES:
                            status, body = ask(b"/" + scheme + b"/" + name + b"/\(peer.port)/")
                            assert status in (400, 404) and body, (scheme, name, status, body)
                            assert "not for you" not in body, body
                    for name in b"a", b"_", b"-", b"A-z_0.9", b"a" * 128, b"all", b"a..b":
                        status, body = ask(b"/spool/" + name + b"/\(peer.port)/")
                        assert (status, body) == (200, ""), (name, status, body)
                    """)
            #expect(peer.clients == 0, "nobody was asked")
            #expect(Set(Files.names(in: box.spool)) == [".hidden", "a:b"])
        }
    }

    @Test("a port that is none is refused with a word about ports, by each protocol")
    func ports() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            try box.client(
                of: kapo,
                Self.prelude + """
                    PORTS = [
                        b"65536", b"-1", b"+1", b"1e3", b"", b"99999999999999999999", b"0x50", b"80%20", b"%2080",
                        b"8 0", b"80%00", b"8_0", b"a", b"%ef%bc%98%ef%bc%90", b"80.0", b"80;1", b"80:81",
                    ]
                    for scheme in SCHEMES:
                        for number in PORTS:
                            request = b"/" + scheme + b"/web/" + number + b"/"
                            if b" " in request:
                                status, _, body, _ = exchange(b"GET " + request + b" HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
                            else:
                                status, body = ask(request)
                            assert status in (400, 404) and body, (scheme, number, status, body)
                    assert ask(b"/spool/web/0/")[0] == ask(b"/spool/web/65535")[0] == 200
                    for target in b"/http", b"/http/", b"/http/web", b"/http/web/", b"/ftp/web/80/", b"/HTTP/web/80/x":
                        assert ask(target)[0] in (400, 404), (target, ask(target))
                    """)
            #expect(kapo.process.isRunning)
        }
    }

    @Test("headers with odd bytes lead to no other target and into no other header")
    func headers() throws {
        try Sandbox.run { box in
            let nginx = try Nginx(box, "location / { return 200 $http_x_other; }")
            let kapo = try box.proxy(
                "cache_time: 0\nservice_name_header: X-Service-Name\nhttp_headers_to_copy: [Host, X-Other]")
            try box.client(
                of: kapo,
                Self.prelude + #"""
                    target = b"/http/web/\#(nginx.port)/"
                    good = b"127.0.0.1; port=\#(nginx.port)"
                    for value in [
                        b"a\tb", b"\xe4\xff", b"a" * 3000, b"a: b\\r\\nX: c", b"%0d%0aX-Service-Name: evil", b"",
                    ]:
                        status, body = ask(target, b"Host: x\r\nX-Other: " + value + b"\r\n")
                        assert status in (200, 400), (value, status, body)
                    # A lone CR, LF or NUL ends a header for one reader and not for the other.
                    for byte in b"\r", b"\n", b"\0", b"\n\t":
                        for name in b"Host", b"X-Other":
                            exchange(b"GET " + target + b" HTTP/1.1\r\n" + name + b": a" + byte
                                + b"X-Service-Name: evil\r\nConnection: close\r\n\r\n")
                    # Two that contradict each other, and states that say little.
                    name = b"X-Haproxy-Server-State: "
                    for state in [
                        b"", b"UP", b"UP; address=", b"UP; address=; port=", b"UP; address=127.0.0.1; port=99999",
                        b"UP; address=127.0.0.1\0; port=80", b"UP; address=127.0.0.1; port=-1", b";;;===;",
                        b"UP; address=" + b"1" * 5000, b"UP; port=" + b"1" * 5000, b"UP; address=\xff; port=1",
                        b"UP; address=127.0.0.1 ; port=x", b"UP; address=%31; port=80",
                    ]:
                        status, body = ask(target, name + state + b"\r\nHost: x\r\n")
                        assert status in (200, 400, 403), (state, status, body)
                    both = name + b"UP; address=" + good + b"\r\n" + name + b"UP; address=10.0.0.1; port=1\r\n"
                    status, _ = ask(target, both)
                    assert status in (200, 400, 403), status
                    """#)
            let services = nginx.requests.compactMap { $0.firstMatch(of: /service\[(.*?)\]/)?.1 }
            #expect(services.count == nginx.requests.count && Set(services) == ["web"], "\(nginx.requests)")
        }
    }
}
