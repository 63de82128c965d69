import Loop

/// A TLS server on 127.0.0.1: that of python3's ssl module.
package final class TLSServer {
    /// What it does with a client.
    package enum Way: String, Sendable {
        /// Reads a request, answers it, and says farewell.
        case answers
        /// The same, and closes without a farewell.
        case cuts
        /// Reads a request, and sends an answer with a body of 200,000 bytes in pieces of 777.
        case floods
        /// Wants a certificate of the client.
        case asks
        /// The same, in the words of TLS 1.2.
        case asksInOldWay
        /// Closes when the client has said something.
        case drops
        /// A mail server.
        case greets
        /// Says something once the handshake is done, and resets when it is heard.
        case breaks
    }

    package let port: UInt16
    package let place: SocketPlace
    private let program: PeerProcess

    package init(_ way: Way, _ certificates: Certificates, _ kind: Certificates.Kind = .good) throws {
        let (certificate, key) = certificates.files(kind)
        program = try PeerProcess(
            ["python3", "-BIuc", Self.script, way.rawValue, certificate, key, certificates.authority])
        guard let port = program.line().flatMap({ UInt16($0) }),
            let place = SocketPlace(address: "127.0.0.1", port: port)
        else { throw PeerProcess.Failure(description: "python3 has no port") }
        (self.port, self.place) = (port, place)
    }

    /// What it has to say of its next client: the name that was sent to it (SNI), or `-`, and the version of TLS.
    package func client() -> String { program.line() ?? "it is gone" }

    private static let script = """
        import os, socket, ssl, struct, sys, threading

        way, certificate, key, authority = sys.argv[1:]

        def end():
            try:
                sys.stdin.read()
            finally:
                os._exit(0)

        threading.Thread(target=end, daemon=True).start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if way.startswith("asks"):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(authority)
        if way == "asksInOldWay":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        names = []
        context.sni_callback = lambda sock, name, context: names.append(name)

        def request(client):
            text = b""
            while not text.endswith(b"\\r\\n\\r\\n"):
                more = client.recv(4096)
                if not more:
                    return
                text += more

        def serve(client):
            if way == "greets":
                client.sendall(b"220-hello\\r\\n220 mail\\r\\n")
                if client.recv(100) == b"QUIT\\r\\n":
                    client.sendall(b"221 bye\\r\\n")
                return
            if way == "breaks":
                client.sendall(b"220 hello\\r\\n")
                client.recv(1)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            request(client)
            if way == "floods":
                client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 200000\\r\\n\\r\\n")
                body = bytes(i % 251 for i in range(200000))
                for i in range(0, len(body), 777):
                    client.sendall(body[i:i + 777])
            else:
                client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello")
            if way != "cuts":
                client.unwrap()

        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1])
        while True:
            plain, _ = listener.accept()
            names.clear()
            if way == "drops":
                plain.recv(4096)
                plain.close()
                continue
            client = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            try:
                client.do_handshake()
            except OSError as error:
                print("error", type(error).__name__)
                # To close with input unread would be a reset, and the client might not see why.
                while os.read(client.fileno(), 4096):
                    pass
                client.close()
                continue
            print(names[-1] or "-" if names else "?", client.version())
            with client:
                try:
                    serve(client)
                except (OSError, ValueError):
                    # The client is gone.
                    pass
        """
}
