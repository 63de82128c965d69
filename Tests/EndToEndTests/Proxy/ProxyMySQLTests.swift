import Glibc
import Testing

/// Checks of a real MariaDB.
@Suite struct ProxyMySQLTests {
    private static let settings = "cache_time: 0\nhealthcheck_timeout: 2\nmysql_username: kapo\n"

    @Test("the right password is 200, a wrong one, none, and an unknown user are 500 with the server's word")
    func passwords() throws {
        try Sandbox.run { box in
            let server = try MariaDB(box)
            let path = "/mysql/db/\(server.port)"
            let right = try box.proxy(Self.settings + "mysql_password: right")
            let good = try right.check(path)
            #expect(good.status == 200 && good.text.hasPrefix("MySQL connect response: MySQLResponse(OK)<"), "\(good)")
            #expect(try right.check("\(path)/what/ever?else") == good)

            try Files.write(box.path("password"), "right\n".utf8, mode: 0o600)
            let filed = try box.proxy(Self.settings + "mysql_password_file: \(box.path("password"))")
            #expect(try filed.check(path) == good)

            for other in ["mysql_password: wrong", "mysql_password: ''"] {
                let refusal = try box.proxy(Self.settings + other).check(path)
                let isDenied = refusal.text.hasPrefix("MySQL sez MySQLResponse(ERR)<Access denied for user 'kapo'@")
                #expect(refusal.status == 500 && isDenied, "\(other): \(refusal)")
            }
            let stranger = try box.proxy(
                "cache_time: 0\nmysql_username: \"o'neill\\\"; x\"\nmysql_password: right"
            ).check(path)
            #expect(stranger.status == 500 && stranger.text.contains("Access denied for user"), "\(stranger)")
            for other in ["cache_time: 0", Self.settings] {
                #expect(try box.proxy(other).check(path) == Verdict(500, "No MySQL username/pasword in config file"))
            }
            #expect(!server.process.errors.contains("Aborted connection"), "each check says goodbye")
        }
    }

    @Test("a server that stops in the middle of the handshake is 503 in time, one that is killed is, and back is 200")
    func stopped() throws {
        try Sandbox.run { box in
            let server = try MariaDB(box)
            let path = "/mysql/db/\(server.port)"
            let kapo = try box.proxy(Self.settings + "mysql_password: right")
            #expect(try kapo.check(path).status == 200)
            // The kernel completes the connection of a server that is stopped; its greeting never comes.
            server.process.signal(SIGSTOP)
            let late = try kapo.check(path)
            #expect(late.status == 503 && late.text.contains(/^MySQL timed out after \d\.\d\ds$/), "\(late)")
            server.process.signal(SIGCONT)
            #expect(try kapo.check(path).status == 200)

            server.process.signal(SIGKILL)
            #expect(try server.process.wait() == .signal(SIGKILL))
            let gone = try kapo.check(path)
            #expect(gone.status == 503 && gone.text != "", "\(gone)")
            try server.restart()
            #expect(try kapo.check(path).status == 200)
            try eventually("no descriptor of a check left") { ProcessTable.sockets(kapo.pid) == 1 }
        }
    }

    @Test("a server that greets and then is silent, one that talks nonsense, and one that hangs up")
    func impostors() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy(
                Self.settings.replacing("timeout: 2", with: "timeout: 1") + "mysql_password: right")
            // A greeting as of protocol 10, with the scramble of 20 bytes and mysql_native_password.
            let greeting = """
                body = (b"\\x0a10.11.6-MariaDB\\0" + struct.pack("<I", 7) + b"abcdefgh\\0" + struct.pack("<H", 0xf7fe)
                    + b"\\x2d" + struct.pack("<H", 2) + struct.pack("<H", 0x81ff) + b"\\x15" + b"\\0" * 10
                    + b"ijklmnopqrst\\0" + b"mysql_native_password\\0")
                client.sendall(struct.pack("<I", len(body)) + body)
                """
            let ends = ["time.sleep(600)", "client.recv(4096)\ntime.sleep(600)"]
            for script in ["time.sleep(600)"] + ends.map({ "\(greeting)\n\($0)" }) {
                let peer = try Peer(box, script)
                let verdict = try kapo.check("/mysql/db/\(peer.port)")
                #expect(verdict.status == 503 && verdict.text.hasPrefix("MySQL timed out after 1."), "\(verdict)")
            }
            // Too many connections, before the handshake; then what is no MySQL, and nothing.
            let full =
                "body = b'\\xff\\x10\\x04Too many connections'\\nclient.sendall(struct.pack('<I', len(body)) + body)"
            let busy = try Peer(box, full.replacing("\\n", with: "\n"))
            let word = try kapo.check("/mysql/db/\(busy.port)")
            #expect(word.status == 500 && word.text.contains("Too many connections"), "\(word)")
            for script in ["client.sendall(b'HTTP/1.1 400 Bad Request\\r\\n\\r\\n')", "pass", "\(greeting)"] {
                let peer = try Peer(box, script)
                let verdict = try kapo.check("/mysql/db/\(peer.port)")
                #expect(verdict.status == 503 || verdict.status == 500, "\(script): \(verdict)")
            }
            #expect(try kapo.check("/mysql/db/\(FreePort.one(box))").status == 503)
        }
    }
}
