import Testing

/// Names of hosts, looked up in a network of their own: a name server on 127.0.0.1 that knows two names.
@Suite struct CheckNameTests {
    /// Runs beside the name server; each line of output is an exit code and what was said.
    private static let script = #"""
        set -e
        ip link set lo up
        printf 'nameserver 127.0.0.1\nsearch example.org\n' >resolv.conf
        printf '127.0.0.1 in-hosts\n' >hosts
        mount --bind resolv.conf /etc/resolv.conf
        mount --bind hosts /etc/hosts
        python3 -c "$SERVERS" >servers &
        until grep -q ready servers; do sleep 0.02; done
        ask() { "$PROGRAM" check --timeout "$1" "http://$2:8080/" 2>&1 && echo "$2 is healthy" || true; }
        ask 20 in-hosts
        ask 20 app.example.org
        ask 20 app
        ask 20 two.example.org
        ask 20 missing.example.org
        ask 0.3 silent.example.org
        kill $!
        """#

    private static let servers = #"""
        import http.server, socket, struct, threading
        known = {b"app.example.org": ["127.0.0.1"], b"two.example.org": ["127.0.0.9", "127.0.0.1"]}
        names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        names.bind(("127.0.0.1", 53))

        def answer_names():
            while True:
                question, client = names.recvfrom(4096)
                labels, place = [], 12
                while question[place]:
                    labels.append(question[place + 1:place + 1 + question[place]])
                    place += 1 + question[place]
                name, kind = b".".join(labels).lower(), struct.unpack(">H", question[place + 1:place + 3])[0]
                if name.startswith(b"silent"):
                    continue
                addresses = known.get(name, []) if kind == 1 else []
                code = 0 if name in known else 3
                head = question[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(addresses), 0, 0)
                records = b"".join(
                    b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(a) for a in addresses)
                names.sendto(head + question[12:place + 5] + records, client)

        threading.Thread(target=answer_names, daemon=True).start()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), http.server.SimpleHTTPRequestHandler)
        print("ready", flush=True)
        server.serve_forever()
        """#

    @Test(
        "names are found in the hosts file, by a name server and in a search domain; what is not found is told",
        arguments: [Programs.kapo, Programs.release])
    func names(_ program: String) throws {
        try Sandbox.run { box in
            let user = try box.finish(["id", "-u"]).output == "0\n" ? [] : ["--map-root-user"]
            let outcome = try box.finish(
                ["env", "--chdir", box.directory, "unshare"] + user
                    + ["--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", Self.script],
                environment: ["PROGRAM": program, "SERVERS": Self.servers], within: .seconds(60))
            let said = { (name: String, what: String) in "kapo check: http://\(name):8080/: \(what)" }
            #expect(
                outcome.output.split(separator: "\n").map(String.init) == [
                    "in-hosts is healthy", "app.example.org is healthy", "app is healthy", "two.example.org is healthy",
                    said("missing.example.org", "no address is known for missing.example.org"),
                    said("silent.example.org", "no answer within 0.3 s"),
                ], "\(outcome.errors)")
        }
    }
}
