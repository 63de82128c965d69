import Glibc
import Testing

/// A real OpenSMTPD. Its places for mail and for its control socket are fixed, so it gets a mount namespace in which
/// they are its own, and a process namespace, with which all of its processes end. That is for root.
final class SMTPServer {
    let process: Running
    /// On 127.0.0.1.
    let port: Int

    init(_ box: Sandbox) throws {
        port = try FreePort.one(box)
        let configuration = """
            listen on 127.0.0.1 port \(port)
            action "none" mbox
            match for local action "none"

            """
        try Files.write(box.path("smtpd.conf"), configuration.utf8)
        let script = """
            set -e
            mount -t tmpfs none /run
            mount -t tmpfs none /var/spool
            mkdir -m 711 /var/spool/smtpd
            exec smtpd -d -f "$0"
            """
        process = try box.start(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, box.path("smtpd.conf")])
        let ask = """
            import socket, sys, time
            end = time.monotonic() + 20
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) as client:
                        if client.recv(4096).startswith(b"220 "):
                            client.sendall(b"QUIT\\r\\n")
                            client.recv(4096)
                            break
                except OSError:
                    pass
                assert time.monotonic() < end
                time.sleep(0.02)
            """
        let outcome = try box.python(ask, ["\(port)"], within: patience + .seconds(10))
        #expect(outcome.code == 0, "\(process.output) \(process.errors)")
    }
}
