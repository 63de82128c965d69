import FoundationEssentials
import Glibc
import Testing

/// Services with control sockets, for `kapo ctl` to look at.
final class CtlServices {
    /// The directory of all of them.
    let directory: String
    private let process: Running

    /// Starts them, in a directory of the sandbox. Each has a name, and a Python dictionary of what it answers to GET;
    /// `Err` is what it answers to POST, `code` the status of both, and `hang` has it answer nothing. It obeys `down`,
    /// `start`, `halt` and `exit`.
    init(_ box: Sandbox, in directory: String = "sdir", _ services: [String: String]) throws {
        self.directory = box.path(directory)
        let list = services.map { "'\($0.key)': \($0.value)" }.joined(separator: ", ")
        process = try box.start(["python3", "-u", "-c", Self.script, self.directory, "{\(list)}"])
        try process.waitForOutput(containing: "ready\n")
    }

    /// The requests that have come, such as `web POST /signal/down`, in their order.
    var requests: [String] {
        process.output.split(separator: "\n").map(String.init).filter { $0.contains(" /") }
    }

    /// The most that were under way at the same time.
    var mostAtOnce: Int { process.output.matches(of: /(?m)^at once (\d+)$/).compactMap { Int($0.1) }.max() ?? 0 }

    /// Ends them all as a crash does: sockets and locks are left behind.
    func crash() throws {
        process.signal(SIGKILL)
        try process.wait()
    }

    private static let script = #"""
        import ast, fcntl, http.server, json, os, socket, socketserver, sys, threading, time
        base, services = sys.argv[1], ast.literal_eval(sys.argv[2])
        guard, under_way, locks = threading.Lock(), 0, []

        def say(*words):
            # In one piece: threads share the output.
            sys.stdout.write(" ".join(str(word) for word in words) + "\n")

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def answer(self, members):
                global under_way
                # Before the answer: who has it may ask the next one.
                with guard:
                    under_way -= 1
                body = json.dumps(members).encode() + b"\n"
                self.send_response(self.server.state.get("code", 200))
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def prepare(self):
                global under_way
                with guard:
                    under_way += 1
                    say("at once", under_way)
                say(self.server.name, self.command, self.path)
                if self.server.state.get("hang"):
                    time.sleep(600)

            def do_GET(self):
                self.prepare()
                state = self.server.state
                if "code" in state:
                    return self.answer({"Err": state["Err"]})
                self.answer({k: v for k, v in state.items() if k != "Err"})

            def do_POST(self):
                self.prepare()
                state, verb = self.server.state, self.path.split("/")[-1]
                if state.get("Err"):
                    return self.answer({"Err": state["Err"]})
                if verb in ("halt", "exit"):
                    os.unlink(self.server.place + "/immortal.sock")
                    self.server.socket.close()
                if verb == "down" and "up" in state:
                    state["down"] = "0.1s"
                    del state["up"]
                if verb == "start" and "down" in state:
                    state["up"] = "0.1s"
                    del state["down"]
                self.answer({"Err": ""})

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads, request_queue_size = True, 128

            def get_request(self):
                return self.socket.accept()[0], ("", 0)

            def handle_error(self, request, address):
                pass

        for name, state in services.items():
            place = os.path.join(base, name)
            os.makedirs(place, mode=0o700)
            locks.append(open(place + "/lock", "w"))
            fcntl.flock(locks[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.chdir(place)
            server = Server("immortal.sock", Handler)
            server.name, server.state, server.place = name, state, place
            threading.Thread(target=server.serve_forever, daemon=True).start()
        print("ready")
        while True:
            time.sleep(600)
        """#
}

/// An element of `kapo ctl --json`.
struct CtlEntry: Decodable, Equatable {
    var Name: String
    var Socket: String
    var PID: Int
    var Up: String
    var Down: String
    var Cmd: String
    var Fpid: Bool
    var Count: Int
    var Status: String
    var Err: String
}

extension Sandbox {
    /// What tells `kapo ctl` where services are: in `sdir` and in `home/.immortal`.
    var ctlEnvironment: [String: String?] {
        ["IMMORTAL_SDIR": path("sdir"), "HOME": path("home"), "NO_COLOR": nil]
    }

    /// Runs `kapo ctl` to its end.
    func ctl(_ words: [String] = [], environment: [String: String?] = [:]) throws -> Outcome {
        try finish(
            [Programs.kapo, "ctl"] + words, environment: ctlEnvironment.merging(environment) { _, new in new })
    }

    /// What `kapo ctl --json` shows.
    func ctlEntries(_ words: [String] = []) throws -> [CtlEntry] {
        let outcome = try ctl(["--json"] + words)
        return try JSONDecoder().decode([CtlEntry].self, from: Data(outcome.output.utf8))
    }
}
