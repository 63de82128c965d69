import Glibc
import Testing

/// Thousands of checks that nobody answers, and what others notice of them.
@Suite(.serialized) struct ProxyHangingTests {
    /// A client that opens many connections, each with a question of its own, and asks others meanwhile.
    private static let client = #"""
        import resource
        target, count, times = sys.argv[2], int(sys.argv[3]), {"spool": [], "cached": []}
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        poller = select.epoll()
        begun = {}
        clients = {}
        answers = {}
        lateness = []

        def open_one(number):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            clients[client.fileno()] = client
            begun[client.fileno()] = number
            poller.register(client, select.EPOLLOUT)

        def serve(descriptor, events):
            """Asks when connected; then takes the answer up to the end."""
            client = clients[descriptor]
            if events & select.EPOLLOUT and descriptor not in answers:
                number = begun[descriptor]
                client.sendall(f"GET {target}?{number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                begun[descriptor] = time.monotonic()
                answers[descriptor] = b""
                poller.modify(client, select.EPOLLIN)
                return
            more = client.recv(65536)
            answers[descriptor] += more
            if not more:
                lateness.append(time.monotonic() - begun[descriptor])
                poller.unregister(client)
                clients.pop(descriptor).close()
                # The number of the descriptor is another's from now on.
                finished.append(answers.pop(descriptor))

        finished = []
        opened = 0
        others = {kind: connect(60) for kind in times}
        paths = {"spool": "/spool/web/80/", "cached": sys.argv[4]}
        def ask_other(kind):
            start = time.monotonic()
            others[kind].sendall(f"GET {paths[kind]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            status, _, body = read_answer(streams[kind])
            assert status == 200, (kind, status, body)
            times[kind].append(time.monotonic() - start)
        streams = {kind: other.makefile("rb") for kind, other in others.items()}
        ask_other("cached")
        times["cached"].clear()
        end = time.monotonic() + 60
        while len(finished) < count:
            assert time.monotonic() < end, (opened, len(finished), len(answers))
            for _ in range(min(50, count - opened)):
                open_one(opened)
                opened += 1
            for descriptor, events in poller.poll(0.02):
                serve(descriptor, events)
            for kind in times:
                ask_other(kind)
        bad = [answer for answer in finished if not answer.startswith(b"HTTP/1.1 503 ")]
        assert not bad, (len(bad), bad[0])
        assert min(lateness) > 1.9, min(lateness)
        for kind, values in times.items():
            values.sort()
            print(f"{kind}: {len(values)}, median {values[len(values) // 2] * 1000:.2f} ms, "
                  f"most {values[-1] * 1000:.2f} ms")
        print(f"checks: {len(finished)}, answered after {min(lateness):.3f} s to {max(lateness):.3f} s")
        """#

    /// The limit of open files that this process may raise its own to.
    private static let limit: Int = {
        var limits = rlimit()
        // The kernel fills the struct during the call.
        return unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0
            ? Int(clamping: limits.rlim_max) : 0
    }()

    /// Has 5,000 checks hang that the peer is asked for, and expects an answer for each and nothing left. All of it is
    /// in a network of its own, if that may be: so many connections would take ports away from other tests.
    private func hang(_ settings: String, _ peer: String) throws {
        try Sandbox.run { box in
            let network = getuid() == 0 ? try Network(box, "true") : nil
            let words = network?.words ?? []
            let peer = try box.start(words + ["python3", "-c", peer])
            let text = try peer.waitForOutput(containing: "\n")
            let port = try #require(Int(text.split(separator: "\n")[0].dropFirst(5)))
            let nginx = try Nginx(box, in: network, "location / { return 200 fine; }")
            let kapo = try box.proxy(Self.settings + settings, before: words)
            // An answer tells that all is open that is to be; then its connection is to be closed.
            #expect(try kapo.check("/spool/web/80", in: network) == Verdict(200, ""))
            try eventually("the listener alone") { ProcessTable.sockets(kapo.pid) == 1 }
            let before = ProcessTable.descriptors(kapo.pid)
            let cached = "/http/web/\(nginx.port)/"
            let client = ["python3", "-c", PythonClient.prelude + Self.client, "\(kapo.port)"]
            let running = try box.start(words + client + ["/http/web/\(port)/", "5000", cached])
            let ending = try running.wait(within: .seconds(100))
            #expect(ending == .code(0), "\(running.errors) \(kapo.log.suffix(2000))")
            Attachment.record(running.output, named: "hanging.txt")
            try eventually("\(before) descriptors, not \(ProcessTable.descriptors(kapo.pid))") {
                ProcessTable.descriptors(kapo.pid) == before
            }
            #expect(try kapo.check(cached, ["Host: x"], in: network) == Verdict(200, "fine"))
            #expect(nginx.requests.count == 1, "what was asked meanwhile was in the cache")
            #expect(peer.isRunning, "\(peer.errors)")
        }
    }

    private static let settings = "cache_time: 600\ncache_time_failure: 0\nhealthcheck_timeout: 2\nrlimit_nofile: max\n"

    @Test(
        "5,000 checks of a listener that says nothing: all are 503, none is lost, others are served, nothing is left",
        .enabled(if: limit > 15_000, "this takes 15,000 descriptors"), arguments: ["", "max_clients: 5000"])
    func silent(settings: String) throws {
        try hang(
            settings,
            """
            import resource, select, socket
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
            print("port", listener.getsockname()[1], flush=True)
            poller = select.epoll()
            poller.register(listener, select.EPOLLIN)
            clients = {}
            while True:
                for descriptor, _ in poller.poll():
                    if descriptor == listener.fileno():
                        client, _ = listener.accept()
                        clients[client.fileno()] = client
                        poller.register(client, select.EPOLLIN)
                        continue
                    try:
                        if clients[descriptor].recv(65536):
                            continue
                    except ConnectionResetError:
                        pass
                    poller.unregister(descriptor)
                    clients.pop(descriptor).close()
            """)
    }

    @Test(
        "5,000 checks of a listener whose backlog is full: the same",
        .enabled(if: limit > 15_000, "this takes 15,000 descriptors"))
    func full() throws {
        // The kernel takes one connection more than the backlog, and lets the others' first packets fall.
        try hang(
            "",
            """
            import socket, time
            listener = socket.create_server(("127.0.0.1", 0), backlog=0)
            clients = [socket.socket() for _ in range(4)]
            for client in clients:
                client.setblocking(False)
                client.connect_ex(listener.getsockname())
            print("port", listener.getsockname()[1], flush=True)
            time.sleep(600)
            """)
    }
}
