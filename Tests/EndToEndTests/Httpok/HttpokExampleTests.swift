import Glibc
import Testing

/// examples/supervisord-httpok.conf.
@Suite struct HttpokExampleTests {
    @Test("a supervisord with the example has its server asked, and leaves it alone")
    func example() throws {
        try Sandbox.run { box in
            let port = try FreePort.one(box)
            let example = Repository.text("examples/supervisord-httpok.conf")
            let places = [
                "/usr/local/bin/kapo": Programs.kapo, "8080": "\(port)", "/var/empty": box.directory,
                "/var/log/supervisor/httpok.log": box.path("errors"),
                // A minute is too long.
                "events=TICK_60": "events=TICK_5\nstdout_logfile=\(box.path("output"))",
            ]
            var text = example
            for (place, here) in places {
                #expect(text.contains(place), "\(place)")
                text.replace(place, with: here)
            }
            let head = """
                [supervisord]
                nodaemon=true
                user=\(getuid() == 0 ? "root" : "%(ENV_USER)s")
                logfile=/dev/null
                logfile_maxbytes=0
                pidfile=\(box.path("pid"))
                childlogdir=\(box.directory)
                [unix_http_server]
                file=\(box.path("sock"))
                [rpcinterface:supervisor]
                supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

                """
            try Files.write(box.path("conf"), (head + text).utf8)
            let supervisord = try box.start(["supervisord", "-c", box.path("conf")])
            let web = try eventually("the server: \(supervisord.output)") {
                box.processes.first { ProcessTable.commandLine($0).contains("http.server") }
            }
            try eventually(
                "two ticks: \(supervisord.output)", within: .seconds(60),
                that: {
                    Files.text(box.path("output")).split(separator: "RESULT 2\nOK").count > 2
                })
            #expect(
                Files.text(box.path("errors")).split(separator: "\n").allSatisfy { $0.hasSuffix("failure 1 of 2\"") })
            #expect(ProcessTable.isAlive(web))
            supervisord.signal(SIGTERM)
            #expect(try supervisord.wait() == .code(0))
        }
    }
}
