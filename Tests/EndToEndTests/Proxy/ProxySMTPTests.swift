import Glibc
import Testing

/// Checks of a real OpenSMTPD, and of servers that misbehave.
@Suite struct ProxySMTPTests {
    @Test(
        "a mail server that greets and says goodbye is up, and does not think that it was left without a word",
        .enabled(if: getuid() == 0, "only root may start OpenSMTPD"))
    func real() throws {
        try Sandbox.run { box in
            let server = try SMTPServer(box)
            let kapo = try box.proxy()
            for _ in 0..<3 {
                let verdict = try kapo.check("/smtp/mail/\(server.port)")
                #expect(verdict.isConnected, "\(verdict)")
            }
            // Of our own question and of the three checks.
            try eventually("four goodbyes: \(server.process.errors)") {
                server.process.errors.matches(of: /disconnected reason=quit/).count == 4
            }
            #expect(try kapo.check("/smtps/mail/\(server.port)").status == 503, "it begins without TLS")
            server.process.signalGroup(SIGTERM)
            _ = try server.process.wait()
            let gone = try kapo.check("/smtp/mail/\(server.port)")
            #expect(gone.status == 503 && gone.text.hasPrefix("Unexpected socket error 111 after 0."), "\(gone)")
        }
    }

    @Test("banners and goodbyes of every kind")
    func dialogues() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy("cache_time: 0\nhealthcheck_timeout: 1")
            let quit = "assert client.makefile('rb').readline() == b'QUIT\\r\\n'\n"
            let banner = "client.sendall(b'220 mail.example ESMTP\\r\\n')\n"
            let connected = [
                "\(banner)\(quit)client.sendall(b'221 Bye\\r\\n')", "\(banner)\(quit)client.sendall(b'221\\n')",
            ]
            for script in connected {
                let verdict = try kapo.check("/smtp/mail/\(Peer(box, script).port)")
                #expect(verdict.isConnected, "\(verdict)")
            }
            for script in [
                "time.sleep(600)", "client.sendall(b'220 mail')\ntime.sleep(600)", "\(banner)time.sleep(600)",
            ] {
                let verdict = try kapo.check("/smtp/mail/\(Peer(box, script).port)")
                #expect(verdict.isTimedOut, "\(verdict)")
            }
            let unexpected = try kapo.check(
                "/smtp/mail/\(Peer(box, banner + quit + "client.sendall(b'500 What?\\r\\n')").port)")
            #expect(unexpected.status == 503 && unexpected.text.hasPrefix("Got unexpected QUIT response "))
            #expect(unexpected.text.contains("500 What?"), "\(unexpected)")
            for script in ["pass", "client.sendall(b'220 mail')", "\(banner)\(quit)pass"] {
                let verdict = try kapo.check("/smtp/mail/\(Peer(box, script).port)")
                #expect(verdict == Verdict(503, "Peer unexpectedly closed connection"))
            }
            let flood = "while True: client.sendall(b'220-' + b'a' * 10000)"
            #expect(try kapo.check("/smtp/mail/\(Peer(box, flood).port)").status == 503)
        }
    }

    /// The TLS of Debian's OpenSMTPD 6.8 fails with its OpenSSL 3, so the server is Python's.
    @Test("smtps is the same behind TLS, whose certificate is looked at only if that is wanted")
    func secure() throws {
        try Sandbox.run { box in
            let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            let subject = "-subj /CN=mail -addext subjectAltName=IP:127.0.0.1"
            try box.openssl("req -x509 \(key) -keyout mail.key -out mail.pem \(subject) -days 2")
            let peer = try Peer(
                box,
                """
                import ssl
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain("\(box.path("mail")).pem", "\(box.path("mail")).key")
                client = context.wrap_socket(client, server_side=True)
                client.sendall(b"220 mail.example ESMTP\\r\\n")
                assert client.recv(100) == b"QUIT\\r\\n"
                client.sendall(b"221 Bye\\r\\n")
                print("goodbye", flush=True)
                """)
            let path = "/smtps/mail/\(peer.port)"
            let kapo = try box.proxy("cache_time: 0\nhealthcheck_timeout: 1")
            let verdict = try kapo.check(path)
            #expect(verdict.isConnected, "\(verdict)")
            let plain = try kapo.check(path.replacing("smtps", with: "smtp"))
            #expect(plain.isTimedOut, "who waits for a banner does not get one: \(plain)")
            let stranger = try box.proxy("cache_time: 0\nverify: true")
            #expect(try stranger.check(path).status == 503)
            let trusting = try box.proxy("cache_time: 0\nverify: true\nca_file: \(box.path("mail.pem"))")
            #expect(try trusting.check(path).isConnected)
            try eventually("two goodbyes") { peer.process.output.matches(of: /goodbye/).count == 2 }
        }
    }
}
