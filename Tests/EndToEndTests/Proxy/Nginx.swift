import Glibc
import Testing

/// A real nginx, on a port of 127.0.0.1.
final class Nginx {
    let process: Running
    let port: Int
    private let logPath: String

    /// What it was asked, a line a request, as `Nginx.format` has it.
    var requests: [String] { Files.text(logPath).split(separator: "\n").map(String.init) }

    /// The method, the target, and headers in brackets; a dash is for one that was not sent.
    private static let format =
        "$request_method $request_uri host[$http_host] agent[$http_user_agent] "
        + "service[$http_x_service_name] other[$http_x_other] sni[$ssl_server_name]"

    /// Opens the port, which the kernel chooses, and hands it to nginx, which takes sockets over as from one nginx to
    /// the next. With `master_process off`, nginx 1.22 does not survive that.
    private static let launcher = """
        import os, socket, sys
        prefix, template = sys.argv[1:]
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        os.mkdir(prefix)
        with open(prefix + "/nginx.conf", "w") as file:
            file.write(template.replace("PORT", str(listener.getsockname()[1])))
        listener.set_inheritable(True)
        print("port", listener.getsockname()[1], flush=True)
        os.environ["NGINX"] = "%d;" % listener.fileno()
        os.execvp("nginx", ["nginx", "-p", prefix, "-e", "stderr", "-c", "nginx.conf"])
        """

    /// One with these locations. A certificate is the name of two files in the sandbox, NAME.pem and NAME.key.
    init(_ box: Sandbox, certificate: String? = nil, in network: Network? = nil, _ locations: String) throws {
        let prefix = box.path("nginx-\(UInt32.random(in: .min ... .max))")
        logPath = "\(prefix)/requests"
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        let secrets = certificate.map {
            "ssl_certificate \(box.path($0)).pem; ssl_certificate_key \(box.path($0)).key;"
        }
        let configuration = """
            \(getuid() == 0 ? "user root;" : "")
            daemon off;
            worker_processes 1;
            pid nginx.pid;
            error_log stderr notice;
            events { worker_connections 4096; }
            http {
                \(folders.map { "\($0)_temp_path \($0);" }.joined(separator: " "))
                log_format plain '\(Self.format)';
                access_log \(logPath) plain;
                default_type text/plain;
                server {
                    listen 127.0.0.1:PORT\(certificate == nil ? "" : " ssl") backlog=4096;
                    \(secrets ?? "")
                    root \(prefix);
                    \(locations)
                }
            }
            """
        process = try box.start((network?.words ?? []) + ["python3", "-c", Self.launcher, prefix, configuration])
        try process.waitForErrors(containing: "start worker process ")
        port = try #require(Int(process.output.dropFirst(5).dropLast()))
    }

    /// Writes a file that it serves.
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
        try Files.write(String(logPath.dropLast("requests".count)) + name, bytes)
    }
}
